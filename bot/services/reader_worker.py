"""What runs inside a worker process of the reader pool.

Workers import this module, so it imports nothing of Telegram or the database. The bot's own
process imports it too, to name these functions, so OpenCV and LiteRT wait until one is called.
"""
# ruff: noqa: PLC0415 - see above

import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.services.limits import Limits, Size, give_back_blocks_over, no_core_dumps, within
from bot.services.reader import CutOut, ReaderAnswer
from model import ModelError, Reading
from model.errors import ImageTooLarge

KEPT = 2  # readers: photos that were scheduled before a swap are read by the former one
SWOLLEN = 77  # the exit code of a worker that has grown, and leaves its image to another


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


@dataclass(slots=True)
class _Bounds:
    """What this process may take for an image, from the size that it had when it could read."""

    limits: Limits
    ready: Size | None = None


_bounds = _Bounds(Limits())


def load_digit_reader(path: Path | None) -> ImageReader:
    """Load the model in folder `path`, or the shipped one, and see it answer a known image.

    Raises `ArtifactError` if it is unfit.
    """
    from model.proof import prove
    from model.reader import DigitReader

    reader = DigitReader.load(path)
    prove(reader)
    return reader


def initialise(edition: Edition, limits: Limits) -> None:
    """Load this process's reader. A failure is kept for `ready`: dying here would tell nobody."""
    import cv2

    cv2.setNumThreads(1)  # the pool fills the cores; threads of OpenCV's would only contend
    no_core_dumps()
    give_back_blocks_over(4 * 2**20)  # which are none of an ordinary photo's
    _bounds.limits = limits
    try:
        _readers[edition.number] = edition.load()
    except ModelError as error:
        _readers[edition.number] = error
    _bounds.ready = Size.now()
    # Decoders write what they think of a file to stderr, where the log goes that others read.
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 2)


def ready(edition: Edition) -> None:
    """Return if this worker can read; raise the `ModelError` that prevents it."""
    _require(edition)


def read(edition: Edition, data: bytes, preview: bool) -> ReaderAnswer:
    """Read one image, and draw its preview if one is wanted and there is a digit to show."""
    with _reader(edition) as reader:
        reading = reader.read(data)
        if not preview or not reading.digits:
            return ReaderAnswer.of(reading)
        from model.preview import draw_preview

        return ReaderAnswer.of(reading, draw_preview(data, reading))


def cut_out(edition: Edition, data: bytes, position: int) -> CutOut | None:
    """Read one image, and cut out the digit in this place of the reading, counted from 0."""
    with _reader(edition) as reader:
        reading = reader.read(data)
        if position >= len(reading.digits):
            return None
        from model import cutout

        return CutOut(reading.number, *cutout.cut_out(data, reading.digits[position]))


@contextmanager
def _reader(edition: Edition) -> Iterator[ImageReader]:
    """The reader for one image, within the limits; a worker that has grown goes before it begins.

    Before and not after: the answer to the last image has gone out, and this one has only to be
    given to somebody else.
    """
    reader, size = _require(edition), Size.now()
    if size and _bounds.ready and size.resident > _bounds.ready.resident + _bounds.limits.growth:
        time.sleep(0.1)  # Pebble has to hear first whose image this is
        os._exit(SWOLLEN)
    try:
        with within(_bounds.limits, _bounds.ready):
            yield reader
    except MemoryError as error:
        traceback.clear_frames(error.__traceback__)  # what filled the memory is still in them
        raise ImageTooLarge("This picture takes too much memory; send a smaller one.") from error


def _require(edition: Edition) -> ImageReader:
    """The reader of this edition, loaded whole if this worker has not met it yet."""
    reader = _readers.get(edition.number)
    if reader is None:
        reader = edition.load()
        _readers[edition.number] = reader
        for old in sorted(_readers)[:-KEPT]:
            del _readers[old]
        _bounds.ready = Size.now()
    if isinstance(reader, ModelError):
        raise reader.with_traceback(None)  # or it would grow by this frame each time
    return reader
