"""Proof of life: a file whose time is that of the last successful getUpdates.

A bot whose polling has died looks alive from outside; how old this file is does not lie.
"""

import time
from pathlib import Path

MAX_AGE = 90.0  # seconds: a poll lasts 10, and after failures the next try waits up to 30


class Heartbeat:
    """The file, as the bot writes it and as the health check reads it."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "heartbeat"

    def beat(self) -> None:
        """Note a success, now."""
        self._path.touch()

    def stop(self) -> None:
        """Note that the bot was stopped on purpose."""
        self._path.unlink(missing_ok=True)

    def age(self, now: float | None = None) -> float | None:
        """Return seconds since the last success, None if the bot is not running."""
        try:
            return (time.time() if now is None else now) - self._path.stat().st_mtime
        except FileNotFoundError:
            return None
