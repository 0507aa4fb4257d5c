"""What is done once a day, first at the start: chores that nobody waits for."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from bot.services.clock import Clock, RealClock
from bot.services.corrections import Corrections
from bot.services.inbox import Inbox
from bot.storage import ChatRepository

log = logging.getLogger(__name__)

DAY = 24 * 3600.0
LEFT_FOR = timedelta(days=30)  # then a group's settings are forgotten
KNOWN_FOR = timedelta(days=2)  # updates that are done
SET_ASIDE_FOR = timedelta(days=7)  # and those that could not be handled

Chore = Callable[[], Awaitable[None]]


@asynccontextmanager
async def housekeeping(*chores: Chore, clock: Clock | None = None) -> AsyncIterator[None]:
    """Do the chores every day for as long as the block runs; one that fails is tried the next."""
    task = asyncio.create_task(_every_day(chores, clock or RealClock()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def forget_left_groups(
    chats: ChatRepository, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Chore:
    """Return the chore of forgetting groups that the bot was removed from long ago."""

    async def forget() -> None:
        forgotten = await chats.forget_left(now() - LEFT_FOR)
        if forgotten:
            log.info("Forgot the settings of %d groups that were left long ago.", forgotten)

    return forget


def forget_old_corrections(
    corrections: Corrections, days: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Chore:
    """Return the chore of deleting what people said so many days ago, and strayed files."""

    async def forget() -> None:
        gone = await corrections.forget_older(now() - timedelta(days=days))
        if gone.verdicts:
            log.info("Deleted %d old verdicts and %d pictures.", gone.verdicts, gone.pictures)

    return forget


def forget_old_updates(
    inbox: Inbox, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Chore:
    """Return the chore of deleting what was done with, or set aside, long ago.

    Telegram brings nothing again after a day, and numbers updates anew after a quiet week.
    """

    async def forget() -> None:
        moment = now()
        await inbox.forget_older(moment - KNOWN_FOR, poison_before=moment - SET_ASIDE_FOR)

    return forget


async def _every_day(chores: tuple[Chore, ...], clock: Clock) -> None:
    while True:
        for chore in chores:
            try:
                await chore()
            except Exception:
                log.exception("A daily chore failed.")
        await clock.sleep(DAY)
