"""Stage 1, once more where nothing was read: the sheets of paper that lie within the picture.

A note on a dark table is the light shape that stands out in its photo, and what is written on it a
hole in that. Where a picture shows a surface with straight edges, or several of about one size, all
around them is painted over with their paper, as if the photo had been taken from nearer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import pi

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.image import Levels, Picture
from model.pipeline.surroundings import painted_over, reduced
from model.reading import Box

Contour = NDArray[np.int32]  # (n, 1, 2), x and y of its corners
Sides = NDArray[np.integer]  # (..., 4), x, y, w and h of boxes


@dataclass(frozen=True, slots=True)
class WithinParams:
    """What tells a sheet; all of it goes into the pipeline's fingerprint."""

    side: int = 160  # longest side, nearly, at which sheets are looked for
    levels: int = 20  # thresholds that a sheet may stand out at
    seen: int = 3  # and at so many of them it is one,
    same: float = 0.85  # which takes up the same box, but for this share
    least: float = 0.04  # a sheet is at least this share of the picture,
    most: float = 0.97  # and at most this one;
    tile: float = 0.008  # one among others at least this one,
    tiles: int = 4  # if there are so many, each with
    like: float = 0.5  # this share of the largest's area
    full: float = 0.93  # it is convex: it fills this share of its convex hull,
    straight: float = 0.04  # and has sides, straight but for this share of its outline,
    angular: float = 0.85  # which leave it this share at least,
    sides: tuple[int, int] = (4, 5)  # so many: an edge of the picture may cut off a corner;
    round: float = 0.03  # or nothing cuts it, and it fills of its box what an ellipse does, nearly
    apart: float = 24.0  # levels by which it stands out, nearly everywhere:
    sharp: float = 0.6  # along this share of its outline
    cut: int = 3  # edges of the picture that it may run into
    rim: int = 2  # pixels along its edges that are painted over too,
    blank: int = 3  # and so many more that are paper: of these at least
    plain: float = 0.89  # this share is like what is about
    around: float = 0.03  # this share of the side away, or it is no sheet;
    reach: float = 0.08  # and the paint is the mean of such paper about this share away


DEFAULT = WithinParams()


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """What lies within a picture: a sheet, or several."""

    picture: Picture  # with paper all around the sheets
    box: Box  # around them, in pixels of the upright original


def sheets_within(picture: Picture, params: WithinParams = DEFAULT) -> Within | None:
    """The largest sheet in a picture and others of about its size, None if there is none."""
    step = max(1, round(max(picture.grey.shape) / params.side))
    page = reduced(picture.grey, step)
    sheets = _likeliest(list(_sheets(page, params)), page.size, params)
    if not sheets:
        return None
    inside = np.zeros_like(page)
    for sheet in sheets:
        cv2.fillConvexPoly(inside, sheet, 1)
    clear = _eroded(inside, params.rim)
    paper = _paper(page, clear, params)
    if paper is None:
        return None
    around = cv2.boundingRect(np.concatenate(sheets))
    x, y, w, h = (round(side * step * picture.scale) for side in around)
    near = painted_over(picture, 1 - clear, paper, step, params.reach)
    return Within(near, Box(x, y, w, h))


def _eroded(inside: Levels, by: int) -> Levels:
    brush = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return cv2.erode(inside, brush).astype(np.uint8, copy=False)


def _paper(page: Levels, clear: Levels, params: WithinParams) -> Levels | None:
    """What of the sheets is like their edges; None if these have a pattern, as things have."""
    edges = clear - _eroded(clear, params.blank)
    if not edges.any():
        return None
    spread = params.around * params.side
    weight = cv2.GaussianBlur(edges.astype(np.float32), (0, 0), spread)
    mean = cv2.GaussianBlur(page * edges.astype(np.float32), (0, 0), spread) / (weight + 1e-6)
    alike = (np.abs(page - mean) < params.apart).astype(np.uint8)
    plain = float(alike[edges > 0].mean()) >= params.plain
    return clear & alike if plain else None


