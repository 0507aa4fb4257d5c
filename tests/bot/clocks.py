"""Clocks for tests: one that stands still until time is let pass, and one that runs fast."""

import asyncio

from bot.services.clock import RealClock


class FastClock(RealClock):
    """Who sleeps on it wakes after a twentieth of the time."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 20)


class HandClock:
    """Seconds since the test began; sleepers wake in the order in which their time comes."""

    def __init__(self) -> None:
        self._now = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        wake = asyncio.Event()
        self._sleepers.append((self._now + seconds, wake))
        await wake.wait()

    async def pass_(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due."""
        end = self._now + seconds
        await self.settle()
        while due := sorted((s for s in self._sleepers if s[0] <= end), key=lambda s: s[0]):
            self._now = max(self._now, due[0][0])
            self._sleepers.remove(due[0])
            due[0][1].set()
            await self.settle()
        self._now = end
        await self.settle()

    @staticmethod
    async def settle() -> None:
        """Let every task go as far as it gets without time."""
        for _ in range(10):
            await asyncio.sleep(0)
