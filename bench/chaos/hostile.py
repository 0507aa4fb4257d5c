"""Hostile files through the whole bot: each is answered, and they leave nothing behind."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from bench.chaos.harness import READY, Result, stage
from bench.hostile import HostileFile, hostile_files
from bench.photos import number_photo
from bot.api_server import ChatWindow

GROWTH = 1.1  # what memory may come to after them, by that before
WAIT = 300.0  # seconds, after which a file counts as unanswered
WARM = 2  # rounds of ordinary photos, before and after


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it."""

    files: int = 10_000
    people: int = 60
    growth: float = GROWTH
    warm: int = WARM


# So few files may leave caches fuller than they were, and memory says little.
SMALL = Scale(files=150, people=10, growth=1.5, warm=1)


async def hostile(seed: int, scale: Scale = Scale()) -> Result:
    """Let everybody send one hostile file after the other, as fast as they are answered."""
    async with stage(seed) as on:
        await on.bot.start()
        crowd = on.people(scale.people)
        await _warm_up(crowd, scale.warm)
        before = on.bot.memory()
        files, waits, unanswered = hostile_files(scale.files, seed), list[float](), list[str]()
        began = time.monotonic()
        await asyncio.gather(*(_send(chat, files, waits, unanswered) for chat in crowd))
        rate = scale.files / (time.monotonic() - began)
        await _warm_up(crowd, scale.warm)
        after = on.bot.memory()
        log = on.bot.log.read_text()
        starts, errors, ended = (log.count(w) for w in (READY, " ERROR ", "A worker was ended"))
        named = f" ({', '.join(unanswered[:3])})" if unanswered else ""
        slowest = sorted(waits)[len(waits) * 99 // 100]
        return Result(
            f"{scale.files} hostile files: 0 crashes of the bot, 0 unanswered,"
            f" memory at most {scale.growth - 1:.0%} up",
            f"{starts - 1} crashes, {errors} errors, {len(unanswered)} unanswered{named};"
            f" {before:.0f} MB, then {after:.0f} MB;"
            f" {ended} workers ended; p99 {slowest:.1f} s, longest {max(waits):.0f} s,"
            f" {rate:.0f} files a second",
            starts == 1 and not errors and not unanswered and after <= scale.growth * before,
            on.bot.complaints(),
        )


async def _send(
    chat: ChatWindow, files: Iterator[HostileFile], waits: list[float], unanswered: list[str]
) -> None:
    for file in files:
        try:
            waits.append(await _answer(chat, file.data, f"{file.kind}.png"))
        except TimeoutError:
            unanswered.append(file.kind)


async def _warm_up(crowd: list[ChatWindow], rounds: int) -> None:
    """Let everybody send photos of numbers of every length, and some a file as large as allowed."""
    await asyncio.gather(*(_ordinary(chat, rounds) for chat in crowd))
    for chat in crowd[:4]:
        await _answer(chat, _large_file(), "page.bmp")


async def _ordinary(chat: ChatWindow, rounds: int) -> None:
    for _ in range(rounds):
        for length in range(1, 7):
            await _answer(chat, number_photo(("140714" * 2)[chat.chat.id % 6 :][:length]), "7.jpg")


@cache
def _large_file() -> bytes:
    """An honest picture of 15 MB."""
    page = cv2.imdecode(np.frombuffer(number_photo("1407"), np.uint8), cv2.IMREAD_COLOR)
    return cv2.imencode(".bmp", cv2.resize(page, (2560, 1920)))[1].tobytes()


async def _answer(chat: ChatWindow, data: bytes, name: str) -> float:
    """Send a file; return after how many seconds it was answered. Raises TimeoutError."""
    sent, began = await chat.send_document(data, file_name=name), time.monotonic()
    await chat.wait_for(lambda m: m.from_bot and m.reply_to == sent.message_id, timeout=WAIT)
    return time.monotonic() - began