def _likeliest(sheets: Sequence[Contour], size: int, params: WithinParams) -> list[Contour]:
    """The largest that is seen at several thresholds, and what is like it beside it.

    Of what these make of a sheet, it is the median by area: a low one adds some of the table, a
    high one takes away what is less in the light.
    """
    seen = sorted(sheets, key=cv2.contourArea, reverse=True)
    boxes = np.array([cv2.boundingRect(sheet) for sheet in seen]).reshape(-1, 4)
    chosen: list[Contour] = []
    taken = np.zeros((0, 4), boxes.dtype)
    for box in boxes:
        if _alike(box, taken).any():
            continue
        views = np.flatnonzero(_alike(box, boxes) > params.same)
        if len(views) >= params.seen:
            chosen.append(seen[views[len(views) // 2]])
            taken = np.append(taken, [box], axis=0)
    areas = [cv2.contourArea(sheet) for sheet in chosen]
    if not chosen or (areas[0] < params.least * size and len(chosen) < params.tiles):
        return []
    return [s for s, area in zip(chosen, areas, strict=True) if area >= params.like * areas[0]]


def _alike(box: Sides, others: Sides) -> NDArray[np.float64]:
    """`Box.alike` of a box (4,) and others (n, 4): of a busy picture there may be thousands."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[:2] + box[2:], others[:, :2] + others[:, 2:])
    common = np.maximum(high - low, 0).prod(axis=1)
    union = box[2:].prod() + others[:, 2:].prod(axis=1) - common
    ratio: NDArray[np.float64] = common / union
    return ratio


def _sheets(page: Levels, params: WithinParams) -> Iterator[Contour]:
    """The convex hulls of what may be sheets, light ones and dark ones, at every threshold."""
    smooth = cv2.medianBlur(page, 3)
    steps = cv2.morphologyEx(smooth, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))
    edges = (steps >= params.apart).astype(np.uint8)
    low, high = np.percentile(smooth, (1, 99))
    for light in (smooth, cv2.bitwise_not(smooth)):
        ends = (low, high) if light is smooth else (255 - high, 255 - low)
        for level in np.linspace(*ends, params.levels + 2)[1:-1]:
            _, mask = cv2.threshold(light, float(level), 1, cv2.THRESH_BINARY)
            outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
            for outline in outlines:
                if cv2.contourArea(outline) >= params.full * params.tile * page.size:
                    hull = cv2.convexHull(outline)
                    if _is_sheet(outline, hull, edges, params) and _is_other(smooth, hull, params):
                        yield hull


def _is_sheet(outline: Contour, hull: Contour, edges: Levels, params: WithinParams) -> bool:
    """Whether a shape is convex, of few straight sides, and ends on `edges` nearly everywhere."""
    area = cv2.contourArea(hull)
    if not params.tile * edges.size <= area <= params.most * edges.size:
        return False
    if cv2.contourArea(outline) < params.full * area:
        return False
    h, w = edges.shape
    x, y, wide, high = cv2.boundingRect(hull)
    cut = (x <= 0) + (y <= 0) + (x + wide >= w) + (y + high >= h)
    if cut > params.cut or not (_is_angular(hull, params) or (not cut and _is_round(hull, params))):
        return False
    along = cv2.polylines(np.zeros_like(edges), [hull], True, 1)
    along[[0, -1]] = along[:, [0, -1]] = 0
    return int((along & edges).sum()) >= params.sharp * int(along.sum())


def _is_angular(hull: Contour, params: WithinParams) -> bool:
    polygon = cv2.approxPolyDP(hull, params.straight * cv2.arcLength(hull, True), True)
    fewest, most = params.sides
    full = cv2.contourArea(polygon) >= params.angular * cv2.contourArea(hull)
    return full and fewest <= len(polygon) <= most


def _is_round(hull: Contour, params: WithinParams) -> bool:
    """Whether a shape is round, or has round corners."""
    _, (w, h), _ = cv2.minAreaRect(hull)
    return cv2.contourArea(hull) >= (pi / 4 - params.round) * w * h


def _is_other(page: Levels, hull: Contour, params: WithinParams) -> bool:
    """Whether a shape is lighter or darker than what is around it: no box that a pen drew."""
    filled = cv2.fillConvexPoly(np.zeros_like(page), hull, 1)
    far, near = (np.ones((2 * by + 1, 2 * by + 1), np.uint8) for by in (3 * params.rim, params.rim))
    outside = page[cv2.dilate(filled, far) > cv2.dilate(filled, near)]
    inside = page[cv2.erode(filled, near) > cv2.erode(filled, far)]
    if not inside.size or not outside.size:
        return False
    return abs(float(np.median(inside)) - float(np.median(outside))) >= params.apart
