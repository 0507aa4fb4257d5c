"""Stage 1, its end: corners that show what lies beyond the paper are painted over with paper.

A page photographed askew has the table in its corners; a program that turns a picture fills them
with black or white. Such a corner is darker or lighter than any ink: it decides which is which,
bends the estimate of the paper beside it, and looks like a 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.image import Levels, Picture

Outside = NDArray[np.uint8]  # (h, w) of a reduced picture, 1 where it is to be painted over


@dataclass(frozen=True, slots=True)
class SurroundingsParams:
    """What tells a corner beyond the paper; all of it goes into the pipeline's fingerprint."""

    side: int = 100  # longest side, nearly, at which corners are looked at
    step: int = 8  # levels by which neighbours on one surface differ at most; or, if that leaks,
    alike: int = 14  # levels by which all of it differs from its corner at most
    night: float = 0.25  # with less than this share of the paper's light it is no shadow,
    streaks: float = 0.3  # and may vary by that share of it: an edge is drawn out into streaks
    least: float = 0.008  # a corner is at least this share of the picture,
    most: float = 0.3  # and at most this one, or it is the paper itself
    full: float = 0.95  # it is convex: it fills this share of its convex hull,
    stairs: float = 0.4  # but for so many pixels along its sides, which slant,
    empty: float = 0.997  # and this share of what is further within: nothing is written there
    apart: float = 20.0  # levels that it is darker or lighter than the rest, by the medians
    flat: int = 24  # a rest of fewer levels is no page: nothing is left to be read
    rest: float = 0.5  # fewer than four corners leave this share, or the rest is a stroke
    reach: float = 0.08  # paint is the mean of what lies about this share of the side away


DEFAULT = SurroundingsParams()


def without_surroundings(picture: Picture, params: SurroundingsParams = DEFAULT) -> Picture:
    """Paint over the corners beyond the paper; the same picture if there are none.

    Such a corner is one empty surface with straight edges: a triangle where the page is askew, a
    strip where it is not. What holds any ink, or is as light as the rest, is left as it is.
    """
    step = max(1, round(max(picture.grey.shape) / params.side))
    outside = _outside(reduced(picture.grey, step), params)
    if outside is None:
        return picture
    return painted_over(picture, outside, 1 - outside, step, params.reach)


def painted_over(
    picture: Picture, outside: Outside, paper: Outside, step: int, reach: float
) -> Picture:
    """The picture with paper where `outside` says, continued from what is nearest.

    Args:
        picture: what is painted, in grey now, and in colour when that is asked for.
        outside: where to paint, in the picture reduced by `step`.
        paper: where there is something to continue, in the same picture.
        step: pixels of the picture for each one of `outside`.
        reach: the share of the longer side that the paint is the mean of what lies within.
    """
    return replace(
        picture,
        grey=_painted(picture.grey, outside, paper, step, reach),
        colour=lambda: _painted(picture.pixels, outside, paper, step, reach),
    )


