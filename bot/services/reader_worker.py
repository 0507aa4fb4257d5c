"""What runs inside a worker process of the reader pool.

Spawned workers import this module, so it imports nothing of Telegram or the database.
"""

from collections.abc import Callable
from typing import Protocol

from model.preview import draw_preview

from bot.services.reader import ReaderAnswer
from model import ModelError, Reading


class ImageReader(Protocol):
    """The part of `model.DigitReader` that a worker uses."""

    def read(self, data: bytes) -> Reading:
        """Read one image; raise `UnreadableImage` if it is none."""
        ...


_reader: ImageReader | ModelError  # one for each process, set once by `initialise`


def initialise(load: Callable[[], ImageReader]) -> None:
    """Load this process's reader. A failure is kept for `ready`: dying here would tell nobody."""
    global _reader  # noqa: PLW0603 - the process is the object that owns it
    try:
        _reader = load()
    except ModelError as error:
        _reader = error


def ready() -> None:
    """Return if this worker can read; raise the `ModelError` that prevents it."""
    _require()


def read(data: bytes, preview: bool) -> ReaderAnswer:
    """Read one image and draw its preview if wanted."""
    reading = _require().read(data)
    return ReaderAnswer(reading, draw_preview(data, reading) if preview else None)


def _require() -> ImageReader:
    if isinstance(_reader, ModelError):
        raise _reader
    return _reader
