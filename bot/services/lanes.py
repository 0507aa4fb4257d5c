"""Fairness: who may be served next, so that whoever sends much slows nobody but themself.

Updates wait in lanes, one for each person in each chat. Of a person and of a chat only so many are
in the bot's hands at a time, and they are handed out no faster than tokens come in. Lanes take
turns; but whichever of a group's has the turn, what came first in the group is handed out.
"""

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.services.clock import Clock
from bot.storage import Lane

IN_MEMORY = 1_000  # updates at a time; most of them wait for their chat's turn
OF_PERSON = 20  # two albums
OF_CHAT = 40
REMEMBERED = 10_000  # people and chats whose tokens are counted

T = TypeVar("T")


@dataclass(slots=True)
class Bucket:
    """Tokens: `most` of them at first, `rate` new ones a second up to that."""

    rate: float
    most: float
    tokens: float
    counted_at: float

    def wait(self, now: float) -> float:
        """Return in how many seconds there is a token."""
        self.tokens = min(self.most, self.tokens + self.rate * max(0.0, now - self.counted_at))
        self.counted_at = now
        return max(0.0, (1.0 - self.tokens) / self.rate)

    def take(self) -> None:
        """Use one up."""
        self.tokens -= 1.0


class Buckets:
    """A bucket for each key; who was not seen for long has a full one."""

    def __init__(self, rate: float, most: float) -> None:
        self._rate = rate
        self._most = most
        self._buckets: OrderedDict[int, Bucket] = OrderedDict()

    def of(self, key: int, now: float) -> Bucket:
        """Return the bucket of a person or a chat."""
        bucket = self._buckets.setdefault(key, Bucket(self._rate, self._most, self._most, now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return bucket


class Lanes(Generic[T]):
    """What is in memory: first come, first served within a lane, lanes in turn."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._people = Buckets(rate=10.0, most=20.0)
        self._chats = Buckets(rate=20.0, most=40.0)
        self._ready: OrderedDict[Lane, deque[tuple[int, T]]] = OrderedDict()
        self._held: Counter[int] = Counter()  # by person and by chat; these ids never coincide …
        self._all = 0

    def room(self, lane: Lane) -> int:
        """Return how many more of a lane may be held."""
        of_chat = OF_CHAT - self._held[lane.chat_id] if _is_group(lane) else OF_PERSON
        of_person = OF_PERSON - self._held[lane.person_id] if lane.person_id else of_chat
        return max(0, min(IN_MEMORY - self._all, of_chat, of_person))

    def hold(self, lane: Lane, change: int = 1) -> None:
        """Count what is held; -1 when one is let go."""
        self._all += change
        for key in {lane.chat_id, lane.person_id} - {0}:  # … but for a person's private chat
            self._held[key] += change
            if not self._held[key]:
                del self._held[key]

    def queue(self, lane: Lane, number: int, item: T) -> None:
        """Let an item that is held wait for its turn; numbers tell which came first."""
        self._ready.setdefault(lane, deque()).append((number, item))

    def next(self) -> T | float:
        """Return the item whose turn it is, or in how many seconds there may be one."""
        now, soonest = self._clock.now(), float("inf")
        for lane in self._ready:
            wait = self._wait(lane, now)
            if wait == 0:
                self._ready.move_to_end(lane)
                return self._take(self._first_of_chat(lane, now), now)
            soonest = min(soonest, wait)
        return soonest

    def _first_of_chat(self, lane: Lane, now: float) -> Lane:
        if not _is_group(lane):
            return lane
        lanes = [other for other in self._ready if other.chat_id == lane.chat_id]
        free = [other for other in lanes if self._wait(other, now) == 0]
        return min(free, key=lambda other: self._ready[other][0][0])

    def _take(self, lane: Lane, now: float) -> T:
        for bucket in self._buckets(lane, now):
            bucket.take()
        items = self._ready[lane]
        _, item = items.popleft()
        if not items:
            del self._ready[lane]
        return item

    def _wait(self, lane: Lane, now: float) -> float:
        return max(bucket.wait(now) for bucket in self._buckets(lane, now))

    def _buckets(self, lane: Lane, now: float) -> list[Bucket]:
        of_chat = [self._chats.of(lane.chat_id, now)]
        return [*of_chat, self._people.of(lane.person_id, now)] if lane.person_id else of_chat


def _is_group(lane: Lane) -> bool:
    return lane.chat_id != lane.person_id
