"""Stage 3: which connected pieces of ink make a glyph, and which are specks, rules or frames."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.ink import InkMap
from model.pipeline.normalise import Ink
from model.reading import Box


@dataclass(frozen=True, slots=True)
class GlyphParams:
    """What makes a glyph of pieces; all of it goes into the pipeline's fingerprint."""

    most: int = 4  # candidates returned
    pieces: int = 60  # largest pieces looked at
    speck: float = 0.02  # a piece is a speck if its longer side is under this share of the image's
    rule_length: float = 0.45  # a rule is longer than this share of the image's side ...
    rule_width: float = 0.12  # ... and no wider than this share of its own length
    gap: float = 0.16  # pieces this near, as a share of the glyph's longer side, belong together
    crumb: float = 0.02  # unless they have less than this share of its ink
    tip: float = 0.5  # ink paler than this share of the threshold is paper


DEFAULT = GlyphParams()


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """Ink that may be one digit."""

    ink: Ink  # (h, w) in [0, 1], other pieces removed
    box: Box  # in pixels of the picture
    weight: float  # how much it looks like what the photo is about, before anybody reads it


@dataclass(frozen=True, slots=True)
class _Piece:
    label: int
    box: Box
    area: int


def find_glyphs(ink: InkMap, params: GlyphParams = DEFAULT) -> tuple[Glyph, ...]:
    """Candidates for the digit of a picture, the weightiest first; () if there is only dirt."""
    height, width = ink.mask.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        ink.mask, connectivity=8, ltype=cv2.CV_16U
    )
    areas = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(areas)[::-1][: params.pieces] + 1
    pieces = [_piece(int(i), stats[i]) for i in order]
    pieces = [p for p in pieces if not _is_dirt(p, width, height, params)]
    glyphs = []
    taken: set[int] = set()
    for piece in pieces:
        if piece.label in taken:
            continue
        group = _gather(piece, [p for p in pieces if p.label not in taken], params)
        taken.update(p.label for p in group)
        glyphs.append(_cut(group, labels, ink, params))
        if len(glyphs) == 3 * params.most:
            break
    glyphs.sort(key=lambda g: g.weight, reverse=True)
    return tuple(glyphs[: params.most])


def _piece(label: int, stats: NDArray[np.int32]) -> _Piece:
    x, y, w, h, area = (int(v) for v in stats)
    return _Piece(label, Box(x, y, w, h), area)


def _is_dirt(piece: _Piece, width: int, height: int, params: GlyphParams) -> bool:
    x, y, w, h = piece.box
    longer = max(width, height)
    if max(w, h) < max(3, params.speck * longer):
        return True
    edges = (x <= 1) + (y <= 1) + (x + w >= width - 1) + (y + h >= height - 1)
    if edges >= 3 or (edges >= 2 and (w >= 0.9 * width or h >= 0.9 * height)):
        return True  # a frame, a table around the sheet, a rule from edge to edge
    if w > params.rule_length * width and h <= params.rule_width * w and (edges or h < 0.04 * w):
        return True
    if h > params.rule_length * height and w <= params.rule_width * h and edges:
        return True
    # a sliver along an edge: what is left of a neighbour or of a frame
    return (
        edges > 0
        and min(w, h) <= 0.025 * longer
        and max(w, h) > 4 * min(w, h)
        and _hugs(piece.box, width, height)
    )


def _hugs(box: Box, width: int, height: int) -> bool:
    """Whether a long thin box lies along the edge it touches."""
    x, y, w, h = box
    if w > h:
        return y <= 1 or y + h >= height - 1
    return x <= 1 or x + w >= width - 1


def _gather(seed: _Piece, others: list[_Piece], params: GlyphParams) -> list[_Piece]:
    """The seed and the pieces so near that one hand wrote them as one glyph."""
    group = [seed]
    reach = params.gap * max(seed.box.w, seed.box.h)
    for other in others:
        if other.label == seed.label or other.area < params.crumb * seed.area:
            continue
        if _distance(seed.box, other.box) <= reach:
            group.append(other)
    return group


def _distance(a: Box, b: Box) -> float:
    dx = max(a.x - (b.x + b.w), b.x - (a.x + a.w), 0)
    dy = max(a.y - (b.y + b.h), b.y - (a.y + a.h), 0)
    return float(np.hypot(dx, dy))


def _cut(
    group: list[_Piece], labels: NDArray[np.uint16], ink: InkMap, params: GlyphParams
) -> Glyph:
    height, width = labels.shape
    left, top = min(p.box.x for p in group), min(p.box.y for p in group)
    right = max(p.box.x + p.box.w for p in group)
    bottom = max(p.box.y + p.box.h for p in group)
    margin = max(1, round(0.01 * max(right - left, bottom - top)))
    x0, y0 = max(0, left - margin), max(0, top - margin)
    x1, y1 = min(width, right + margin), min(height, bottom + margin)
    window = labels[y0:y1, x0:x1]
    own = np.isin(window, [p.label for p in group]).astype(np.uint8)
    depth = ink.depth[y0:y1, x0:x1]
    full = float(np.percentile(depth[own > 0], 60))
    paper = params.tip * ink.threshold * min(1.0, full / (2 * ink.threshold))
    soft = np.clip((depth - paper) / max(full - paper, 1.0), 0, 1)
    soft *= cv2.dilate(own, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    box = Box(left, top, right - left, bottom - top)
    return Glyph(
        soft.astype(np.float32, copy=False), box, _weight(box, float(soft.sum()), width, height)
    )


def _weight(box: Box, mass: float, width: int, height: int) -> float:
    """Big, inky and near the middle."""
    x, y, w, h = box
    longer = max(width, height)
    off = np.hypot((x + w / 2 - width / 2) / width, (y + h / 2 - height / 2) / height)
    edges = (x <= 1) + (y <= 1) + (x + w >= width - 1) + (y + h >= height - 1)
    size = max(w, h) / longer
    return float(size * np.sqrt(mass) / longer * (1 - 0.8 * off) * 0.5**edges)
