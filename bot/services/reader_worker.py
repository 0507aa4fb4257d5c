"""What runs inside a worker process of the reader pool.

Workers import this module, so it imports nothing of Telegram or the database. The bot's own
process imports it too, to name these functions, so OpenCV and LiteRT wait until one is called.
"""
# ruff: noqa: PLC0415 - see above

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from bot.services.reader import ReaderAnswer
from model import ModelError, Reading


class ImageReader(Protocol):
    """The part of `model.DigitReader` that a worker uses."""

    def read(self, data: bytes) -> Reading:
        """Read one image; raise `UnreadableImage` if it is none."""
        ...


_reader: ImageReader | ModelError  # one for each process, set once by `initialise`


def load_digit_reader(path: Path | None) -> ImageReader:
    """Load the model in folder `path`, or the shipped one; raise `ArtifactError` if it is unfit."""
    from model.reader import DigitReader

    return DigitReader.load(path)


def initialise(load: Callable[[], ImageReader]) -> None:
    """Load this process's reader. A failure is kept for `ready`: dying here would tell nobody."""
    global _reader  # noqa: PLW0603 - the process is the object that owns it
    import cv2

    cv2.setNumThreads(1)  # the pool fills the cores; threads of OpenCV's would only contend
    try:
        _reader = load()
    except ModelError as error:
        _reader = error


def ready() -> None:
    """Return if this worker can read; raise the `ModelError` that prevents it."""
    _require()


def read(data: bytes, preview: bool) -> ReaderAnswer:
    """Read one image, and draw its preview if one is wanted and there is a digit to show."""
    reading = _require().read(data)
    if not preview or not reading.digits:
        return ReaderAnswer.of(reading)
    from model.preview import draw_preview

    return ReaderAnswer.of(reading, draw_preview(data, reading))


def _require() -> ImageReader:
    if isinstance(_reader, ModelError):
        raise _reader
    return _reader
