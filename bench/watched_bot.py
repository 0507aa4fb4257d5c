"""`digitbot run` that also notes how long its loop was held: `python -m bench.watched_bot FILE`.

Held is what nobody else gets a turn in: the processor time of the loop's thread between two turns
of a probe. Unlike the time on the wall, it does not count what the machine gives to others.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from bot.logs import set_up_logging
from bot.run import run
from bot.settings import load_settings

EVERY = 0.002  # seconds between two turns
WORTH_NOTING = 0.005  # seconds

Held = list[tuple[float, float]]  # when it ended, by `time.monotonic`, and how long it was: seconds


def longest(path: Path, start: float, end: float) -> float:
    """Return the longest time noted between two moments, in seconds."""
    held: Held = json.loads(path.read_text(encoding="utf-8"))
    return max((seconds for moment, seconds in held if start <= moment <= end), default=0.0)


async def _probe(held: Held) -> None:
    before = time.thread_time()
    while True:
        await asyncio.sleep(EVERY)
        now = time.thread_time()
        if now - before >= WORTH_NOTING:
            held.append((time.monotonic(), now - before))
        before = now


async def _watched(held: Held) -> None:
    settings = load_settings()
    set_up_logging(settings.log_level, settings.telegram_bot_token.get_secret_value())
    probe = asyncio.create_task(_probe(held))
    try:
        await run(settings)
    finally:
        probe.cancel()
        await asyncio.wait([probe])


def main(path: Path) -> None:
    """Run the bot until it is told to stop; write what was noted."""
    held: Held = []
    try:
        asyncio.run(_watched(held))
    finally:
        path.write_text(json.dumps(held), encoding="utf-8")


if __name__ == "__main__":  # reader workers import this again
    main(Path(sys.argv[1]))
