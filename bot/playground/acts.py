"""What somebody at the page can do as one of the people; each model is the JSON it takes."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from bot.api_server import ApiError, Attachment, ChatWindow, Message
from bot.playground.cast import LANGUAGES, Cast
from bot.playground.feed import Feed
from bot.playground.views import JsonObject

_ALBUM: Final = 10  # what Telegram puts into one; further files begin another


class Act(BaseModel):
    """Who does it, and where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: int
    chat: int

    def window(self, cast: Cast) -> ChatWindow:
        """What they see there; raises LookupError."""
        return cast.window(self.person, self.chat)


class OnMessage(Act):
    """Something done to one message."""

    message: int

    def target(self, window: ChatWindow) -> Message:
        """That message; raises LookupError."""
        try:
            return window.chat.messages[self.message]
        except KeyError:
            raise LookupError("That message is gone.") from None


class Send(Act):
    """Words, files or both; `kind` is how pictures go: as Telegram's photos or as they are."""

    thread: int | None = None
    reply_to: int | None = None
    text: str = ""
    kind: Literal["photo", "file"] = "photo"


class Press(OnMessage):
    """A button under a message, by its callback data."""

    data: str


class React(OnMessage):
    """One's own reaction; None takes it back."""

    emoji: str | None


class Edit(OnMessage):
    """Other words for one's own message."""

    text: str


class Language(Act):
    """Another language for one's app."""

    code: str


class Topic(Act):
    """A new topic."""

    name: str


async def send(cast: Cast, wanted: Send, files: Sequence[Attachment]) -> None:
    """Send what was put together, as Telegram's apps would."""
    window = cast.window(wanted.person, wanted.chat, wanted.thread)
    reply_to = window.chat.messages.get(wanted.reply_to or 0)
    if not files:
        if not wanted.text.strip():
            raise ValueError("There is nothing to send.")
        await window.send_text(wanted.text, reply_to=reply_to)
        return
    as_files = wanted.kind == "file" or any(not _is_picture(file) for file in files)
    caption = wanted.text
    for start in range(0, len(files), _ALBUM):
        batch = files[start : start + _ALBUM]
        if len(batch) == 1:
            await _send_one(window, batch[0], caption, reply_to, as_file=as_files)
        else:
            await window.send_album(batch, caption=caption, as_files=as_files, reply_to=reply_to)
        caption = ""


async def _send_one(
    window: ChatWindow, file: Attachment, caption: str, reply_to: Message | None, *, as_file: bool
) -> None:
    if as_file:
        await window.send_document(
            file.data,
            file_name=file.file_name,
            mime_type=file.mime_type,
            caption=caption,
            reply_to=reply_to,
        )
    elif file.mime_type == "image/webp" and not caption:
        await window.send_sticker(file.data, reply_to=reply_to)
    else:
        try:
            await window.send_photo(file.data, caption=caption, reply_to=reply_to)
        except ApiError as error:
            raise ValueError(
                "Telegram cannot make a photo of this. Send it as a file instead."
            ) from error


def _is_picture(file: Attachment) -> bool:
    return (file.mime_type or "").startswith("image/")


async def _press(cast: Cast, _feed: Feed, wanted: Press) -> JsonObject:
    window = wanted.window(cast)
    answer = await window.press(wanted.target(window), wanted.data)
    return {"text": answer.text, "alert": answer.show_alert}


async def _react(cast: Cast, _feed: Feed, wanted: React) -> JsonObject:
    window = wanted.window(cast)
    await window.react(wanted.target(window), wanted.emoji)
    return {}


async def _edit(cast: Cast, _feed: Feed, wanted: Edit) -> JsonObject:
    window = wanted.window(cast)
    message = wanted.target(window)
    if message.sender.id != wanted.person:
        raise ValueError("Only one's own messages can be edited.")
    await window.edit_text(message, wanted.text)
    return {}


async def _delete(cast: Cast, _feed: Feed, wanted: OnMessage) -> JsonObject:
    window = wanted.window(cast)
    await window.delete(wanted.target(window))
    return {}


async def _language(cast: Cast, feed: Feed, wanted: Language) -> JsonObject:
    wanted.window(cast)
    if wanted.code not in dict(LANGUAGES):
        raise ValueError("That language is not among them.")
    cast.server.world.change_person(wanted.person, language_code=wanted.code)
    feed.setup_changed()
    return {}


async def _topic(cast: Cast, _feed: Feed, wanted: Topic) -> JsonObject:
    window = wanted.window(cast)
    name = wanted.name.strip()
    if not name or not window.chat.is_forum:
        raise ValueError("A topic needs a name, and a group with topics.")
    group = cast.group_of(wanted.chat)
    return {"id": await group.open_topic(name[:128], by=window.person)}


Perform = Callable[[Cast, Feed, Any], Awaitable[JsonObject]]

ACTS: Final[dict[str, tuple[type[Act], Perform]]] = {
    "press": (Press, _press),
    "react": (React, _react),
    "edit": (Edit, _edit),
    "delete": (OnMessage, _delete),
    "language": (Language, _language),
    "topics": (Topic, _topic),
}
