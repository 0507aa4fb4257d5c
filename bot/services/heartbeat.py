"""Proof of life: a file whose time is that of when Telegram was last heard from.

By an answer to getUpdates or, in webhook mode, an update that it brought. A bot that does not hear
any more looks alive from outside; how old this file is does not lie.
"""

import time
from pathlib import Path

HEARTBEAT = "heartbeat"  # in DATA_DIR
MAX_AGE = 90.0  # seconds: a poll lasts 10, and after failures the next try waits up to 30


class Heartbeat:
    """The file, as the bot writes it and as the health check reads it."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / HEARTBEAT

    def beat(self) -> None:
        """Note that it was heard from, now."""
        self._path.touch()

    def stop(self) -> None:
        """Note that the bot was stopped on purpose."""
        self._path.unlink(missing_ok=True)

    def age(self, now: float | None = None) -> float | None:
        """Return seconds since then, None if the bot is not running."""
        try:
            return (time.time() if now is None else now) - self._path.stat().st_mtime
        except FileNotFoundError:
            return None
