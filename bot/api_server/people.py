"""The human side of a chat: what a person sends, presses and sees.

chat = server.private_chat(anna)
photo = await chat.send_photo(jpeg)
reply = await chat.wait_for_reply(to=photo)
answer = await chat.press(reply, "What I saw")
"""

# ruff: noqa: ASYNC109 (the time to wait is a matter of each call here)

import asyncio
from typing import Final

from bot.api_server.chats import Chat, ChatAction
from bot.api_server.entities import detected
from bot.api_server.files import FileStore
from bot.api_server.media import Attachment, MediaMaker
from bot.api_server.objects import Button, Media, Message, User
from bot.api_server.world import CallbackAnswer, World

PATIENCE: Final = 30.0  # seconds to wait for a bot unless told otherwise


class ChatWindow:
    """One person's view of one chat."""

    def __init__(
        self, world: World, files: FileStore, media: MediaMaker, chat: Chat, person: User
    ) -> None:
        self.chat = chat
        self.person = person
        self._world = world
        self._files = files
        self._media = media

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
        return self._world.edit(self.chat, message, text=words, entities=detected(words))

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
        data = _callback_data(self.chat.messages.get(message.message_id, message), button)
        current = self.chat.messages.get(message.message_id, message)
        async with asyncio.timeout(timeout):
            return await self._world.press(self.chat, self.person, current, data)

    # Waiting

    async def wait_for_reply(self, *, to: Message, timeout: float = PATIENCE) -> Message:
        """The first message of a bot that quotes `to`, or comes after it and quotes nothing."""

        def answers(message: Message) -> bool:
            if not message.from_bot or message.message_id <= to.message_id:
                return False
            return message.reply_to in {to.message_id, None}

        for message in self.chat.since(to.message_id):
            if answers(message):
                return message
        return await self.chat.wait_for(answers, timeout=timeout)

    async def wait_for_edit(self, of: Message, *, timeout: float = PATIENCE) -> Message:
        """The next version of a message, if it has not been edited since `of` was seen."""
        current = self.chat.messages.get(of.message_id)
        if current is not None and current != of:
            return current
        return await self.chat.wait_for(
            lambda message: message.message_id == of.message_id, timeout=timeout
        )

    # Looking

    def replied_message(self, message: Message) -> Message | None:
        """What a message quotes."""
        return self.chat.messages.get(message.reply_to or 0)

    def download(self, message: Message) -> bytes:
        """The bytes of a message's media, a photo's in its largest size."""
        if message.media is None:
            raise LookupError(f"message {message.message_id} has no media")
        return self._files.read(message.media.file_id)

    def _post_media(
        self, media: Media, caption: str = "", reply_to: Message | None = None
    ) -> Message:
        words = caption.strip()
        return self._post(media=media, text=words, entities=detected(words), reply_to=reply_to)

    def _post(self, *, reply_to: Message | None = None, **fields: object) -> Message:
        quoted = reply_to.message_id if reply_to else None
        return self._world.post(self.chat, self.person, reply_to=quoted, **fields)


def _callback_data(message: Message, button: str | Button) -> str:
    wanted = button if isinstance(button, str) else button.callback_data
    for candidate in message.buttons:
        if candidate.callback_data and wanted in (candidate.text, candidate.callback_data):
            return candidate.callback_data
    there = ", ".join(repr(candidate.text) for candidate in message.buttons) or "none"
    raise LookupError(
        f"no button {wanted!r} under message {message.message_id}; there are: {there}"
    )
