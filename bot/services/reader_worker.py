"""What runs inside a worker process of the reader pool.

Workers import this module, so it imports nothing of Telegram or the database. The bot's own
process imports it too, to name these functions, so OpenCV and LiteRT wait until one is called.
"""
# ruff: noqa: PLC0415 - see above

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.services.reader import CutOut, ReaderAnswer
from model import ModelError, Reading

KEPT = 2  # readers: photos that were scheduled before a swap are read by the former one


class ImageReader(Protocol):
    """The part of `model.DigitReader` that a worker uses."""

    def read(self, data: bytes) -> Reading:
        """Read one image; raise `UnreadableImage` if it is none."""
        ...


@dataclass(frozen=True, slots=True)
class Edition:
    """Which reader a task is for: those of a pool are numbered, and each worker loads its own."""

    number: int
    load: Callable[[], ImageReader]


# The readers of this process by the number of their edition, the newest of them last.
_readers: dict[int, ImageReader | ModelError] = {}


def load_digit_reader(path: Path | None) -> ImageReader:
    """Load the model in folder `path`, or the shipped one, and see it answer a known image.

    Raises `ArtifactError` if it is unfit.
    """
    from model.proof import prove
    from model.reader import DigitReader

    reader = DigitReader.load(path)
    prove(reader)
    return reader


def initialise(edition: Edition) -> None:
    """Load this process's reader. A failure is kept for `ready`: dying here would tell nobody."""
    import cv2

    cv2.setNumThreads(1)  # the pool fills the cores; threads of OpenCV's would only contend
    try:
        _readers[edition.number] = edition.load()
    except ModelError as error:
        _readers[edition.number] = error


def ready(edition: Edition) -> None:
    """Return if this worker can read; raise the `ModelError` that prevents it."""
    _require(edition)


def read(edition: Edition, data: bytes, preview: bool) -> ReaderAnswer:
    """Read one image, and draw its preview if one is wanted and there is a digit to show."""
    reading = _require(edition).read(data)
    if not preview or not reading.digits:
        return ReaderAnswer.of(reading)
    from model.preview import draw_preview

    return ReaderAnswer.of(reading, draw_preview(data, reading))


def cut_out(edition: Edition, data: bytes, position: int) -> CutOut | None:
    """Read one image, and cut out the digit in this place of the reading, counted from 0."""
    reading = _require(edition).read(data)
    if position >= len(reading.digits):
        return None
    from model import cutout

    return CutOut(reading.number, *cutout.cut_out(data, reading.digits[position]))


def _require(edition: Edition) -> ImageReader:
    """The reader of this edition, loaded whole if this worker has not met it yet."""
    reader = _readers.get(edition.number)
    if reader is None:
        reader = edition.load()
        _readers[edition.number] = reader
        for old in sorted(_readers)[:-KEPT]:
            del _readers[old]
    if isinstance(reader, ModelError):
        raise reader
    return reader
