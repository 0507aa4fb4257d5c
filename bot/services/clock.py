"""Time as services see it, so that tests need not wait for it to pass."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Something that tells seconds from a fixed moment on, and waits."""

    def now(self) -> float:
        """Return the seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let so many pass."""
        ...


class RealClock:
    """The one on the wall."""

    def now(self) -> float:
        """Return the seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let so many pass."""
        await asyncio.sleep(seconds)
