"""Part of stage 3: what is drawn around writing: circles, boxes, underlines, brackets.

A circled digit is a digit, and the circle no 0. Neither is what a pen drew around something a
digit, nor a bracket a 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from model.pipeline.frames import FrameParams, filled, unboxed
from model.pipeline.rules import RuleParams
from model.pipeline.sheet import Piece, Sheet, enclosing, within
from model.reading import Box

DIRECTIONS = 36
LEGIBLE = 8  # pixels of height that a bow is told from


@dataclass(frozen=True, slots=True)
class MarkParams:
    """What tells a mark; all of it goes into the pipeline's fingerprint."""

    held: float = 0.3  # inside a piece, one over this share of its size is no part of it
    aside: float = 0.15  # and so far from the middle of its sides, in theirs, is not what it marks
    thin: float = 0.25  # a ring has at most this share of its box full of ink,
    round: float = 0.7  # runs around what it marks in this share of all directions,
    more: float = 0.1  # and has at most this share of its ink among it
    slim: float = 0.5  # a bracket or slash is at most this broad, as a share of its height,
    tall: float = 0.05  # so high, as a share of the picture's longer side,
    bow: float = 0.09  # bows by this share of its length, and strays from that
    stray: float = 0.01  # by at most this one; what bows less than this is a slash,
    beyond: float = 0.05  # and goes beyond its neighbours, up and down, by this share of its height
    clear: float = 0.02  # a bracket is so far at least from what it is beside, in its heights;
    lower: tuple[float, float] = (0.35, 0.95)  # so high is that,
    level: float = 0.2  # and not further up or down
    across: float = 0.5  # what is above or below a box shares this much of the broader's width,
    into: float = 0.1  # reaches into it by at most this share of its height,
    away: float = 1.0  # and ends or begins so far from it at most, in the same unit
    flat: float = 4.0  # a stroke so many times as broad as high may underline what is above,
    longer: float = 0.08  # if it is longer than one piece at both ends by this share of itself,
    under: tuple[float, float] = (0.03, 0.6)  # and so far away, in the height of what is above
    rules: RuleParams = field(default_factory=RuleParams)  # a grid's lines,
    frames: FrameParams = field(default_factory=FrameParams)  # and where they run


DEFAULT = MarkParams()


def without_marks(sheet: Sheet, params: MarkParams = DEFAULT) -> Sheet:
    """The sheet without circles, boxes and grids around other pieces, and without underlines,
    brackets and slashes beside them.
    """
    rings = [(p, held) for p in sheet.pieces if (held := _marked(p, sheet, params))]
    kept = [piece for piece in sheet.pieces if all(piece != ring for ring, _ in rings)]
    kept = [p for p in kept if not _is_sign(p, kept, sheet, params)]
    kept = [p for p in kept if not _underlines(p, kept, params)]
    if len(kept) == len(sheet.pieces):
        return sheet
    return replace(sheet, pieces=tuple(kept), marked=_singled_out(rings, kept))


def _singled_out(rings: Sequence[tuple[Piece, Box]], others: Sequence[Piece]) -> Box | None:
    """What the only ring of a sheet marks, unless lines run around each other."""
    if len(rings) != 1:
        return None
    ring, marked = rings[0]
    return None if any(within(ring.box, other.box) for other in others) else marked


def holds(outer: Box, inner: Box, share: float = DEFAULT.held) -> bool:
    """Whether `inner` stands inside `outer`, too large to be a part of it."""
    return within(inner, outer) and max(inner.w, inner.h) > share * max(outer.w, outer.h)


def lines(piece: Piece, box: Box, params: MarkParams = DEFAULT) -> bool:
    """Whether a piece is a level stroke above or below a box."""
    x, y, w, h = piece.box
    common = min(x + w, box.x + box.w) - max(x, box.x)
    below = -params.into * box.h <= y - box.y - box.h <= params.away * box.h
    above = -params.into * box.h <= box.y - y - h <= params.away * box.h
    return (above or below) and w >= params.flat * h and common >= params.across * max(w, box.w)


def encloses(outer: Piece, inner: Piece, sheet: Sheet) -> bool:
    """Whether there is ink of `outer` on every way from `inner` to the edges of its box."""
    x, y, w, h = inner.box
    left, top = x - outer.box.x, y - outer.box.y
    whole = filled(sheet.own(outer).astype(np.uint8))
    return bool(whole[top : top + h, left : left + w].all())


