"""Stage 4: the ink of one glyph to the 28×28 picture the network sees, in training and in serving.

The convention is MNIST's own (LeCun et al. 1998, section III.A): the glyph is scaled, keeping its
aspect ratio, until its longest side is 20 pixels, anti-aliased, and placed so that its centre of
mass is the centre of a 28×28 field. Ink is 1, paper is 0.

One thing is added. A pen line of 2 pixels in a glyph 400 pixels tall becomes a tenth of a pixel,
a faint grey that no MNIST digit has. So the stroke's width is measured before the reduction, and
a line that would come out thinner than `min_stroke` is widened first. Eroding the 28×28 picture,
the old patch, comes too late: the line is gone by then.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float32]  # (h, w) in [0, 1], ink is 1


@dataclass(frozen=True, slots=True)
class NormaliseParams:
    """What shapes a glyph; all of it goes into the pipeline's fingerprint."""

    side: int = 28  # pixels of the square the network sees
    longest: int = 20  # pixels of the glyph's longest side in it
    min_stroke: float = 2.0  # pixels a stroke is widened to, at that size
    ink_level: float = 0.2  # ink above this share of the darkest belongs to the bounding box
    work_min: int = 80  # longest side, in pixels, at which strokes are widened: enough for a
    work_max: int = 160  # smooth result, few enough to be quick


DEFAULT = NormaliseParams()


class NotInk(ValueError):
    """The array is not an ink map: pixels of 0–255, another dtype, NaN, or not two-dimensional."""


def check_ink(ink: Ink) -> None:
    """Raise `NotInk` unless `ink` is a two-dimensional float32 array within [0, 1].

    This is the gate that keeps an undivided or inverted-by-accident image out of the network.
    """
    if ink.dtype != np.float32 or ink.ndim != 2 or ink.size == 0:
        raise NotInk(f"an ink map is (h, w) float32, got {ink.shape} {ink.dtype}")
    low, high, _, _ = cv2.minMaxLoc(ink)
    if not (0.0 <= low <= high <= 1.0):
        raise NotInk(f"ink lies in [0, 1], got {low:g} to {high:g}: divide pixels by 255 first")


def normalise(ink: Ink, params: NormaliseParams = DEFAULT) -> Ink:
    """Scale and centre one glyph.

    Args:
        ink: (h, w) float32 in [0, 1], the soft ink of one glyph on a ground of 0.
        params: the shape of the result.

    Returns:
        (side, side) float32 in [0, 1]; all zero if there is no ink at all.

    Raises:
        NotInk: `ink` is not an ink map.
    """
    check_ink(ink)
    glyph = _crop_to_ink(ink, params.ink_level)
    field = np.zeros((params.side, params.side), np.float32)
    if glyph is None:
        return field
    small = _scaled(_keep_stroke_visible(glyph, params), params.longest)
    _place_by_mass(small, field)
    return field


def stroke_width(ink: Ink) -> float:
    """Mean width in pixels of the strokes in `ink`: twice the area over the length of its outline.

    The outline's length is the total variation, which for a soft edge is that of the sharp one.
    """
    padded = cv2.copyMakeBorder(ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0.0)
    dx = padded[:-1, 1:] - padded[:-1, :-1]
    dy = padded[1:, :-1] - padded[:-1, :-1]
    outline = float(cv2.sumElems(cv2.magnitude(dx, dy))[0])
    return 2.0 * float(cv2.sumElems(ink)[0]) / outline if outline > 0 else 0.0


def _crop_to_ink(ink: Ink, level: float) -> Ink | None:
    peak = float(ink.max())
    if peak < 1 / 255:
        return None
    x, y, w, h = cv2.boundingRect((ink > level * peak).astype(np.uint8))
    return ink[y : y + h, x : x + w] if w else None


def _keep_stroke_visible(glyph: Ink, params: NormaliseParams) -> Ink:
    """Widen the strokes if they would come out thinner than `min_stroke`; else return `glyph`."""
    longest = max(glyph.shape)
    if longest > params.work_max:
        # A dilation as wide as the reduction first, or a hairline drowns in the average.
        reach = int(longest / params.work_max)
        work = cv2.dilate(glyph, np.ones((reach, reach), np.uint8)) if reach > 1 else glyph
        work = _scaled(work, params.work_max)
    elif longest < params.work_min:
        work = _scaled(glyph, params.work_min)
    else:
        work = glyph
    wanted = params.min_stroke * max(work.shape) / params.longest
    missing = wanted - stroke_width(work)
    if missing < 0.5:
        return glyph if longest <= params.work_max else work
    grow = int(missing + 0.5)
    margin = grow // 2 + 1
    work = cv2.copyMakeBorder(work, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0.0)
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (grow + 1, grow + 1))
    widened = _crop_to_ink(cv2.dilate(work, brush), params.ink_level)
    assert widened is not None
    return widened


def _scaled(glyph: Ink, longest: int) -> Ink:
    """Make the longest side `longest` pixels, each the mean of what falls into it."""
    h, w = glyph.shape
    if max(h, w) == longest:
        return glyph
    scale = longest / max(h, w)
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(glyph, size, interpolation=how).astype(np.float32, copy=False)


def _place_by_mass(glyph: Ink, field: Ink) -> None:
    """Copy `glyph` into `field`, its darkest spot full ink, its centre of mass in the centre."""
    h, w = glyph.shape
    # Not cv2.moments: it takes a glyph two pixels wide for a list of points.
    columns, rows = glyph.sum(axis=0), glyph.sum(axis=1)
    cx, cy = np.arange(w) @ columns / columns.sum(), np.arange(h) @ rows / rows.sum()
    side = field.shape[0]
    x = min(max(round(side / 2 - float(cx)), 0), side - w)
    y = min(max(round(side / 2 - float(cy)), 0), side - h)
    field[y : y + h, x : x + w] = np.minimum(glyph / glyph.max(), 1)
