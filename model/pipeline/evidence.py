"""What tells writing from other things, beside the shape that the network judges.

* Company: a letter of a word or a leaf of a tree stands among others of its size that are no
  digits; a digit stands alone, or beside digits.
* Edges: a pen's are sharp. Soft ones tell, where nothing is read, that the photo is blurred.
* Paper: what a pen encloses is the same paper as outside, and so is what lies on both sides of its
  stroke. The outline of a thing, which a narrow look for paper makes of it, encloses the thing; the
  edge of a paper has another on its other side.
* Hand: none draws a circle as round as compasses do, or as balls and fruit are.
* Light: it falls off gently, towards the picture's edges and into a fold between pages; ink ends.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from model.pipeline.frames import filled
from model.pipeline.ink import InkMap
from model.pipeline.marks import encloses, holds, lines
from model.pipeline.normalise import Ink, stroke_width
from model.pipeline.pieces import breadth
from model.pipeline.sheet import Piece, Sheet
from model.reading import Box

LONG, THIN = 1.6, 0.2  # of so many times a glyph's size, and so slender, a pen lies beside it
ROOM = 0.15  # what is enclosed tells alone, if it is this share of a box
HELD = 0.22  # a dot in a zero is smaller, as a share of it
BROAD, SOLID = 2.0, 0.75  # a panel is so many times as broad as high, and so full
BORDER = 0.4  # of the depth of a stroke: papers on its two sides that differ by more are two
SLOPE = 6.0  # levels a pixel: ink's edges are steeper,
STEEP = 1.2  # or rise by more than this share of its depth within its width,
GENTLE = 0.08  # and by more than this within a pixel;
FOLD, FOLDED = 0.11, 1.6  # a fold's shade rises by less than these within a pixel, and its width
CIRCLE = 0.023  # of its radius: by less an outline strays from a circle, and no hand drew it
RAMP = 0.1  # an edge softer than this share of the glyph is a shadow's, not a pen's


def alone(box: Box, area: int, sheet: Sheet) -> float:
    """The share of the ink of about its size, the glyph's own included, that is a glyph's own.

    The table beyond a corner of the paper is no company, unless the glyph may be of the table too,
    nor is a button. Nothing is, if a circle or box is drawn around the glyph.
    """
    if sheet.marks(box):
        return 1.0
    size, inside = max(box.w, box.h), sheet.edges(box) < 2
    others = sum(
        piece.area
        for piece in sheet.pieces
        if 0.4 * size <= piece.size <= 2.5 * size
        and not box.contains(piece.box)
        and not sheet.frames(piece.box)
        and not lines(piece, box)
        and not _is_panel(piece)
        and not _is_rod(piece, size, sheet)
        and not (inside and sheet.fills_corner(piece))
    )
    return area / max(1, area + others)


def _is_panel(piece: Piece) -> bool:
    """Whether a piece is broad and full, as a button is and hardly a letter."""
    _, _, w, h = piece.box
    return w >= BROAD * h and piece.area >= SOLID * w * h


def _is_rod(piece: Piece, size: int, sheet: Sheet) -> bool:
    """Whether a piece is a straight thing that is far longer than a glyph, as a pen beside it."""
    if piece.size <= LONG * size:
        return False
    width, length = breadth(sheet.own(piece).astype(np.uint8))
    return width <= THIN * length


def empty(box: Box, sheet: Sheet) -> bool:
    """Whether a glyph encloses nothing that is no part of it."""
    held = [piece for piece in sheet.pieces if holds(box, piece.box, HELD)]
    if not held:
        return True
    outer = [piece for piece in sheet.pieces if piece.box == box]
    return not any(encloses(ring, piece, sheet) for ring in outer for piece in held)


def is_circle(ink: Ink) -> bool:
    """Whether a glyph's outline is rounder than a hand draws.

    Of 2,480 of MNIST's zeros, written large on a page, the roundest strays by 0.024 from a circle.
    """
    inked = (ink > 0.25).astype(np.uint8)  # what is paler on one side is a ring all the same
    outlines, _ = cv2.findContours(inked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return False
    outline = max(outlines, key=len)[:, 0]
    m = cv2.moments(outline)
    if not m["m00"]:  # a line
        return False
    radii = np.hypot(*(outline - (m["m10"] / m["m00"], m["m01"] / m["m00"])).T)
    return bool(radii.std() < CIRCLE * radii.mean())


def on_one_paper(box: Box, ink: InkMap) -> bool:
    """Whether the paper inside a box looks like the paper around it.

    That is what its ink encloses, if it does: a ring is drawn on paper, a coin lies on it.
    """
    height, width = ink.mask.shape
    margin = max(3, round(0.15 * max(box.w, box.h)))
    left, top = max(0, box.x - margin), max(0, box.y - margin)
    right, bottom = min(width, box.x + box.w + margin), min(height, box.y + box.h + margin)
    mask = ink.mask[top:bottom, left:right]
    clear = cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0
    inside = np.zeros(mask.shape, bool)
    inside[box.y - top : box.y - top + box.h, box.x - left : box.x - left + box.w] = True
    # Some 2,000 pixels are enough.
    step = max(1, round(max(box.w, box.h) / 45))
    page, paper, inside = (
        whole[::step, ::step] for whole in (ink.page[top:bottom, left:right], clear, inside)
    )
    coarse = cv2.resize(255 * mask, page.shape[::-1], interpolation=cv2.INTER_AREA)
    closed = filled((coarse > 0).astype(np.uint8)) > 0
    if int((paper & inside & closed).sum()) >= ROOM * int(inside.sum()):
        inside = inside & closed
    mask = mask[::step, ::step]
    within, around, strokes = page[paper & inside], page[paper & ~inside], page[mask > 0]
    if min(len(within), len(around), len(strokes)) < 6:
        return True
    # A shadow's edge may run through: there is paper of two lights then, inside and outside.
    low, middle, high = (float(v) for v in np.percentile(around, (10, 50, 90)))
    contrast = abs(float(np.median(strokes)) - middle)
    inner = float(np.median(within))
    return max(low - inner, inner - high) <= 0.4 * max(5.0, contrast)


def is_border(box: Box, ink: InkMap) -> bool:
    """Whether an upright stroke is where one paper ends and another begins."""
    x, y, w, h = box
    reach = max(3, w)
    sides = (slice(max(0, x - reach), max(0, x - 1)), slice(x + w + 1, x + w + 1 + reach))
    levels = []
    for side in sides:
        bare = ink.mask[y : y + h, side] == 0
        if not bare.any():
            return False
        levels.append(float(np.median(ink.page[y : y + h, side][bare])))
    stroke = ink.mask[y : y + h, x : x + w] > 0
    if not stroke.any():
        return False
    contrast = float(np.median(ink.depth[y : y + h, x : x + w][stroke]))
    return abs(levels[0] - levels[1]) > BORDER * contrast


def is_shade(box: Box, ink: InkMap, steepest: float = SLOPE) -> bool:
    """Whether what lies in a box is light that falls off, rather than ink.

    A stroke, out of focus too, is as deep as it gets within its own width, and its edges are steep.
    """
    slope, full, width = _rise(box, ink)
    return slope < steepest and slope < max(GENTLE, STEEP / max(1.0, width)) * full


def is_fold(box: Box, ink: InkMap) -> bool:
    """Whether an upright stroke is the shade in a fold, as between two pages.

    That falls off more and more gently to its sides; a stroke out of focus ends.
    """
    slope, full, width = _rise(box, ink)
    return slope < FOLD * full and slope * max(1.0, width) < FOLDED * full


def _rise(box: Box, ink: InkMap) -> tuple[float, float, float]:
    """Levels a pixel by which ink's edges rise, the depth to which, and its strokes' width."""
    x, y, w, h = box
    rows, columns = slice(max(0, y - 2), y + h + 2), slice(max(0, x - 2), x + w + 2)
    mask, depth = ink.mask[rows, columns] > 0, ink.depth[rows, columns].astype(np.float32)
    if not mask.any():
        return 0.0, 0.0, 0.0
    full = float(np.median(depth[mask]))
    own = (mask & (depth >= full / 2)).astype(np.uint8)
    across, down = (cv2.Sobel(depth, -1, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    slopes = cv2.dilate(np.hypot(across, down), np.ones((3, 3), np.uint8))
    rim = own & (1 - cv2.erode(own, np.ones((3, 3), np.uint8)))
    steep = float(np.median(slopes[rim > 0])) if rim.any() else 255.0
    return steep, full, stroke_width(own.astype(np.float32))


def sharpness(ink: Ink) -> float:
    """Near 1 for a pen's edges, near 0 for those of a shadow or a blurred photo."""
    soft = max(0.0, edge_width(ink) - 1.0)
    return 1 / (1 + (soft / (RAMP * max(ink.shape))) ** 2)


def edge_width(ink: Ink) -> float:
    """Mean width of the edges in pixels, hardly over 1 where they are as sharp as can be.

    It is the area that is neither ink nor paper over the outline's length.
    """
    outline = float(np.abs(np.diff(ink, axis=0)).sum() + np.abs(np.diff(ink, axis=1)).sum())
    between = float(((ink > 0.15) & (ink < 0.85)).sum())
    return between / max(outline, 1.0)


def slant(ink: Ink) -> float:
    """Degrees by which a stroke leans to the right, -90 to 90: its ink's axis of least inertia."""
    m = cv2.moments(ink)
    return float(np.degrees(0.5 * np.arctan2(-2 * m["mu11"], m["mu02"] - m["mu20"])))


def overlap(boxes: Sequence[Box]) -> float:
    """How much two of the boxes lie in each other at most, as a share of the smaller."""
    most = 0.0
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            if common := a.common(b):
                most = max(most, common / min(a.w * a.h, b.w * b.h))
    return most
