"""Who was answered what: every photo that was sent, and the bot's messages about it.

A photo shows a number that only every 15th or 63rd of its chat shows again. So an answer to
several, which quotes the first of them alone, still names each: a line is about the next photo,
after that of the line before, which shows what the line says. Whatever says something else is no
answer.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from telegram.constants import MediaGroupLimit

from bot.api_server import Message
from bot.api_server.world import Event

QUIET = 45.0  # seconds without a word from the bot, after which no more is expected
ALBUM = int(MediaGroupLimit.MAX_MEDIA_LENGTH)
_LINE = re.compile(r"^\d+\. \D*(\d*)", re.MULTILINE)


@dataclass(slots=True)
class Sent:
    """A photo, and what became of it."""

    message_id: int
    number: str
    at: float  # seconds, as those below
    answers: set[int] = field(default_factory=set)  # the messages which say what it shows
    answered_at: float = float("inf")

    @property
    def seconds(self) -> float:
        """How long its sender waited for the first answer."""
        return self.answered_at - self.at


@dataclass(slots=True)
class _Chat:
    photos: list[Sent] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)  # message id → place in `photos`
    latest: int = -1  # of those answered


class Ledger:
    """Keeps the books; `hear` is told of everything that happens on the server."""

    def __init__(self) -> None:
        self._chats: dict[int, _Chat] = {}
        self._heard = asyncio.Event()
        self.overtaken = 0  # photos answered after a later one of their chat
        self.strange: list[str] = []  # what the bot said instead of an answer

    def enter(self, chat_id: int, message: Message, number: str) -> None:
        """Note that a photo was sent just now."""
        chat = self._chats.setdefault(chat_id, _Chat())
        chat.places[message.message_id] = len(chat.photos)
        chat.photos.append(Sent(message.message_id, number, time.monotonic()))

    def hear(self, event: Event) -> None:
        """Note which photos a new or edited message of the bot answers."""
        message, chat = event.message, self._chats.get(event.chat.id)
        if event.kind not in ("message", "edited") or chat is None:
            return
        if message is None or not message.from_bot:
            return
        self._heard.set()
        place = chat.places.get(message.reply_to or 0)
        if place is None:
            self.strange.append(message.text)
            return
        numbers = _LINE.findall(message.text)
        if not numbers:
            shown = chat.photos[place].number
            numbers = [shown] if re.search(rf"\b{shown}\b", message.text) else [""]
        if event.kind == "edited":  # items of an album that were sent before the one it quotes
            place = max(0, place - ALBUM + 1)
        for number in numbers:
            found = self._find(chat, place, number)
            if found is None:
                self.strange.append(message.text)
                continue
            self._answer(chat, found, message)
            place = found + 1

    def _find(self, chat: _Chat, start: int, number: str) -> int | None:
        places = range(start, len(chat.photos))
        return next((place for place in places if chat.photos[place].number == number), None)

    def _answer(self, chat: _Chat, place: int, message: Message) -> None:
        photo = chat.photos[place]
        if not photo.answers:
            photo.answered_at = time.monotonic()
            self.overtaken += place < chat.latest
            chat.latest = max(chat.latest, place)
        photo.answers.add(message.message_id)

    async def settle(self, patience: float = QUIET, linger: float = 2.0) -> None:
        """Wait until all is answered and nothing more comes, or nothing happens for so long."""
        while True:
            self._heard.clear()
            done = not any(self.unanswered())
            try:
                async with asyncio.timeout(linger if done else patience):
                    await self._heard.wait()
            except TimeoutError:
                return

    def photos(self, chat_id: int | None = None) -> Iterator[Sent]:
        """All that were sent, or those of one chat."""
        for id, chat in self._chats.items():
            if chat_id in (None, id):
                yield from chat.photos

    def unanswered(self) -> Iterator[Sent]:
        """Those that nothing was said about."""
        return (photo for photo in self.photos() if not photo.answers)

    def twice(self) -> Iterator[Sent]:
        """Those that several messages are about."""
        return (photo for photo in self.photos() if len(photo.answers) > 1)

    def __str__(self) -> str:
        unanswered, twice = sum(1 for _ in self.unanswered()), sum(1 for _ in self.twice())
        parts = [f"{unanswered} of {sum(1 for _ in self.photos())} unanswered", f"{twice} twice"]
        if self.overtaken:
            parts.append(f"{self.overtaken} out of order")
        if self.strange:
            parts.append(f"{len(self.strange)} other messages, such as {self.strange[0]!r}")
        return ", ".join(parts)