def reduced(pixels: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """The picture with the mean of each `step` by `step` pixels for one."""
    h, w = pixels.shape[:2]
    size = (max(1, w // step), max(1, h // step))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Corner:
    level: float
    beyond: Outside | None  # None if it is paper, or nobody can tell


def _outside(page: Levels, params: SurroundingsParams) -> Outside | None:
    corners = list(_corners(page, params))
    beyond = [c.beyond for c in corners if c.beyond is not None and _is_rare(c, corners, params)]
    if not beyond:
        return None
    outside = cv2.dilate(np.bitwise_or.reduce(beyond), np.ones((3, 3), np.uint8))
    rest = page[outside == 0]
    if len(beyond) < 4 and rest.size < params.rest * page.size:
        return None
    return outside if rest.size and np.ptp(rest) >= params.flat else None


def _is_rare(corner: _Corner, corners: Sequence[_Corner], params: SurroundingsParams) -> bool:
    """Whether hardly another corner has that colour and is paper: a stroke may part the paper."""
    alike = [c for c in corners if abs(c.level - corner.level) < params.apart]
    return sum(c.beyond is not None for c in alike) > 2 * sum(c.beyond is None for c in alike)


def _corners(page: Levels, params: SurroundingsParams) -> Iterator[_Corner]:
    h, w = page.shape
    usual = float(np.median(page[::4, ::4]))
    for x, y in ((0, 0), (w - 1, 0), (0, h - 1), (w - 1, h - 1)):
        level = float(page[y, x])
        surfaces = _surfaces(page, x, y, usual, params)
        looks = (_beyond(page, surface, level, params) for surface in surfaces)
        yield _Corner(level, next((beyond for beyond in looks if beyond is not None), None))


def _surfaces(
    page: Levels, x: int, y: int, usual: float, params: SurroundingsParams
) -> Iterator[Outside]:
    """What may be one surface with a corner; nothing if that is as light as most of the page."""
    level = float(page[y, x])
    if abs(level - usual) < params.apart:
        return
    if level < params.night * usual:
        dark = _surface(page, x, y, int(params.streaks * usual), cv2.FLOODFILL_FIXED_RANGE)
        if cv2.erode(dark, np.ones((5, 5), np.uint8)).any():  # or it is a frame's line
            yield dark
    yield _surface(page, x, y, params.step, 0)
    yield _surface(page, x, y, params.alike, cv2.FLOODFILL_FIXED_RANGE)


def _surface(page: Levels, x: int, y: int, alike: int, how: int) -> Outside:
    h, w = page.shape
    marks = np.zeros((h + 2, w + 2), np.uint8)  # OpenCV wants a rim around it
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | how | 1 << 8
    cv2.floodFill(page, marks, (x, y), 0, alike, alike, flags)
    return np.ascontiguousarray(marks[1:-1, 1:-1])


def _beyond(
    page: Levels, surface: Outside, level: float, params: SurroundingsParams
) -> Outside | None:
    """What is beyond the paper if this surface of a corner's level is, its smoothed edge too."""
    area = int(surface.sum())
    likely = params.least * page.size <= area <= params.most * page.size
    if not likely or not _ends_sharply(page, surface, level, params):
        return None
    (outline,), _ = cv2.findContours(surface, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.convexHull(outline)
    full = cv2.fillConvexPoly(np.zeros_like(surface), hull, 1)
    lost = int(full.sum()) - area
    if lost > (1 - params.full) * full.sum() + params.stairs * sum(cv2.boundingRect(hull)[2:]):
        return None
    within = cv2.erode(full, np.ones((5, 5), np.uint8))  # the edge of the picture is no edge of it
    if (within & surface).sum() < params.empty * within.sum():
        return None
    near = cv2.dilate(full, np.ones((5, 5), np.uint8))
    rest, beside = page[near == 0], page[(cv2.dilate(near, np.ones((3, 3), np.uint8)) > near)]
    if not rest.size or not beside.size:
        return None
    corner, paper = float(np.median(page[full > 0])), float(np.median(rest))
    half = abs(corner - paper) / 2
    further = page < corner - params.apart if corner < paper else page > corner + params.apart
    shadow = corner >= params.night * paper and (near & further).any()  # ink runs into it
    if (
        2 * half < params.apart  # it is no other than the paper,
        or abs(float(np.median(beside)) - corner) < half  # passes into it little by little,
        or shadow  # or lies on it
    ):
        return None
    return full | near & (cv2.absdiff(page, corner) < half)


def _ends_sharply(page: Levels, surface: Outside, level: float, params: SurroundingsParams) -> bool:
    """Whether most of what is around a surface is another: uneven light has no such border.

    What follows would find that out too, but takes ten times as long.
    """
    edge, around = (cv2.dilate(surface, np.ones((n, n), np.uint8)) for n in (3, 7))
    beside = page[around > edge]
    other = np.abs(beside - level) >= params.apart
    return 2 * np.count_nonzero(other) > beside.size


def _painted(
    pixels: NDArray[np.uint8], outside: Outside, paper: Outside, step: int, reach: float
) -> NDArray[np.uint8]:
    h, w = pixels.shape[:2]
    small = reduced(pixels, step).astype(np.float32)
    there = paper.astype(np.float32).reshape(*paper.shape, *[1] * (small.ndim - 2))
    far = np.median(small[paper > 0], axis=0)  # the paint where no paper is near
    spread = reach * max(outside.shape)
    known = cv2.GaussianBlur((small - far) * there, (0, 0), spread)
    weight = cv2.GaussianBlur(there, (0, 0), spread).reshape(there.shape)
    paint = far + known / (weight + 1e-3)
    large = cv2.resize(paint, (w, h), interpolation=cv2.INTER_LINEAR)
    where = cv2.resize(outside, (w, h), interpolation=cv2.INTER_NEAREST) > 0
    result = pixels.copy()
    result[where] = np.clip(large[where] + 0.5, 0, 255).astype(np.uint8)
    return result
