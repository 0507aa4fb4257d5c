"""`digitbot run` that also notes how long its loop was held: `python -m bench.watched_bot FILE`.

Held is what nobody else gets a turn in: the processor time that the loop's thread takes between
two looks at its sockets. What the machine gives to others meanwhile does not count.
"""

import asyncio
import json
import selectors
import sys
import time
from pathlib import Path

from bot.logs import set_up_logging
from bot.run import run
from bot.settings import load_settings

WORTH_NOTING = 0.002  # seconds

Held = list[tuple[float, float]]  # when it ended, by `time.monotonic`, and how long it was: seconds


def longest(path: Path, start: float, end: float) -> float:
    """Return the longest time noted between two moments, in seconds."""
    held: Held = json.loads(path.read_text(encoding="utf-8"))
    return max((seconds for moment, seconds in held if start <= moment <= end), default=0.0)


class _Watching(selectors.DefaultSelector):
    """What the loop waits in; notes what it did in between."""

    def __init__(self, held: Held) -> None:
        super().__init__()
        self._held, self._since = held, time.thread_time()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for sockets."""
        taken = time.thread_time() - self._since
        if taken >= WORTH_NOTING:
            self._held.append((time.monotonic(), taken))
        try:
            return super().select(timeout)
        finally:
            self._since = time.thread_time()


async def _run() -> None:
    settings = load_settings()
    set_up_logging(settings.log_level, settings.telegram_bot_token.get_secret_value())
    await run(settings)


def main(path: Path) -> None:
    """Run the bot until it is told to stop; write what was noted."""
    held: Held = []
    try:
        with asyncio.Runner(
            loop_factory=lambda: asyncio.SelectorEventLoop(_Watching(held))
        ) as runner:
            runner.run(_run())
    finally:
        path.write_text(json.dumps(held), encoding="utf-8")


if __name__ == "__main__":  # reader workers import this again
    main(Path(sys.argv[1]))
