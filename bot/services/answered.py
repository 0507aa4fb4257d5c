"""What was answered lately, for as long as somebody may come back to it.

An edited message must not be answered twice, an item that comes late belongs into its album's
answer, and an album has one message to reply to but several pictures to show again. In memory and
bounded: of pictures that nobody corrects, nothing is stored.
"""

from collections import OrderedDict
from dataclasses import dataclass

from bot.errors import PhotoProblem
from bot.services.attachments import Attachment
from bot.services.reader import ReaderAnswer
from model import UnreadableImage

KEPT = 2_000  # answers

Outcome = ReaderAnswer | UnreadableImage | PhotoProblem


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture, and what it was taken for."""

    message_id: int  # of the message that carries it
    attachment: Attachment
    outcome: Outcome
    sender_id: int | None = None  # None: a channel, or an anonymous admin


@dataclass(frozen=True, slots=True)
class Answer:
    """One message of ours about one or several pictures."""

    chat_id: int
    message_id: int
    seen: tuple[Seen, ...]  # in the order of the answer
    album: str | None = None


class Answered:
    """The latest answers, `kept` of them."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._answers: OrderedDict[tuple[int, int], Answer] = OrderedDict()
        self._by_picture: dict[tuple[int, int], Answer] = {}
        self._by_album: dict[tuple[int, str], Answer] = {}

    def note(self, answer: Answer) -> None:
        """Remember an answer, in the place of what the same message said before."""
        key = (answer.chat_id, answer.message_id)
        self._forget(key)
        self._answers[key] = answer
        for seen in answer.seen:
            self._by_picture[answer.chat_id, seen.message_id] = answer
        if answer.album is not None:
            self._by_album[answer.chat_id, answer.album] = answer
        if len(self._answers) > self._kept:
            self._forget(next(iter(self._answers)))

    def at(self, chat_id: int, message_id: int) -> Answer | None:
        """What one of our messages answers."""
        return self._answers.get((chat_id, message_id))

    def about(self, chat_id: int, picture_id: int) -> Answer | None:
        """The last answer about the picture in that message."""
        return self._by_picture.get((chat_id, picture_id))

    def about_album(self, chat_id: int, album: str) -> Answer | None:
        """The answer about an album."""
        return self._by_album.get((chat_id, album))

    def _forget(self, key: tuple[int, int]) -> None:
        answer = self._answers.pop(key, None)
        if answer is None:
            return
        for seen in answer.seen:
            if self._by_picture.get((answer.chat_id, seen.message_id)) is answer:
                del self._by_picture[answer.chat_id, seen.message_id]
        if (
            answer.album is not None
            and self._by_album.get((answer.chat_id, answer.album)) is answer
        ):
            del self._by_album[answer.chat_id, answer.album]
