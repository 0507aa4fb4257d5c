"""Stage 3: which connected pieces of ink make a glyph, and which are specks, rules or frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from model.pipeline.marks import holds, lines
from model.pipeline.normalise import Ink
from model.pipeline.pieces import PieceParams
from model.pipeline.rules import Mask
from model.pipeline.sheet import Piece, Sheet, enclosing
from model.reading import Box


@dataclass(frozen=True, slots=True)
class GlyphParams:
    """What makes a glyph of pieces; all of it goes into the pipeline's fingerprint."""

    most: int = 4  # candidates returned
    pieces: PieceParams = field(default_factory=PieceParams)
    seeds: int = 60  # largest pieces that a candidate may begin with
    gap: float = 0.16  # pieces this near, as a share of the glyph's longer side, belong together
    crack: float = 0.1  # and, one after another, the pieces of a stroke that a dry pen broke
    shards: int = 10  # in so many pieces at most
    crumb: float = 0.02  # unless they have less than this share of its ink
    near: float = 0.1  # light ink is as deep everywhere as it is this near, in the same unit,
    dim: float = 0.25  # or as this share of what the glyph has
    tip: float = 0.5  # ink paler than this share of the threshold is paper


DEFAULT = GlyphParams()


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """Ink that may be one digit."""

    ink: Ink  # (h, w) in [0, 1], other pieces removed
    box: Box  # in pixels of the picture
    area: int  # pixels of it
    full: float  # levels by which its ink stands out
    weight: float  # how much it looks like what the photo is about, before anybody reads it


def find_glyphs(sheet: Sheet, params: GlyphParams = DEFAULT) -> tuple[Glyph, ...]:
    """Candidates for the one digit of a picture, the weightiest first; () if there is only dirt."""
    groups = _groups(list(sheet.pieces[: params.seeds]), sheet, params)
    boxes = [around(group) for group in groups]
    weighed = [(_weight(group, boxes, sheet), group) for group in groups]
    weighed.sort(key=lambda pair: pair[0], reverse=True)
    glyphs = [cut(group, weight, sheet, params) for weight, group in weighed[: params.most]]
    return tuple(sorted(glyphs, key=lambda g: g.weight, reverse=True))


def _groups(pieces: list[Piece], sheet: Sheet, params: GlyphParams) -> list[list[Piece]]:
    """Pieces so near to each other that one hand wrote them as one glyph, from the largest down."""
    groups = []
    left = list(pieces)
    while left:
        seed = left.pop(0)
        near = [p for p in left if _belongs(p, seed, sheet, params)]
        groups.append([seed, *near])
        left = [p for p in left if p not in near]
    groups += [bare for group in groups if (bare := _not_lined(group, params)) != group]
    if len(groups) < 2:
        return groups
    mended = _mended(pieces, sheet, params)
    return groups + [group for group in mended if set(group) not in map(set, groups)]


def _not_lined(group: list[Piece], params: GlyphParams) -> list[Piece]:
    """A group without the strokes above and below its largest piece, which may be no part of it."""
    first, marks = group[0], params.pieces.marks
    return [first, *(p for p in group[1:] if not lines(p, first.box, marks))]


def _mended(pieces: list[Piece], sheet: Sheet, params: GlyphParams) -> list[list[Piece]]:
    """What a stroke was before it broke: from one piece to the next, as long as there is one."""
    groups = []
    left = [p for p in pieces if not sheet.edges(p.box)]
    while left:
        group, added = [], [left.pop(0)]
        while added:
            group += added
            near = params.crack * max(around(group)[2:])
            added = [p for p in left if any(_distance(p.box, q.box) <= near for q in group)]
            left = [p for p in left if p not in added]
        if 1 < len(group) <= params.shards:
            groups.append(group)
    return groups


def _belongs(piece: Piece, seed: Piece, sheet: Sheet, params: GlyphParams) -> bool:
    """Whether one hand wrote `piece` and the larger `seed` as one glyph."""
    if _distance(seed.box, piece.box) > params.gap * max(seed.box.w, seed.box.h):
        return False
    edges, others = sheet.edges(seed.box), sheet.edges(piece.box)
    cropped = edges == others == 1 and _distance(seed.box, piece.box) == 0  # an edge cuts both
    if ((others == 0) != (edges < 2) and not cropped) or sheet.frames(seed.box):
        return False  # one comes in from the edge, the other stands on the page
    return piece.area >= params.crumb * seed.area and not holds(seed.box, piece.box)


def _distance(a: Box, b: Box) -> float:
    dx = max(a.x - (b.x + b.w), b.x - (a.x + a.w), 0)
    dy = max(a.y - (b.y + b.h), b.y - (a.y + a.h), 0)
    return float(np.hypot(dx, dy))


def around(group: Sequence[Piece]) -> Box:
    """The box around pieces."""
    return enclosing([piece.box for piece in group])


def _weight(group: list[Piece], others: list[Box], sheet: Sheet) -> float:
    """Big, inky, near the middle, clear of the edges, not a frame around something, but in one."""
    x, y, w, h = box = around(group)
    longer = max(sheet.width, sheet.height)
    off = np.hypot((x + w / 2) / sheet.width - 0.5, (y + h / 2) / sheet.height - 0.5)
    inky = np.sqrt(sum(p.area for p in group)) / longer
    corner = 0.15 if any(sheet.fills_corner(p) for p in group) else 1.0
    frame = 0.2 if sheet.frames(box) or any(holds(box, other) for other in others) else 1.0
    marked = 4.0 if sheet.marks(box) else 1.0
    clear = 0.35 ** sheet.edges(box) * corner * frame * marked
    return float(max(w, h) / longer * inky * (1 - 0.8 * off) * clear)


def cut(group: Sequence[Piece], weight: float, sheet: Sheet, params: GlyphParams) -> Glyph:
    """The group's own ink, soft, from the paper's level to that of its darker half."""
    box = around(group)
    margin = max(1, round(0.01 * max(box.w, box.h)))
    rows = slice(max(0, box.y - margin), box.y + box.h + margin)
    columns = slice(max(0, box.x - margin), box.x + box.w + margin)
    window = sheet.labels[rows, columns]
    if len(group) == 1:
        own = (window == group[0].label).astype(np.uint8)
    else:
        own = np.isin(window, [p.label for p in group], kind="table").astype(np.uint8)
    depth = sheet.ink.depth[rows, columns].astype(np.float32)
    levels = depth[own > 0]
    middle = int(0.6 * (len(levels) - 1))
    full = float(np.partition(levels, middle)[middle])
    threshold = sheet.ink.threshold
    if sheet.ink.light:
        depth = _evened(depth, own, full, params)
    paper = params.tip * min(threshold, full / 2)
    soft = np.clip((depth - np.float32(paper)) / np.float32(max(full - paper, 1)), 0, 1)
    soft *= cv2.dilate(own, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    area = sum(piece.area for piece in group)
    return Glyph(soft, box, area, full, weight)


def _evened(depth: Ink, own: Mask, full: float, params: GlyphParams) -> Ink:
    """Light ink as it is where no shadow lies on it: as deep everywhere as its deepest nearby.

    Dark ink in shadow is told by its paper, which is dimmed with it (`ink.py`); dark paper shows
    no shadow.
    """
    reach = max(1, round(params.near * max(own.shape)))
    nearby = cv2.dilate(depth * own, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    return depth * (
        np.float32(full) / np.clip(nearby, np.float32(params.dim * full), np.float32(full))
    )
