"""Many people at once, one of whom sends half of all photos: only that one notices."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psutil

from bench.chaos.harness import Result, Stage, stage

GROWTH = 1.1  # what memory may come to, by that of the first minute
PATIENT = 3.0  # seconds that of a hundred others, one may wait longer than
SAMPLING = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it."""

    rate: float = 30.0  # photos a second
    seconds: float = 300.0
    people: int = 200
    at_once: int = 1_000  # photos from so many people, to find out how fast it can be
    digits: int = 3
    patient: float = PATIENT


SMALL = Scale(rate=8, seconds=10, people=20, at_once=40, digits=2, patient=120)


@dataclass(slots=True)
class Memory:
    """MB that the bot held, over time."""

    samples: list[float] = field(default_factory=list)

    @property
    def early(self) -> float:
        """Its median in the second fifth: by then all that is needed is there."""
        fifth = len(self.samples) // 5
        return statistics.median(self.samples[fifth : 2 * fifth] or self.samples)

    @property
    def late(self) -> float:
        """Its median in the last fifth."""
        return statistics.median(self.samples[-max(1, len(self.samples) // 5) :])


async def load(seed: int, scale: Scale = Scale()) -> Result:
    """Send at a steady rate for minutes; then as much at once as there are people."""
    async with stage(seed, scale.digits) as on:
        await on.bot.start()
        await _warm_up(on)
        flooder, *others = on.people(scale.people)
        async with _watched(on) as memory:
            began = time.monotonic()
            for n in range(int(scale.rate * scale.seconds)):
                await asyncio.sleep(began + n / scale.rate - time.monotonic())
                await on.send(flooder if n % 2 else on.random.choice(others))
        await on.ledger.settle()
        ids = {chat.chat.id for chat in others}
        waits = sorted(photo.seconds for id in ids for photo in on.ledger.photos(id))
        median, slow = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
        flooded = max(photo.seconds for photo in on.ledger.photos(flooder.chat.id))
        rate = await _saturation(on, scale.at_once)
        flat = memory.late <= GROWTH * memory.early
        return Result(
            f"{scale.rate:.0f} photos a second for {scale.seconds:.0f} s from {scale.people}"
            f" people, one of whom sends half: the others' p99 within {scale.patient:.0f} s,"
            f" no loss, memory at most {GROWTH - 1:.0%} up",
            f"the others' p50 {median:.2f} s, p99 {slow:.2f} s, that one's longest {flooded:.0f} s;"
            f" {on.ledger}; {memory.early:.0f} MB, then {memory.late:.0f} MB;"
            f" saturated at {rate:.0f} photos a second",
            slow <= scale.patient and not any(on.ledger.unanswered()) and flat,
            on.bot.complaints(),
        )


async def _warm_up(on: Stage) -> None:
    (somebody,) = on.people(1)
    for _ in on.pictures:
        await on.send(somebody)
    await on.ledger.settle()


@asynccontextmanager
async def _watched(on: Stage) -> AsyncIterator[Memory]:
    memory = Memory()

    async def watch() -> None:
        while True:
            with suppress(psutil.NoSuchProcess):  # a worker that was replaced
                memory.samples.append(await asyncio.to_thread(on.bot.memory))
            await asyncio.sleep(SAMPLING)

    watching = asyncio.create_task(watch())
    try:
        yield memory
    finally:
        watching.cancel()


async def _saturation(on: Stage, amount: int) -> float:
    """Photos a second, when each of so many people sends one at the same time."""
    crowd = on.people(amount)
    began = time.monotonic()
    for chat in crowd:
        await on.send(chat)
    await on.ledger.settle()
    last = max(photo.answered_at for chat in crowd for photo in on.ledger.photos(chat.chat.id))
    return amount / (last - began)
