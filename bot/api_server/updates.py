"""The updates that wait for one bot: numbered, confirmed by offset, forgotten when too old.

https://core.telegram.org/bots/api#getting-updates
"""

# ruff: noqa: ASYNC109 (the time to wait is a matter of each call here)

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from bot.api_server.errors import OTHER_POLL, Conflict
from bot.api_server.objects import JsonObject

DAY: Final = 24 * 3600.0
# Sent only to bots that name them.
_ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that happened, as the bot is told."""

    update_id: int
    kind: str
    body: JsonObject
    expires: float  # Unix time

    def to_json(self) -> JsonObject:
        """https://core.telegram.org/bots/api#update."""
        return {"update_id": self.update_id, self.kind: self.body}


class UpdateQueue:
    """Updates from the oldest unconfirmed on; at most one request waits for them at a time."""

    def __init__(self, clock: Callable[[], float], *, limit: int = 100_000) -> None:
        self.allowed: tuple[str, ...] = ()  # none named means all but those on request
        self._clock = clock
        self._pending: deque[Update] = deque(maxlen=limit)
        self._next_id = 700_000_001
        self._waiter: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, kind: str, body: JsonObject, *, lifetime: float = DAY) -> None:
        """Number and keep an update, unless the bot did not ask for its kind."""
        if not self._wanted(kind, self.allowed):
            return
        update = Update(self._next_id, kind, body, self._clock() + lifetime)
        self._next_id += 1
        self._pending.append(update)
        self._wake()

    async def poll(self, *, offset: int = 0, limit: int = 100, timeout: float = 0) -> list[Update]:
        """The next updates; with none, wait up to `timeout` seconds for the first.

        `offset` confirms all before it; negative, it keeps that many of the last. A later poll ends
        an earlier one that still waits with Conflict.
        """
        self._end_other_poll()
        self.confirm(offset)
        if not self._pending and timeout > 0:
            await self._wait(timeout)
        return [update for update, _ in zip(self._pending, range(limit), strict=False)]

    def confirm(self, offset: int) -> None:
        """Forget what came before `offset`, and what is too old to be of use."""
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        while self._pending and self._pending[0].update_id < offset:
            self._pending.popleft()
        now = self._clock()
        if any(update.expires <= now for update in self._pending):
            fresh = [update for update in self._pending if update.expires > now]
            self._pending = deque(fresh, maxlen=self._pending.maxlen)

    @property
    def pending(self) -> tuple[Update, ...]:
        """What is not confirmed yet, oldest first."""
        return tuple(self._pending)

    def clear(self) -> None:
        """Drop everything that waits."""
        self._pending.clear()

    @staticmethod
    def _wanted(kind: str, allowed: Collection[str]) -> bool:
        return kind in allowed if allowed else kind not in _ON_REQUEST

    async def _wait(self, timeout: float) -> None:
        self._waiter = waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            pass
        finally:
            if self._waiter is waiter:
                self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _end_other_poll(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(Conflict(OTHER_POLL))
        self._waiter = None

    def close(self) -> None:
        """Let a waiting poll go home empty-handed."""
        self._wake()
