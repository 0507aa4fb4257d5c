"""Hostile files through the whole bot: each is answered, and they leave nothing behind."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.chaos.harness import READY, Result, Stage, stage
from bench.hostile import HostileFile, hostile_files
from bot.api_server import ChatWindow

GROWTH = 1.1  # what memory may come to after them, by that before
WAIT = 300.0  # seconds, after which a file counts as unanswered
WARM = 20  # photos of each person, before and after


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it."""

    files: int = 10_000
    people: int = 60
    growth: float = GROWTH
    warm: int = WARM


# So few files may leave caches fuller than they were, and memory says little.
SMALL = Scale(files=150, people=10, growth=1.5, warm=4)


async def hostile(seed: int, scale: Scale = Scale()) -> Result:
    """Let everybody send one hostile file after the other, as fast as they are answered."""
    async with stage(seed) as on:
        await on.bot.start()
        crowd = on.people(scale.people)
        await _warm_up(on, crowd, scale.warm)
        before = on.bot.memory()
        files, waits, unanswered = hostile_files(scale.files, seed), list[float](), list[str]()
        began = time.monotonic()
        await asyncio.gather(*(_send(chat, files, waits, unanswered) for chat in crowd))
        rate = scale.files / (time.monotonic() - began)
        await _warm_up(on, crowd, scale.warm)
        after = on.bot.memory()
        log = on.bot.log.read_text()
        starts, ended = log.count(READY), log.count("A worker was ended")
        slowest = sorted(waits)[len(waits) * 99 // 100]
        lost = len(unanswered) + sum(1 for _ in on.ledger.unanswered())
        return Result(
            f"{scale.files} hostile files: 0 crashes of the bot, 0 unanswered,"
            f" memory at most {scale.growth - 1:.0%} up",
            f"{starts - 1} crashes, {lost} unanswered {' '.join(unanswered[:3])};"
            f" {before:.0f} MB, then {after:.0f} MB; {ended} workers ended; p99 {slowest:.1f} s,"
            f" longest {max(waits):.0f} s, {rate:.0f} files a second",
            starts == 1 and not lost and after <= scale.growth * before,
        )


async def _send(
    chat: ChatWindow, files: Iterator[HostileFile], waits: list[float], unanswered: list[str]
) -> None:
    for file in files:
        sent = await chat.send_document(file.data, file_name=f"{file.kind}.png")
        began = time.monotonic()
        try:
            await chat.wait_for(
                lambda message, sent=sent: message.from_bot and message.reply_to == sent.message_id,  # type: ignore[misc]
                after=sent,
                timeout=WAIT,
            )
            waits.append(time.monotonic() - began)
        except TimeoutError:
            unanswered.append(file.kind)


async def _warm_up(on: Stage, crowd: list[ChatWindow], photos: int) -> None:
    for _ in range(photos):
        for chat in crowd:
            await on.send(chat)
    await on.ledger.settle()
