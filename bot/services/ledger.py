"""Writing down what arrives and what is done: as often as it takes, and many in one transaction.

What comes while a transaction runs shares the next one. A database that is locked, full or gone is
tried until it works again; until then nobody is told that anything is written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from bot.services.clock import Clock
from bot.services.outage import Outage
from bot.storage import InboxRepository, Kept

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 15.0  # seconds between two tries

R = TypeVar("R")


class Ledger:
    """Writes to `repository`; `outage` tells of it when that fails."""

    def __init__(self, repository: InboxRepository, clock: Clock, outage: Outage) -> None:
        self._repository = repository
        self._clock = clock
        self._outage = outage
        self._arrived: list[tuple[Kept, asyncio.Future[bool]]] = []
        self._done: list[tuple[Collection[int], asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, kept: Kept) -> bool:
        """Write down an update; return whether it was not known before."""
        return await self._noted(self._arrived, kept)

    async def close(self, update_ids: Collection[int]) -> None:
        """Write down that updates are done."""
        await self._noted(self._done, update_ids)

    async def insist(self, work: Callable[[], Awaitable[R]]) -> R:
        """Return what `work` returns as soon as it succeeds."""
        pause = FIRST_PAUSE
        while True:
            try:
                result = await work()
            except Exception as error:  # whatever it is, to go on without would lose updates
                self._outage.failed(error)
                await self._clock.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            else:
                self._outage.worked()
                return result

    async def stop(self, seconds: float) -> None:
        """Let what is under way be written, if that takes no longer than this."""
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=seconds)
            self._writing.cancel()
            await asyncio.wait([self._writing])

    async def _noted(self, pending: list[tuple[R, asyncio.Future[bool]]], what: R) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        pending.append((what, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await future

    async def _write(self) -> None:
        while self._arrived or self._done:
            arrived, self._arrived = self._arrived, []
            done, self._done = self._done, []
            rows = [kept for kept, _ in arrived]
            numbers = [update_id for update_ids, _ in done for update_id in update_ids]
            new = await self.insist(lambda: self._repository.write(rows, numbers))  # noqa: B023
            for kept, future in arrived:
                if not future.done():  # nobody waits any more
                    future.set_result(kept.update_id in new)
            for _, future in done:
                if not future.done():
                    future.set_result(True)
