"""`python -m bench.chaos.troubled`: the bot, but a file can say what the reader does to its worker.

In place of `digitbot run`, because no file is known that makes the real one do such things.
"""

import asyncio
import ctypes
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bot.services.models import Load
from bot.services.reader_worker import ImageReader, load_digit_reader
from model import Reading

GIGA = 2**30


def _spin() -> None:
    while True:
        pass


def _swallow() -> None:
    swallowed = []
    while True:
        swallowed.append(bytearray(b"x" * 2**24))


DEEDS: dict[str, Callable[[], object]] = {
    "segfaults": partial(ctypes.string_at, 0),
    "aborts": os.abort,
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),  # as by the kernel, out of memory
    "spins": _spin,
    "hangs": lambda: ctypes.PyDLL(None).sleep(600),  # in C, where no signal handler runs
    "eats 4 GB": lambda: bytearray(b"x") * (4 * GIGA),
    "eats on and on": _swallow,
    "stops": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "sleeps": partial(time.sleep, 600),
}


class Troubled:
    """Reads as the real one does, but for files that name a deed."""

    def __init__(self, reader: ImageReader) -> None:
        self._reader = reader

    def read(self, data: bytes) -> Reading:
        """Do what the file says, or read it."""
        deed = DEEDS.get(data[:40].decode(errors="replace"))
        if deed:
            deed()
        return self._reader.read(data)


def load_troubled(folder: Path) -> Troubled:
    """Load the real one into it."""
    return Troubled(load_digit_reader(folder))


def troubled(folder: Path) -> Load:
    """What a worker is to load."""
    from bench.chaos.troubled import load_troubled  # noqa: PLC0415 - here it is in __main__

    return partial(load_troubled, folder)


def main() -> None:
    """Run it as `digitbot run` does."""
    from bot.logs import set_up_logging  # noqa: PLC0415 - workers import this module
    from bot.run import run  # noqa: PLC0415
    from bot.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    set_up_logging(settings.log_level, settings.telegram_bot_token.get_secret_value())
    asyncio.run(run(settings, make_load=troubled))


if __name__ == "__main__":
    main()
