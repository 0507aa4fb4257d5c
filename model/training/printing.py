"""Digits and letters set in type: plain, or in relief as on signs, house fronts and cakes."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.pipeline.normalise import Ink
from model.training.strokes import FIELD


@cache
def font_files() -> tuple[Path, ...]:
    """The faces that matplotlib ships: sans, serif and mono, upright, oblique and bold."""
    import matplotlib as mpl  # noqa: PLC0415  only training has it

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return tuple(sorted(folder.glob("DejaVuSans*.ttf")) + sorted(folder.glob("DejaVuSerif*.ttf")))


@cache
def _font(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), 100)


def print_text(text: str, rng: np.random.Generator) -> Ink:
    """Set `text` in one of the faces, half of the time in relief; ink of (FIELD, FIELD) in [0, 1].

    Letters get relief as digits do: it must not tell one from the other.
    """
    files = [f for f in font_files() if "Display" not in f.name]
    page = Image.new("L", (FIELD, FIELD))
    ImageDraw.Draw(page).text(
        (FIELD / 2, FIELD / 2),
        text,
        fill=255,
        font=_font(files[int(rng.integers(len(files)))]),
        anchor="mm",
    )
    ink = np.asarray(page, np.float32) / np.float32(255)
    return ink if rng.random() < 0.5 else in_relief(ink, rng)


def in_relief(ink: Ink, rng: np.random.Generator) -> Ink:
    """What the ink stage finds of a solid thing, of ink (FIELD, FIELD): uneven, hollow, or with a
    dark side.
    """
    kind = rng.random()
    if kind < 0.35:
        return _shining(ink, rng)
    if kind < 0.65:
        return _outlined(ink, rng)
    return _extruded(ink, rng)


def _shining(ink: Ink, rng: np.random.Generator) -> Ink:
    """Light falls on it from a side: bands of it, as on metal, or one."""
    angle, bands = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 2.0)
    y, x = np.mgrid[0:FIELD, 0:FIELD].astype(np.float32) / np.float32(FIELD)
    along = np.cos(angle) * x + np.sin(angle) * y
    light = 0.5 + 0.5 * np.sin(2 * np.pi * bands * along + rng.uniform(0, 2 * np.pi))
    return (ink * (1 - rng.uniform(0.3, 0.8) * light)).astype(np.float32)


def _outlined(ink: Ink, rng: np.random.Generator) -> Ink:
    """Dark edges around a face that is lighter, or not there at all."""
    size = int(rng.integers(4, 10))
    face = cv2.erode(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return ink - np.float32(rng.uniform(0.3, 1.0)) * face


def _extruded(ink: Ink, rng: np.random.Generator) -> Ink:
    """A thick body: its face, and the sides that go back from it."""
    dx, dy = rng.uniform(-14, 14, 2)
    steps = [cv2.warpAffine(ink, np.array([[1, 0, dx * t], [0, 1, dy * t]]), ink.shape[::-1])
             for t in np.linspace(0, 1, 6)]  # fmt: skip
    body = np.max(steps, axis=0) * np.float32(rng.uniform(0.4, 1.0))
    face = np.float32(rng.uniform(0.3, 1.0))
    return body * (1 - ink) + face * ink
