"""Stage 3: which connected pieces of ink make a glyph, and which are specks, rules or frames."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.ink import InkMap
from model.pipeline.normalise import Ink
from model.pipeline.rules import Mask, is_straight
from model.reading import Box


@dataclass(frozen=True, slots=True)
class GlyphParams:
    """What makes a glyph of pieces; all of it goes into the pipeline's fingerprint."""

    most: int = 4  # candidates returned
    pieces: int = 60  # largest pieces looked at
    speck: float = 0.02  # a piece is a speck if its longer side is under this share of the image's
    gap: float = 0.16  # pieces this near, as a share of the glyph's longer side, belong together
    crumb: float = 0.02  # unless they have less than this share of its ink
    tip: float = 0.5  # ink paler than this share of the threshold is paper
    ramp: float = 0.1  # an edge softer than this share of the glyph is a shadow's, not a pen's


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


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """The pieces of one ink map."""

    labels: NDArray[np.integer]  # (h, w), 0 is paper
    ink: InkMap

    @property
    def width(self) -> int:
        return self.labels.shape[1]

    @property
    def height(self) -> int:
        return self.labels.shape[0]

    def edges(self, box: Box) -> int:
        """How many edges of the picture a box touches."""
        x, y, w, h = box
        return (x <= 1) + (y <= 1) + (x + w >= self.width - 1) + (y + h >= self.height - 1)

    def frames(self, box: Box) -> bool:
        """Whether a box spans the picture, as frames, tables and closely cut digits do."""
        edges = self.edges(box)
        wide = box.w >= 0.9 * self.width or box.h >= 0.9 * self.height
        return edges >= 3 or (edges == 2 and wide)

    def fills_corner(self, piece: _Piece) -> bool:
        """Whether a piece has ink in a corner of the picture, as shadows and tables have."""
        k = max(2, round(0.015 * max(self.width, self.height)))
        corners = (
            self.labels[:k, :k],
            self.labels[:k, -k:],
            self.labels[-k:, :k],
            self.labels[-k:, -k:],
        )
        return any(bool((c == piece.label).any()) for c in corners)


def find_glyphs(ink: InkMap, params: GlyphParams = DEFAULT) -> tuple[Glyph, ...]:
    """Candidates for the digit of a picture, the weightiest first; () if there is only dirt."""
    labels, stats = _label(ink.mask)
    sheet = _Sheet(labels, ink)
    areas = stats[1:, cv2.CC_STAT_AREA]
    largest = np.argsort(areas)[::-1][: params.pieces] + 1
    pieces = [_piece(int(i), stats[i]) for i in largest]
    pieces = [p for p in pieces if not _is_dirt(p, sheet, params)]
    groups = _groups(pieces, sheet, params)
    boxes = [_around(group) for group in groups]
    weighed = [(_weight(group, boxes, sheet), group) for group in groups]
    weighed.sort(key=lambda pair: pair[0], reverse=True)
    glyphs = [_cut(group, weight, sheet, params) for weight, group in weighed[: params.most]]
    return tuple(sorted(glyphs, key=lambda g: g.weight, reverse=True))


def _label(mask: Mask) -> tuple[NDArray[np.integer], NDArray[np.int32]]:
    """Number the pieces of a mask, and measure them: cv2.connectedComponentsWithStats, hurried."""
    x, y, w, h = cv2.boundingRect(mask)
    # Short labels are three times as fast; there is at most one piece in four pixels.
    kind = cv2.CV_16U if w * h < 4 * 65_535 else cv2.CV_32S
    _, inner, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(mask[y : y + h, x : x + w]), connectivity=8, ltype=kind
    )
    labels = np.zeros(mask.shape, inner.dtype)
    labels[y : y + h, x : x + w] = inner
    return labels, stats + np.array([x, y, 0, 0, 0], np.int32)


def _piece(label: int, stats: NDArray[np.int32]) -> _Piece:
    x, y, w, h, area = (int(v) for v in stats)
    return _Piece(label, Box(x, y, w, h), area)


def _is_dirt(piece: _Piece, sheet: _Sheet, params: GlyphParams) -> bool:
    """Specks, pale stains, a straight line in from an edge."""
    x, y, w, h = piece.box
    longer = max(sheet.width, sheet.height)
    if max(w, h) < max(3, params.speck * longer):
        return True
    own = sheet.labels[y : y + h, x : x + w] == piece.label
    if sheet.ink.depth[y : y + h, x : x + w][own].max() < sheet.ink.threshold:
        return True
    if not sheet.edges(piece.box) or np.hypot(w, h) < 0.2 * longer:
        return False
    return is_straight(own.astype(np.uint8))


