"""The live panel: each stage of the pipeline as a picture, for one photo at a time.

In a process of its own, like the bot's readers: loading OpenCV and LiteRT here would hold up the
bot's first answer, and a picture that brings a decoder down would bring down the playground.
"""

import asyncio
import base64
import io
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pebble import ProcessExpired, ProcessPool
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from model.candidate import Candidate
    from model.reader import DigitReader, Trace

_BOX_COLOUR: Final = (240, 68, 56)
_NONE: Final = (0.0,) * 10
_TIMEOUT: Final = 30.0  # seconds for one picture
_MOST: Final = 8  # glyphs shown in a row

_Frame = tuple[int, int, int, int]  # x, y, w, h


class Tracer(Protocol):
    """The part of `model.DigitReader` that the panel uses."""

    def trace(self, data: bytes) -> "Trace":
        """Read one image and keep what the stages made; raise `UnreadableImage` if it is none."""
        ...


def load_tracing_reader(path: Path | None) -> "DigitReader":
    """Load the model in folder `path`, or the shipped one; raise `ArtifactError` if it is unfit."""
    from model.reader import DigitReader  # noqa: PLC0415 - OpenCV and LiteRT, not in this process

    return DigitReader.load(path)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: what it made of the photo, and how long that took."""

    name: str
    milliseconds: float
    picture: bytes | None  # PNG

    def to_json(self) -> dict[str, Any]:
        """With the picture as a data URL."""
        encoded = base64.b64encode(self.picture).decode() if self.picture else None
        return {
            "name": self.name,
            "milliseconds": self.milliseconds,
            "picture": f"data:image/png;base64,{encoded}" if encoded else None,
        }


@dataclass(frozen=True, slots=True)
class Look:
    """All that the panel shows of one photo."""

    stages: tuple[Stage, ...]
    scores: tuple[float, ...]  # of the first digit, all 0 where nothing was found to be scored
    confidence: float  # in the least certain digit
    number: str  # "" when there is no digit
    reason: str | None  # why not
    model: str

    def to_json(self) -> dict[str, Any]:
        """For the page."""
        return {
            "stages": [stage.to_json() for stage in self.stages],
            "milliseconds": sum(stage.milliseconds for stage in self.stages),
            "scores": list(self.scores),
            "confidence": self.confidence,
            "number": self.number,
            "reason": self.reason,
            "model": self.model,
        }


class LookingGlass:
    """Looks at one photo after the other; an async context manager.

    `load` is called in the process that looks, and is a top-level name, because that is spawned.
    """

    def __init__(self, load: Callable[[], Tracer]) -> None:
        self._pool = ProcessPool(
            max_workers=1,
            initializer=_initialise,
            initargs=(load,),
            context=multiprocessing.get_context("spawn"),
        )

    async def __aenter__(self) -> Self:
        self._pool.schedule(_warm_up)  # nobody waits for it: the first look will find it done
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._pool.stop)
        await asyncio.to_thread(self._pool.join)

    async def look(self, data: bytes) -> Look:
        """Read an image file.

        Raises `model.UnreadableImage`, and LookupError if the process did not survive the picture.
        """
        try:
            look: Look = await asyncio.wrap_future(
                self._pool.schedule(_look, args=[data], timeout=_TIMEOUT)
            )
        except (TimeoutError, ProcessExpired, BrokenProcessPool) as error:
            raise LookupError("The reader broke down on this picture.") from error
        return look


_tracer: Tracer  # of the process that looks


def _initialise(load: Callable[[], Tracer]) -> None:
    global _tracer  # noqa: PLW0603 - the process is the object that owns it
    _tracer = load()


def _warm_up() -> None:
    """Nothing: by then the process has started."""


def _look(data: bytes) -> Look:
    return draw(_tracer.trace(data))


def draw(trace: "Trace") -> Look:
    """Draw what the stages made."""
    reading = trace.reading
    scores = reading.digits[0].scores if reading.digits else _NONE
    if not reading.digits and trace.chosen is not None:
        scores = trace.chosen.scores
    return Look(
        stages=_stages(trace),
        scores=scores,
        confidence=min((digit.confidence for digit in reading.digits), default=0.0),
        number=reading.number,
        reason=reading.reason.value if reading.reason else None,
        model=reading.model_version,
    )


def _stages(trace: "Trace") -> tuple[Stage, ...]:
    """In the order of the pipeline; a stage that had nothing to work on has no picture."""
    pixels, timings = trace.decoded.pixels, trace.reading.timings
    ink = boxes = glyphs = None
    if trace.chosen is not None:
        ink = _png(_ink(trace.chosen.ink.depth, trace.chosen.ink.mask))
        boxes = _png(_boxed(pixels, _boxes(trace, trace.chosen)))
        glyphs = _png(_in_a_row(trace, trace.chosen))
    return (
        Stage("decoded", timings.decode, _png(Image.fromarray(pixels))),
        Stage("ink", timings.ink, ink),
        Stage("boxes", timings.glyphs, boxes),
        Stage("glyph", timings.normalise, glyphs),
        Stage("scores", timings.classify, None),
    )


def _boxes(trace: "Trace", chosen: "Candidate") -> Sequence[_Frame]:
    """Where the digits are in the decoded picture or, if there are none, what came closest."""
    scale = trace.decoded.scale
    found = [tuple(round(side / scale) for side in digit.box) for digit in trace.reading.digits]
    return [(x, y, w, h) for x, y, w, h in found] or [chosen.glyph.box]


def _in_a_row(trace: "Trace", chosen: "Candidate") -> Image.Image:
    """What the network saw of each."""
    glyphs = [digit.glyph for digit in trace.reading.digits[:_MOST]] or [chosen.picture]
    return Image.fromarray(np.round(np.hstack(glyphs) * 255).astype(np.uint8))


def _ink(depth: NDArray[np.uint8], mask: NDArray[np.uint8]) -> Image.Image:
    """Ink bright, what stands out but was ruled out dim."""
    full = max(1.0, float(depth.max()))
    levels = depth / full * np.where(mask > 0, 255, 90)
    return Image.fromarray(levels.astype(np.uint8))


def _boxed(pixels: NDArray[np.uint8], boxes: Sequence[_Frame]) -> Image.Image:
    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    width = max(2, max(image.size) // 120)
    for x, y, w, h in boxes:
        outline = (x - width, y - width, x + w + width, y + h + width)
        pen.rectangle(outline, outline=_BOX_COLOUR, width=width)
    return image


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