def _marked(ring: Piece, sheet: Sheet, params: MarkParams) -> Box | None:
    """What a thin line runs around that has it in its middle; None if this is no such line."""
    x, y, w, h = ring.box
    if ring.area > params.thin * w * h:
        return None
    held = [other.box for other in sheet.pieces if within(other.box, ring.box)]
    if not held or not _is_amid(enclosing(held), ring.box, params):
        return None
    own, marked = sheet.own(ring), enclosing(held)
    if _surrounds(own, marked, ring.box) < params.round:
        return None
    most = params.more * ring.area
    left, top = marked.x - x, marked.y - y
    if int(own[top : top + marked.h, left : left + marked.w].sum()) <= most:
        return marked
    # A grid has lines inside, but nothing else.
    rest = unboxed(own.astype(np.uint8), params.rules, params.frames)
    return marked if rest is not None and int(rest.sum()) <= most else None


def _surrounds(own: NDArray[np.bool_], inner: Box, outer: Box) -> float:
    """In what share of all directions there is ink around a box."""
    ys, xs = np.nonzero(own)
    across = (xs + outer.x - inner.x - inner.w / 2) / outer.w
    down = (ys + outer.y - inner.y - inner.h / 2) / outer.h
    bins = ((np.arctan2(down, across) / (2 * np.pi) + 0.5) * DIRECTIONS).astype(int) % DIRECTIONS
    return len(np.unique(bins)) / DIRECTIONS


def _is_amid(inner: Box, outer: Box, params: MarkParams) -> bool:
    """Whether a box is large enough for what another is drawn around, and in its middle."""
    large = max(inner.w / outer.w, inner.h / outer.h) > params.held
    across = abs(inner.x - outer.x + (inner.w - outer.w) / 2)
    down = abs(inner.y - outer.y + (inner.h - outer.h) / 2)
    return large and across <= params.aside * outer.w and down <= params.aside * outer.h


def _is_sign(piece: Piece, others: Sequence[Piece], sheet: Sheet, params: MarkParams) -> bool:
    """Whether this is a bracket or a slash beside what is lower than it."""
    _, _, w, h = piece.box
    if w > params.slim * h or h < max(LEGIBLE, params.tall * max(sheet.width, sheet.height)):
        return False
    left, right = (_beside(piece, others, side, params) for side in (-1, 1))
    bow, stray = _bow(sheet.own(piece)) if left or right else (0.0, 1.0)
    if stray > params.stray:
        return False
    if abs(bow) >= params.bow:
        inner = right if bow > 0 else left
        return inner is not None and _gap(piece.box, inner) >= params.clear * h
    if left is None or right is None or abs(bow) > params.stray:
        return False
    return all(_sticks_out(piece.box, other, params) for other in (left, right))


def _underlines(piece: Piece, others: Sequence[Piece], params: MarkParams) -> bool:
    """Whether this is a level stroke under others, longer than they are at both ends."""
    x, y, w, h = piece.box
    if w < params.flat * h:
        return False
    above = [
        p.box
        for p in others
        if p.box.y + p.box.h <= y and p.box.x < x + w and x < p.box.x + p.box.w
    ]
    near = [box for box in above if y - box.y - box.h <= params.under[1] * box.h]
    if not near:
        return False
    left, top, wide, high = enclosing(near)
    beyond = min(left - x, x + w - left - wide)
    longer = params.longer * w if len(near) == 1 else 0
    return beyond >= longer and y - top - high >= params.under[0] * high


def _beside(piece: Piece, others: Sequence[Piece], side: int, params: MarkParams) -> Box | None:
    """The nearest piece to the left (-1) or right (1), if it is of about its height but lower."""
    x, y, w, h = piece.box
    boxes = [p.box for p in others if p is not piece and p.box.y < y + h and y < p.box.y + p.box.h]
    there = [b for b in boxes if (b.x < x if side < 0 else b.x + b.w > x + w)]
    near = min(there, key=lambda b: _gap(b, piece.box), default=None)
    if near is None or _gap(near, piece.box) > h:
        return None
    level = abs(y - near.y + (h - near.h) / 2) <= params.level * h
    return near if level and params.lower[0] * h <= near.h <= params.lower[1] * h else None


def _gap(a: Box, b: Box) -> int:
    """Pixels between two boxes across, less than 0 if they share some."""
    return max(a.x - b.x - b.w, b.x - a.x - a.w)


def _sticks_out(tall: Box, low: Box, params: MarkParams) -> bool:
    """Whether a box begins above another, and ends below it."""
    room = params.beyond * tall.h
    return tall.y + room <= low.y and low.y + low.h + room <= tall.y + tall.h


def _bow(own: NDArray[np.bool_]) -> tuple[float, float]:
    """How far a stroke bows to the left, and how far it strays from a parabola, in its lengths."""
    height = len(own)
    ink = own.sum(axis=1)
    rows = np.flatnonzero(ink)
    middles = (own[rows] @ np.arange(own.shape[1])) / ink[rows]
    places = (rows - rows.mean()) / height
    a, b, c = np.polyfit(places, middles / height, 2)
    off = np.polyval((a, b, c), places) - middles / height
    length = float(np.hypot(1, b))
    return float(a) / 4 / length, float(np.sqrt(np.mean(off**2)))
