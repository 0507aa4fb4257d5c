"""Is this message for us, and which picture does it mean? Decided from the message alone.

In a private chat every picture is meant for the bot. In a group it is one of

- a picture with `/digit` in its caption, or `/digit` in a reply to somebody's picture;
- the same with a mention of the bot instead, which privacy mode withholds from it;
- a photo sent as a reply to the bot;
- any photo, if the group wants every photo read.

Whoever asks with `/digit` or a mention may mean any file. Without one, only a photo or an image
file is taken for a question: people also reply to a bot with stickers and documents.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.services.attachments import attachment_of

COMMAND = "/digit"

_MARKS: list[str | None] = [
    MessageEntity.BOT_COMMAND,
    MessageEntity.MENTION,
    MessageEntity.TEXT_MENTION,
]


class Cause(Enum):
    """Why a picture is to be read."""

    CALLED = auto()  # by command or mention
    REPLIED = auto()  # it was sent as a reply to us
    PRIVATE = auto()  # there is nobody else it could be for
    EVERY_PHOTO = auto()  # nobody asked, but the group wants every photo read
    ALBUM = auto()  # only if another item of its album is


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants to know what a picture says."""

    message: Message  # which asks
    picture: Message | None  # which carries the picture; None: `/digit` is about nothing we can see
    cause: Cause
    update_id: int = 0  # of the update that brought the message

    @property
    def is_private(self) -> bool:
        """Whether nobody else is listening."""
        return self.message.chat.type == ChatType.PRIVATE

    @property
    def album(self) -> str | None:
        """The album that is meant as a whole: the one that asks, not one that is replied to."""
        return self.message.media_group_id if self.picture is self.message else None

    @property
    def thread_id(self) -> int | None:
        """The topic; `message_thread_id` alone may also be a thread of replies."""
        return self.message.message_thread_id if self.message.is_topic_message else None


def request_in(message: Message, me: User, *, every_photo: bool = False) -> Request | None:
    """Return what `message` asks of us, None if it asks nothing.

    `me` is the bot, `every_photo` what the group's admins have chosen.
    """
    if _is_from_bot(message):
        return None
    call = _call(message, me)
    if call.is_command or (call.is_mention and not call.is_for_other):
        picture = _meant(message, me)
        if picture is not None or call.opens_with_command:
            return Request(message, picture, Cause.CALLED)
    cause = None
    if message.chat.type == ChatType.PRIVATE:
        cause = Cause.PRIVATE if _has_file(message) else None
    elif _is_photo(message) and not call.is_for_other:
        if _replies_to(message, me):
            cause = Cause.REPLIED
        elif every_photo:
            cause = Cause.EVERY_PHOTO
    return Request(message, message, cause) if cause else None


def part_of_album(message: Message) -> Request | None:
    """Return a picture that asks nothing itself, but may belong to an album that does."""
    if message.media_group_id is None or _is_from_bot(message) or not _has_file(message):
        return None
    return Request(message, message, Cause.ALBUM)


@dataclass(frozen=True, slots=True)
class _Call:
    """Whom the words of a message call."""

    is_command: bool = False  # `/digit`, for us
    is_mention: bool = False
    is_for_other: bool = False  # a command with another bot's name
    opens_with_command: bool = False  # `/digit` is no afterthought, but what it is all about


def _call(message: Message, me: User) -> _Call:
    is_command = is_mention = is_for_other = opens = False
    for entity, words in _marks(message):
        if entity.type == MessageEntity.TEXT_MENTION:
            is_mention |= entity.user is not None and entity.user.id == me.id
        elif entity.type == MessageEntity.MENTION:
            is_mention |= _is_name(words.removeprefix("@"), me)
        else:
            command, _, address = words.partition("@")
            if address and not _is_name(address, me):
                is_for_other = True
            elif command.lower() == COMMAND:
                is_command = True
                opens |= entity.offset == 0
    return _Call(is_command, is_mention, is_for_other, opens)


def _marks(message: Message) -> Iterator[tuple[MessageEntity, str]]:
    """The commands and mentions in a text or caption."""
    if message.text:
        yield from message.parse_entities(_MARKS).items()
    if message.caption:
        yield from message.parse_caption_entities(_MARKS).items()


def _meant(message: Message, me: User) -> Message | None:
    """The message with the picture that an explicit question is about: itself, or a reply's."""
    if _has_file(message):
        return message
    replied = message.reply_to_message
    if replied is not None and _has_file(replied) and not _is_by(replied, me):
        return replied
    return None


def _replies_to(message: Message, me: User) -> bool:
    """What is said in a topic "replies" to the topic's opening, unless it replies to something."""
    replied = message.reply_to_message
    return replied is not None and replied.forum_topic_created is None and _is_by(replied, me)


def _is_by(message: Message, user: User) -> bool:
    return message.from_user is not None and message.from_user.id == user.id


def _is_name(name: str, me: User) -> bool:
    """Telegram's user names have no letter case."""
    return name.lower() == (me.username or "").lower()


def _is_from_bot(message: Message) -> bool:
    """Whether another bot wrote it: two bots that answer each other would never end.

    Anonymous admins and channels write through bots of Telegram's own, and are told by
    `sender_chat`.
    """
    sender = message.from_user
    return sender is not None and sender.is_bot and message.sender_chat is None


def _has_file(message: Message) -> bool:
    return attachment_of(message) is not None


def _is_photo(message: Message) -> bool:
    """Whether it is a photo, or a file that claims to be an image."""
    file = message.document
    claims = file is not None and (file.mime_type or "").startswith("image/")
    return bool(message.photo) or (claims and _has_file(message))
