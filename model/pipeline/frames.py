"""Part of stage 2: boxes, circles and lines that touch the digits they were drawn for.

What touches nothing is told from the digits later (`marks.py`); here ink is parted from ink.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from model.pipeline.rules import Mask, RuleParams, erase_rules


@dataclass(frozen=True, slots=True)
class FrameParams:
    """What makes a frame; all of it goes into the pipeline's fingerprint."""

    least: float = 0.08  # its shorter side is at least this share of the picture's longer
    layers: float = 12.0  # boxes cover the picture so many times at most, or they are hatching's
    fine: float = 0.1  # a box or circle is drawn in a line of at most this share of it;
    line: float = 0.06  # a grid has lines this wide at most, as a share of its side;
    border: float = 0.25  # a box has lines within this share of its shorter side from each side,
    span: float = 0.6  # that run along this share of it
    open: float = 0.05  # a circle may be open by twice this share of its size,
    round: float = 0.6  # and fills this share of its box;
    peel: float = 1.25  # so many of its line's widths are taken from its inside,
    inner: float = 0.15  # and this share of its ink is what it is drawn around
    beyond: float = 0.08  # what a digit stands on goes on at both ends by this share of it,
    thick: float = 0.12  # is so thick at most, as a share of the height of both,
    slant: float = 0.15  # rises by this share of its length at most
    foot: float = 0.85  # crosses what stands on it below this share of its height
    whole: float = 0.95  # and is there for this share of its length


DEFAULT = FrameParams()


def erase_frames(mask: Mask, rules: RuleParams, params: FrameParams = DEFAULT) -> Mask | None:
    """Take boxes, grids, circles and lines underneath out of pieces of ink that have more to them.

    None if there are none.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    large = sides.min(axis=1) >= params.least * max(mask.shape)
    across = (sides == mask.shape[::-1]).any(axis=1)  # what runs from edge to edge are rules
    found = 1 + np.flatnonzero(large & ~across)
    if int(sides[found - 1].prod(axis=1).sum()) > params.layers * mask.size:
        return None
    rest = None
    for label in found:
        x, y, w, h, _ = (int(v) for v in stats[label])
        own = (labels[y : y + h, x : x + w] == label).astype(np.uint8)
        bare = _bare(own, rules, params)
        if bare is not None:
            rest = mask.copy() if rest is None else rest
            rest[y : y + h, x : x + w] &= 1 - own | bare
    return rest


def unboxed(piece: Mask, rules: RuleParams, params: FrameParams) -> Mask | None:
    """A piece of ink without the lines of the box or grid that it is; None if it is none.

    They are rules within its own box, and run along all four sides of it.
    """
    room = 2 + min(piece.shape) // 10  # a line at an array's edge looks thicker
    rest = erase_rules(np.pad(piece, room), replace(rules, width=params.line))
    if rest is None:
        return None
    bare = rest[room:-room, room:-room]
    return bare if _is_box(piece & (1 - bare), params) else None


def filled(piece: Mask, gap: int = 0) -> Mask:
    """Ink and all that it encloses; gaps of twice `gap` pixels count as closed."""
    h, w = piece.shape
    brush = np.ones((2 * gap + 1, 2 * gap + 1), np.uint8)
    wide = cv2.dilate(np.pad(piece, gap), brush)
    outlines, _ = cv2.findContours(wide, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(wide, outlines, -1, 1, cv2.FILLED)
    return cv2.erode(wide, brush)[gap : gap + h, gap : gap + w].astype(np.uint8, copy=False)


def inside(whole: Mask, by: int) -> Mask:
    """What is further than `by` pixels from the edge of a mask, and of its array."""
    inner = cv2.erode(np.pad(whole, by), np.ones((2 * by + 1, 2 * by + 1), np.uint8))
    return inner[by:-by, by:-by].astype(np.uint8, copy=False)


def _bare(piece: Mask, rules: RuleParams, params: FrameParams) -> Mask | None:
    """A piece of ink without what frames it, None if nothing does."""
    width = _line_width(piece)
    if width > params.fine * min(piece.shape):
        return _lifted(piece, params)
    boxed = unboxed(piece, rules, params)
    bare = _peeled(piece if boxed is None else boxed, piece, width, params)
    if bare is not None:
        return bare
    return _lifted(piece, params) if boxed is None else boxed


def _is_box(lines: Mask, params: FrameParams) -> bool:
    """Whether lines run along all four sides of their array."""
    near = max(2, round(params.border * min(lines.shape)))
    sides = (lines[:near], lines[-near:], lines[:, :near].T, lines[:, -near:].T)
    return all(side.any(axis=0).mean() >= params.span for side in sides)


def _peeled(rest: Mask, piece: Mask, width: float, params: FrameParams) -> Mask | None:
    """What is left of a piece of ink inside its outline; None if that encloses nothing much."""
    whole = filled(piece, max(1, round(params.open * max(piece.shape))))
    if int(whole.sum()) < params.round * piece.size:
        return None
    inner = rest & inside(whole, max(1, round(params.peel * width)))
    return inner if int(inner.sum()) >= params.inner * int(piece.sum()) else None


def _line_width(piece: Mask) -> float:
    """How thick the outline is, in pixels: the median of the first runs of ink from all sides."""
    runs = []
    for turns in range(4):
        page = np.rot90(piece, turns)
        page = np.pad(page[page.any(axis=1)], ((0, 0), (0, 1)))
        begun = np.maximum.accumulate(page, axis=1)
        ended = np.maximum.accumulate(begun & (1 - page), axis=1)
        runs.append((begun & (1 - ended)).sum(axis=1))
    return float(np.median(np.concatenate(runs)))


def _lifted(piece: Mask, params: FrameParams) -> Mask | None:
    """A piece of ink without the straight line that it stands on; None if there is none.

    The line is what there is at both ends of the piece.
    """
    h, w = piece.shape
    end = max(2, round(params.beyond * w))
    ends = [np.flatnonzero(side.any(axis=1)) for side in (piece[:, :end], piece[:, -end:])]
    thick = max(int(np.ptp(rows)) + 1 for rows in ends)
    left, right = (float(rows.mean()) for rows in ends)
    if thick > params.thick * h or abs(left - right) > params.slant * w:
        return None
    middle = np.linspace(left, right, w)
    line = (np.abs(np.arange(h)[:, None] - middle) <= thick / 2 + 1).astype(np.uint8)
    rest = piece & (1 - line)
    _, top, _, height = cv2.boundingRect(rest)
    on_it = height > 0 and min(left, right) >= top + params.foot * height
    return rest if on_it and (piece & line).any(axis=0).mean() >= params.whole else None
