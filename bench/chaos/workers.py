"""Workers that crash, hang and swell: their files are answered in time, others do not notice."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.chaos.harness import Result, Stage, stage
from bench.chaos.ledger import Sent
from bench.chaos.troubled import DEEDS
from bot.api_server import ChatWindow
from bot.services.limits import Limits
from bot.services.reader_pool import GRACE, TRIES

MODULE = ("bench.chaos.troubled",)
LIMIT = TRIES * (Limits().wall + GRACE) + 15  # seconds to an answer, two starts of workers included
UNAFFECTED = 3.0  # seconds that of a hundred others, one may wait longer than,
SLOWER = 2.0  # or so many times what it was before, on a machine with other things to do


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it."""

    deeds: tuple[str, ...] = tuple(DEEDS)
    people: int = 30
    rate: float = 5.0  # photos of others a second
    calm: float = 30.0  # seconds before, to compare with
    unaffected: float = UNAFFECTED


SMALL = Scale(("segfaults", "spins", "eats 4 GB"), people=5, rate=2.0, calm=3.0, unaffected=30.0)


async def workers(seed: int, scale: Scale = Scale()) -> Result:
    """Let one person send what makes a worker do each of its deeds, while others send photos."""
    async with stage(seed, module=MODULE, READER_WORKERS="2") as on:
        await on.bot.start()
        villain, *others = on.people(1 + scale.people)
        waits = dict[str, float]()
        async with _others_sending(on, others, scale.rate):
            await asyncio.sleep(scale.calm)
            calm = sum(1 for _ in on.ledger.photos())
            for deed in scale.deeds:
                waits[deed] = await _answered(villain, deed)
        await on.ledger.settle()
        by_time = sorted(on.ledger.photos(), key=lambda photo: photo.at)
        before, slow = _slow(by_time[:calm]), _slow(by_time[calm:])
        told = ", ".join(f"{deed} {seconds:.1f} s" for deed, seconds in waits.items())
        return Result(
            f"a worker that {', '.join(scale.deeds)}: answered within {LIMIT:.0f} s;"
            f" others' p99 within {scale.unaffected:.0f} s or {SLOWER:.0f} times what it was",
            f"{told}; {len(by_time)} photos of others: {on.ledger}, p99 {slow:.2f} s,"
            f" before {before:.2f} s",
            max(waits.values()) <= LIMIT
            and slow <= max(scale.unaffected, SLOWER * before)
            and not any(on.ledger.unanswered()),
        )


def _slow(photos: list[Sent]) -> float:
    """What 99 of 100 waited at most."""
    waits = sorted(photo.seconds for photo in photos)
    return waits[len(waits) * 99 // 100]


async def _answered(chat: ChatWindow, deed: str) -> float:
    """Send a file; return after how many seconds it was answered, infinity if it was not."""
    sent, began = await chat.send_document(deed.encode(), file_name="bad.png"), time.monotonic()
    try:
        await chat.wait_for_reply(to=sent, timeout=2 * LIMIT)
    except TimeoutError:
        return float("inf")
    return time.monotonic() - began


@asynccontextmanager
async def _others_sending(on: Stage, others: list[ChatWindow], rate: float) -> AsyncIterator[None]:
    async def send() -> None:
        while True:
            await on.send(on.random.choice(others))
            await asyncio.sleep(on.random.expovariate(rate))

    sending = asyncio.create_task(send())
    try:
        yield
    finally:
        sending.cancel()
