"""The live panel: each stage of the pipeline as a picture, for one photo at a time.

In a thread of this process: decoding, OpenCV and LiteRT let go of the GIL, and what is looked at
comes from whoever sits at the playground. The bot's own answers come from its workers.
"""

import asyncio
import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from model.reader import Candidate, DigitReader, Trace
    from model.reading import Timings

_BOX_COLOUR: Final = (240, 68, 56)
_NONE: Final = (0.0,) * 10


class Tracer(Protocol):
    """The part of `model.DigitReader` that the panel uses."""

    def trace(self, data: bytes) -> "Trace":
        """Read one image and keep what the stages made; raise `UnreadableImage` if it is none."""
        ...


def load_tracing_reader(path: Path | None) -> "DigitReader":
    """Load the model in folder `path`, or the shipped one; raise `ArtifactError` if it is unfit."""
    from model.reader import DigitReader  # noqa: PLC0415 - OpenCV and LiteRT, in the thread only

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
    scores: tuple[float, ...]  # ten, all 0 where nothing was found to be scored
    number: str  # "" when there is no digit
    reason: str | None  # why not
    model: str

    def to_json(self) -> dict[str, Any]:
        """For the page."""
        return {
            "stages": [stage.to_json() for stage in self.stages],
            "milliseconds": sum(stage.milliseconds for stage in self.stages),
            "scores": list(self.scores),
            "number": self.number,
            "reason": self.reason,
            "model": self.model,
        }


class LookingGlass:
    """Looks at one photo after the other; loads its reader when the first one comes."""

    def __init__(self, load: Callable[[], Tracer]) -> None:
        self._load = load
        self._reader: Tracer | None = None
        self._turn = asyncio.Lock()

    async def look(self, data: bytes) -> Look:
        """Read an image file, without blocking the loop; raises `model.UnreadableImage`."""
        async with self._turn:
            return await asyncio.to_thread(self._look, data)

    def _look(self, data: bytes) -> Look:
        if self._reader is None:
            self._reader = self._load()
        return draw(self._reader.trace(data))


def draw(trace: "Trace") -> Look:
    """Draw what the stages made."""
    pixels, chosen, reading = trace.decoded.pixels, trace.chosen, trace.reading
    return Look(
        stages=_stages(pixels, chosen, reading.timings),
        scores=chosen.scores if chosen else _NONE,
        number=reading.number,
        reason=reading.reason.value if reading.reason else None,
        model=reading.model_version,
    )


def _stages(
    pixels: NDArray[np.uint8], chosen: "Candidate | None", timings: "Timings"
) -> tuple[Stage, ...]:
    """In the order of the pipeline; a stage that had nothing to work on has no picture."""
    ink = boxes = glyph = None
    if chosen is not None:
        ink = _png(_ink(chosen.ink.depth, chosen.ink.mask))
        boxes = _png(_boxed(pixels, chosen.glyph.box))
        glyph = _png(Image.fromarray(np.round(chosen.picture * 255).astype(np.uint8)))
    return (
        Stage("decoded", timings.decode, _png(Image.fromarray(pixels))),
        Stage("ink", timings.ink, ink),
        Stage("boxes", timings.glyphs, boxes),
        Stage("glyph", timings.normalise, glyph),
        Stage("scores", timings.classify, None),
    )


def _ink(depth: NDArray[np.uint8], mask: NDArray[np.uint8]) -> Image.Image:
    """Ink bright, what stands out but was ruled out dim."""
    full = max(1.0, float(depth.max()))
    levels = depth / full * np.where(mask > 0, 255, 90)
    return Image.fromarray(levels.astype(np.uint8))


def _boxed(pixels: NDArray[np.uint8], box: tuple[int, int, int, int]) -> Image.Image:
    image = Image.fromarray(pixels)
    x, y, w, h = box
    width = max(2, max(image.size) // 120)
    outline = (x - width, y - width, x + w + width, y + h + width)
    ImageDraw.Draw(image).rectangle(outline, outline=_BOX_COLOUR, width=width)
    return image


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