def _groups(pieces: list[_Piece], sheet: _Sheet, params: GlyphParams) -> list[list[_Piece]]:
    """Pieces so near to each other that one hand wrote them as one glyph, from the largest down."""
    groups = []
    left = list(pieces)
    while left:
        seed = left.pop(0)
        near = [p for p in left if _belongs(p, seed, sheet, params)]
        groups.append([seed, *near])
        left = [p for p in left if p not in near]
    return groups


def _belongs(piece: _Piece, seed: _Piece, sheet: _Sheet, params: GlyphParams) -> bool:
    """Whether one hand wrote `piece` and the larger `seed` as one glyph."""
    if _distance(seed.box, piece.box) > params.gap * max(seed.box.w, seed.box.h):
        return False
    clear = not sheet.edges(piece.box)
    if clear != (sheet.edges(seed.box) < 2) or sheet.frames(seed.box):
        return False  # one comes in from the edge, the other stands on the page
    return piece.area >= params.crumb * seed.area and not _holds(seed.box, piece.box)


def _holds(outer: Box, inner: Box) -> bool:
    """Whether `inner` stands inside `outer`, too large to be a part of it."""
    x, y = inner.x - outer.x, inner.y - outer.y
    within = x > 0 and y > 0 and x + inner.w < outer.w and y + inner.h < outer.h
    return within and max(inner.w, inner.h) > 0.3 * max(outer.w, outer.h)


def _distance(a: Box, b: Box) -> float:
    dx = max(a.x - (b.x + b.w), b.x - (a.x + a.w), 0)
    dy = max(a.y - (b.y + b.h), b.y - (a.y + a.h), 0)
    return float(np.hypot(dx, dy))


def _around(group: list[_Piece]) -> Box:
    left, top = min(p.box.x for p in group), min(p.box.y for p in group)
    right = max(p.box.x + p.box.w for p in group)
    bottom = max(p.box.y + p.box.h for p in group)
    return Box(left, top, right - left, bottom - top)


def _weight(group: list[_Piece], others: list[Box], sheet: _Sheet) -> float:
    """Big, inky, near the middle, clear of the edges, and not a frame around something."""
    x, y, w, h = box = _around(group)
    longer = max(sheet.width, sheet.height)
    off = np.hypot((x + w / 2) / sheet.width - 0.5, (y + h / 2) / sheet.height - 0.5)
    inky = np.sqrt(sum(p.area for p in group)) / longer
    corner = 0.15 if any(sheet.fills_corner(p) for p in group) else 1.0
    frame = 0.2 if sheet.frames(box) or any(_holds(box, other) for other in others) else 1.0
    clear = 0.35 ** sheet.edges(box) * corner * frame
    return float(max(w, h) / longer * inky * (1 - 0.8 * off) * clear)


def _cut(group: list[_Piece], weight: float, sheet: _Sheet, params: GlyphParams) -> Glyph:
    """The group's own ink, soft, from the paper's level to that of its darker half."""
    box = _around(group)
    margin = max(1, round(0.01 * max(box.w, box.h)))
    rows = slice(max(0, box.y - margin), box.y + box.h + margin)
    columns = slice(max(0, box.x - margin), box.x + box.w + margin)
    window = sheet.labels[rows, columns]
    own = np.isin(window, [p.label for p in group], kind="table").astype(np.uint8)
    depth = sheet.ink.depth[rows, columns].astype(np.float32)
    full = float(np.percentile(depth[own > 0], 60))
    threshold = sheet.ink.threshold
    paper = params.tip * min(threshold, full / 2)
    soft = np.clip((depth - np.float32(paper)) / np.float32(max(full - paper, 1)), 0, 1)
    soft *= cv2.dilate(own, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    return Glyph(soft, box, weight * _sharpness(soft, params.ramp))


def _sharpness(soft: Ink, ramp: float) -> float:
    """Near 1 for a pen's edges, near 0 for those of a shadow.

    The width of the edges is the area that is neither ink nor paper over the outline's length.
    """
    outline = float(np.abs(np.diff(soft, axis=0)).sum() + np.abs(np.diff(soft, axis=1)).sum())
    between = float(((soft > 0.15) & (soft < 0.85)).sum())
    width = between / max(outline, 1.0) - 1.0
    return 1 / (1 + (max(0.0, width) / (ramp * max(soft.shape))) ** 2)
