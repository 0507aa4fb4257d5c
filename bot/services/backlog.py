"""What waits in the database alone, for want of room in memory."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from bot.services.lanes import Lanes
from bot.services.ledger import Ledger
from bot.storage import InboxRepository, Kept, Lane

WORTHWHILE = 5  # updates, or all there are: fewer are not fetched at a time


class Backlog:
    """Counts what waits in each lane, and fetches it when there is room."""

    def __init__(
        self, repository: InboxRepository, ledger: Ledger, lanes: Lanes[Any], longest_lane: int
    ) -> None:
        self._repository = repository
        self._ledger = ledger
        self._lanes = lanes
        self._longest_lane = longest_lane
        self._waiting: Counter[Lane] = Counter()
        self._refused: set[Lane] = set()
        self._news = asyncio.Event()
        self._is_closed = False

    @property
    def total(self) -> int:
        """How many updates wait."""
        return self._waiting.total()

    def add(self, waiting: Mapping[Lane, int]) -> None:
        """Count what waits, or with -1 what was fetched in another way."""
        self._waiting.update(waiting)
        self._news.set()

    def look(self) -> None:
        """There may be room now."""
        self._news.set()

    def close(self) -> None:
        """Fetch no more."""
        self._is_closed = True
        self._news.set()

    def holds(self, lane: Lane) -> bool:
        """Whether something waits in a lane, which what comes must not overtake."""
        return self._waiting[lane] != 0

    def is_full(self, lane: Lane) -> bool:
        """Whether a lane can take no more."""
        return self._waiting[lane] >= self._longest_lane

    def is_first_refusal(self, lane: Lane) -> bool:
        """Whether whoever finds a lane full has not been told before, since it was half empty."""
        is_first = lane not in self._refused
        self._refused.add(lane)
        return is_first

    async def fetch(self, hand_over: Callable[[Kept], Awaitable[None]]) -> None:
        """Fetch what there is room for, lanes in turn, until closed."""
        while not self._is_closed:
            for lane in list(self._waiting):
                waiting = self._waiting[lane]
                if waiting == 0:
                    del self._waiting[lane]
                elif 0 < min(waiting, WORTHWHILE) <= (room := self._lanes.room(lane)):
                    for kept in await self._take(lane, room):
                        await hand_over(kept)
            await self._news.wait()
            self._news.clear()

    async def _take(self, lane: Lane, room: int) -> Sequence[Kept]:
        """Take from a lane; what is returned is counted as held."""
        before = self._waiting[lane]
        self._lanes.hold(lane, room)
        taken = await self._ledger.insist(lambda: self._repository.take(lane, room))
        self._lanes.hold(lane, len(taken) - room)
        # Fewer than there is room for: no more were there, whatever was counted.
        gone = len(taken) if len(taken) == room else before
        self._waiting[lane] = self._waiting.pop(lane, 0) - gone  # at the end of the line
        if self._waiting[lane] < self._longest_lane // 2:
            self._refused.discard(lane)
        return taken


def in_groups(suspects: Sequence[Kept]) -> Iterator[Sequence[Kept]]:
    """Yield what is handled together: a person's, until the bot dies of that; then each alone."""
    fresh = sorted((kept for kept in suspects if kept.tries == 0), key=lambda kept: kept.lane)
    for _, group in groupby(fresh, key=lambda kept: kept.lane):
        yield list(group)
    # Whoever has most on them comes last: others must not die again of one that comes first.
    for kept in sorted(suspects, key=lambda kept: kept.tries):
        if kept.tries:
            yield [kept]
