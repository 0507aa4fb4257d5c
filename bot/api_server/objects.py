"""The things that messages are made of, as Telegram names them, each with its JSON form.

https://core.telegram.org/bots/api#available-types is the reference for every field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Json = Any  # what json.loads yields; pydantic models and dataclasses begin where its shape is known
JsonObject = dict[str, Any]


class ChatType(StrEnum):
    """What kind of chat it is."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    is_bot: bool = False
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None

    def to_json(self) -> JsonObject:
        """https://core.telegram.org/bots/api#user."""
        return {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            **present(
                last_name=self.last_name, username=self.username, language_code=self.language_code
            ),
        }


# Who is named as the sender when a group or a channel is.
GROUP_ANONYMOUS_BOT: Final = User(1087968824, "Group", is_bot=True, username="GroupAnonymousBot")
CHANNEL_BOT: Final = User(136817688, "Channel", is_bot=True, username="Channel_Bot")


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of text with a meaning; offset and length count UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None

    def to_json(self) -> JsonObject:
        """https://core.telegram.org/bots/api#messageentity."""
        return {
            "type": self.type,
            "offset": self.offset,
            "length": self.length,
            **present(url=self.url, language=self.language, custom_emoji_id=self.custom_emoji_id),
        }


@dataclass(frozen=True, slots=True)
class Media:
    """What a message carries besides words: a field of Message and its value."""

    kind: str
    body: Json

    @property
    def file_id(self) -> str:
        """The file a reader wants: of a photo's sizes, the largest."""
        body = self.body[-1] if self.kind == "photo" else self.body
        return str(body["file_id"])

    @property
    def takes_caption(self) -> bool:
        """Stickers and round videos stand alone."""
        return self.kind not in {"sticker", "video_note"}


@dataclass(frozen=True, slots=True)
class Button:
    """One button of an inline keyboard."""

    text: str
    row: int
    column: int
    callback_data: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as everybody sees it; what it replies to is found through its chat."""

    message_id: int
    date: int  # Unix time
    sender: User
    sender_chat: JsonObject | None = None  # the group of an anonymous admin, the channel that posts
    text: str = ""  # of a message with media: its caption
    entities: tuple[Entity, ...] = ()
    media: Media | None = None
    service: Mapping[str, Json] | None = None  # the one field of a service message
    reply_to: int | None = None
    keyboard: JsonObject | None = None  # https://core.telegram.org/bots/api#inlinekeyboardmarkup
    media_group_id: str | None = None
    thread_id: int | None = None
    is_topic_message: bool = False
    edit_date: int | None = None
    has_protected_content: bool = False
    has_media_spoiler: bool = False
    show_caption_above_media: bool = False

    @property
    def from_bot(self) -> bool:
        """Whether a bot wrote it."""
        return self.sender.is_bot and self.sender_chat is None

    @property
    def caption(self) -> str:
        """The words under its media."""
        return self.text if self.media is not None else ""

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Its inline keyboard, row by row."""
        rows = self.keyboard["inline_keyboard"] if self.keyboard else ()
        return tuple(
            Button(b["text"], row, column, b.get("callback_data"), b.get("url"))
            for row, buttons in enumerate(rows)
            for column, b in enumerate(buttons)
        )


def present(**fields: Json) -> JsonObject:
    """Those fields that have a value: Telegram leaves the others out."""
    return {name: value for name, value in fields.items() if value is not None}
