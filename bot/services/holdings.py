"""What of the inbox is in memory: which updates, and whose turn it is."""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from math import inf

from telegram import Update

from bot.services.lanes import Lanes
from bot.storage import Kept


class Instead(Enum):
    """What an update gets instead of being handled."""

    LATE = auto()  # a word that the bot was away
    TOO_MANY = auto()  # a word that it can take no more for now
    DEADLY = auto()  # a word that it will not be handled


@dataclass(slots=True)
class Held:
    """An update in memory."""

    kept: Kept
    update: Update
    instead: Instead | None = None
    is_closed: bool = False  # that it is done, or given up, is written down
    pause: float | None = None  # seconds to the next try, if this one has failed
    setbacks: int = 0  # tries that failed for no fault of its own


class Holdings:
    """Updates by number; most wait in lanes for their turn, some come first."""

    def __init__(self, lanes: Lanes[Held]) -> None:
        self._lanes = lanes
        self._held: dict[int, Held] = {}
        self._first: deque[Held] = deque()
        self._only_first = False
        self._signal: object | None = None
        self._is_closed = False
        self._news = asyncio.Event()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, update_id: int) -> Held | None:
        """Return what is held of this number."""
        return self._held.get(update_id)

    def hold(self, held: Held) -> None:
        """Take an update into memory."""
        self._held[held.kept.update_id] = held

    def drop(self, held: Held) -> None:
        """Forget an update."""
        del self._held[held.kept.update_id]

    def line_up(self, held: Held) -> None:
        """Let it wait for its turn; what is only a word in between does not wait."""
        if held.instead is None:
            self._lanes.queue(held.kept.lane, held.kept.update_id, held)
            self._news.set()
        else:
            self.put_first([held])

    def put_first(self, held: Iterable[Held]) -> None:
        """Let these be next, whoever's turn it is."""
        self._first += held
        self._news.set()

    @property
    def only_first(self) -> bool:
        """Whether nothing gets its turn but what is put first."""
        return self._only_first

    @only_first.setter
    def only_first(self, value: bool) -> None:
        self._only_first = value
        self._news.set()

    def signal(self, item: object) -> None:
        """Let `next` return this, before all else."""
        self._signal = item
        self._news.set()

    def close(self) -> None:
        """Let `next` return signals only."""
        self._is_closed = True

    async def next(self) -> Held | object:
        """Return the update whose turn it is as soon as there is one, or a signal."""
        while True:
            self._news.clear()
            if self._signal is not None:
                signal, self._signal = self._signal, None
                return signal
            turn = self._turn()
            if isinstance(turn, Held):
                return turn
            with suppress(TimeoutError):
                async with asyncio.timeout(turn):
                    await self._news.wait()

    def _turn(self) -> Held | float:
        """Return what is next, or in how many seconds there may be something."""
        if self._is_closed:
            return inf
        if self._first:
            return self._first.popleft()
        return inf if self._only_first else self._lanes.next()
