"""The human side of a chat: what a person sends, presses and sees.

chat = server.private_chat(anna)
photo = await chat.send_photo(jpeg)
reply = await chat.wait_for_reply(to=photo)
answer = await chat.press(reply, "What I saw")
"""

# ruff: noqa: ASYNC109 (the time to wait is a matter of each call here)

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final

from bot.api_server.bots import BotAccount, BotCommand
from bot.api_server.callbacks import CallbackAnswer
from bot.api_server.chats import Chat, ChatAction, Status
from bot.api_server.entities import detected
from bot.api_server.files import FileStore
from bot.api_server.groups import set_blocked
from bot.api_server.media import Attachment, MediaMaker
from bot.api_server.menus import menu
from bot.api_server.objects import (
    CHANNEL_BOT,
    GROUP_ANONYMOUS_BOT,
    Button,
    JsonObject,
    Media,
    Message,
    User,
)
from bot.api_server.world import World

PATIENCE: Final = 30.0  # seconds to wait for a bot unless told otherwise


class ChatWindow:
    """One person's view of one chat, or of one topic in it."""

    def __init__(
        self,
        world: World,
        files: FileStore,
        media: MediaMaker,
        chat: Chat,
        person: User,
        *,
        thread_id: int | None = None,
        channel: JsonObject | None = None,
    ) -> None:
        self.chat = chat
        self.person = person
        self.thread_id = thread_id
        self._world = world
        self._files = files
        self._media = media
        self._channel = channel

    def in_topic(self, thread_id: int) -> "ChatWindow":
        """The same person in a topic of the same group."""
        return self._other(thread_id=thread_id)

    def as_channel(self, title: str) -> "ChatWindow":
        """The same person, writing in the name of a channel."""
        return self._other(channel={"id": -1003000000001, "type": "channel", "title": title})

    def _other(self, **details: Any) -> "ChatWindow":
        """This window but for `details`."""
        kept = {"thread_id": self.thread_id, "channel": self._channel}
        return ChatWindow(
            self._world, self._files, self._media, self.chat, self.person, **(kept | details)
        )

    @property
    def messages(self) -> tuple[Message, ...]:
        """What can be read in the chat now, oldest first, edits in place."""
        return tuple(self.chat.messages.values())

    @property
    def replies(self) -> tuple[Message, ...]:
        """Those of them that bots wrote."""
        return tuple(message for message in self.messages if message.from_bot)

    @property
    def actions(self) -> tuple[ChatAction, ...]:
        """The chat actions seen so far."""
        return tuple(self.chat.actions)

    # Sending

    async def send_text(self, text: str, *, reply_to: Message | None = None) -> Message:
        """Write `text`; commands, mentions and links in it are found as Telegram does."""
        words = text.strip()
        return self._post(text=words, entities=detected(words), reply_to=reply_to)

    async def send_photo(
        self, data: bytes, *, caption: str = "", reply_to: Message | None = None
    ) -> Message:
        """Send a picture as a photo: recompressed, at most 1280 px, several sizes.

        Raises BadRequest for what is no picture.
        """
        return self._post_media(await self._media.photo(data), caption, reply_to)

    async def send_album(
        self,
        pictures: Sequence[bytes | Attachment],
        *,
        caption: str = "",
        as_files: bool = False,
        reply_to: Message | None = None,
    ) -> tuple[Message, ...]:
        """Send several pictures together, the caption under the first: each is its own message."""
        media_group_id = f"{secrets.randbits(53)}"
        files = [p if isinstance(p, Attachment) else Attachment(p) for p in pictures]
        media = [
            self._media.document(file) if as_files else await self._media.photo(file.data)
            for file in files
        ]
        return tuple(
            self._post_media(
                item, caption if n == 0 else "", reply_to, media_group_id=media_group_id
            )
            for n, item in enumerate(media)
        )

    async def send_document(
        self,
        data: bytes,
        *,
        file_name: str | None = None,
        mime_type: str | None = None,
        claimed_size: int | None = None,
        caption: str = "",
        reply_to: Message | None = None,
    ) -> Message:
        """Send a file, its bytes unchanged; `claimed_size` fakes one of that many bytes."""
        attachment = Attachment(data, file_name, mime_type)
        media = self._media.document(attachment, claimed_size=claimed_size)
        return self._post_media(media, caption, reply_to)

    async def send_sticker(self, data: bytes, *, reply_to: Message | None = None) -> Message:
        """Send a sticker: WebP is a static one, gzip an animated one, WebM a video."""
        return self._post_media(self._media.sticker(data), "", reply_to)

    async def send_voice(self, data: bytes = b"OggS", *, duration: int = 3) -> Message:
        """Send a voice message."""
        attachment = Attachment(data, mime_type="audio/ogg")
        return self._post_media(self._media.other("voice", attachment, duration=duration))

    async def send_audio(self, data: bytes = b"ID3", *, duration: int = 180) -> Message:
        """Send a piece of music."""
        attachment = Attachment(data, "song.mp3", "audio/mpeg")
        return self._post_media(self._media.other("audio", attachment, duration=duration))

    async def send_video(self, data: bytes = b"ftypmp42", *, caption: str = "") -> Message:
        """Send a video."""
        attachment = Attachment(data, "video.mp4", "video/mp4")
        shape = {"width": 1280, "height": 720, "duration": 10}
        return self._post_media(self._media.other("video", attachment, **shape), caption)

    async def send_animation(self, data: bytes = b"ftypmp42", *, caption: str = "") -> Message:
        """Send a GIF, which Telegram makes a silent video of."""
        attachment = Attachment(data, "animation.gif.mp4", "video/mp4")
        shape = {"width": 320, "height": 240, "duration": 2}
        return self._post_media(self._media.other("animation", attachment, **shape), caption)

    async def send_video_note(self, data: bytes = b"ftypmp42") -> Message:
        """Send a round video."""
        return self._post_media(
            self._media.other("video_note", Attachment(data), length=384, duration=5)
        )

    async def edit_text(self, message: Message, text: str) -> Message:
        """Change one's own words, or the caption under one's own photo."""
        words = text.strip()
        current = self.chat.messages[message.message_id]
        return self._world.edit(self.chat, current, text=words, entities=detected(words))

    async def react(self, message: Message, emoji: str | None) -> None:
        """Put one's reaction under a message, or take it back."""
        current = self.chat.messages.get(message.message_id, message)
        self._world.react(self.chat, current, self.person, emoji)

    async def block(self) -> None:
        """Block the bot of this private chat."""
        set_blocked(self._world, self.chat, self.person, blocked=True)

    async def unblock(self) -> None:
        """Let the bot write again."""
        set_blocked(self._world, self.chat, self.person, blocked=False)

    async def delete(self, message: Message) -> None:
        """Delete a message for everybody."""
        self._world.delete(self.chat, message)

    # Pressing

    async def press(
        self, message: Message, button: str | Button, *, timeout: float = PATIENCE
    ) -> CallbackAnswer:
        """Press a button, named by its text or callback data, and wait for the bot's answer.

        Raises LookupError when there is no such button, TimeoutError when the bot does not answer.
        """
        current = self.chat.messages.get(message.message_id, message)
        data = _callback_data(current, button)
        bot = self._world.bots[message.sender.id]
        async with asyncio.timeout(timeout):
            return await self._world.callbacks.ask(bot, self.person, self.chat, current, data)

    # Waiting

    async def wait_for(
        self,
        wanted: Callable[[Message], bool],
        *,
        after: Message | None = None,
        timeout: float = PATIENCE,
    ) -> Message:
        """The first message that is `wanted`, of those here, those to come and those edited.

        Raises TimeoutError.
        """
        earliest = after.message_id if after is not None else 0
        for message in self.chat.since(earliest):
            if wanted(message):
                return message
        return await self.chat.wait_for(
            lambda message: message.message_id > earliest and wanted(message), timeout=timeout
        )

    async def wait_for_reply(self, *, to: Message, timeout: float = PATIENCE) -> Message:
        """The first message of a bot that quotes `to`, or comes after it and quotes nothing."""

        def answers(message: Message) -> bool:
            return message.from_bot and message.reply_to in {to.message_id, None}

        return await self.wait_for(answers, after=to, timeout=timeout)

    async def wait_for_edit(self, of: Message, *, timeout: float = PATIENCE) -> Message:
        """The next version of a message, if it has not been edited since `of` was seen."""
        current = self.chat.messages.get(of.message_id)
        if current is not None and current != of:
            return current
        return await self.chat.wait_for(
            lambda message: message.message_id == of.message_id, timeout=timeout
        )

    # Looking

    def reactions(self, message: Message) -> dict[int, str]:
        """The reactions under a message, by user id."""
        return dict(self.chat.reactions.get(message.message_id, {}))

    def download(self, message: Message) -> bytes:
        """The bytes of a message's media, a photo's in its largest size."""
        if message.media is None:
            raise LookupError(f"message {message.message_id} has no media")
        return self._files.read(message.media.file_id)

    def commands(self, bot: BotAccount) -> tuple[BotCommand, ...]:
        """The menu that `bot` offers this person here."""
        return menu(bot, self.chat, self.person)

    def _post_media(
        self, media: Media, caption: str = "", reply_to: Message | None = None, **fields: Any
    ) -> Message:
        words = caption.strip()
        return self._post(
            media=media, text=words, entities=detected(words), reply_to=reply_to, **fields
        )

    def _post(self, *, reply_to: Message | None = None, **fields: Any) -> Message:
        sender, sender_chat = self._identity()
        return self._world.post(
            self.chat,
            sender,
            sender_chat=sender_chat,
            reply_to=reply_to.message_id if reply_to else None,
            thread_id=self.thread_id,
            **fields,
        )

    def _identity(self) -> tuple[User, JsonObject | None]:
        """Who is shown as the writer."""
        member = self.chat.members.get(self.person.id)
        if member is None or not member.status.is_in:
            raise LookupError(f"{self.person.first_name} is not in this chat")
        if self.chat.migrated_to is not None:
            raise LookupError(f"{self.chat.title} has become a supergroup: nobody writes here now")
        others = self.chat.members.values()
        if not self.chat.is_group and any(other.status is Status.KICKED for other in others):
            raise LookupError(f"{self.person.first_name} has blocked the bot: unblock it first")
        if self._channel is not None:
            return CHANNEL_BOT, self._channel
        if member.is_anonymous:
            return GROUP_ANONYMOUS_BOT, self.chat.to_json()
        return self.person, None


def _callback_data(message: Message, button: str | Button) -> str:
    wanted = button if isinstance(button, str) else button.callback_data
    for candidate in message.buttons:
        if candidate.callback_data and wanted in (candidate.text, candidate.callback_data):
            return candidate.callback_data
    there = ", ".join(repr(candidate.text) for candidate in message.buttons) or "none"
    raise LookupError(
        f"no button {wanted!r} under message {message.message_id}; there are: {there}"
    )
