"""Part of stage 3, for several digits: pieces in rows, and how a row's pieces may form glyphs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.glyphs import around
from model.pipeline.sheet import Piece, Sheet
from model.reading import Box


@dataclass(frozen=True, slots=True)
class LineParams:
    """What makes a row; all of it goes into the pipeline's fingerprint.

    Lengths are shares of the digits' height.
    """

    slack: float = 0.55  # a digit stands at most this far above or below its row
    reach: float = 4.0  # neighbours this near tell how the rows slant
    gap: float = 0.3  # pieces of one digit are at most this far apart
    most: int = 4  # and at most so many
    wide: float = 1.5  # no digit is wider
    tall: float = 1.9  # or taller
    broad: float = 0.95  # a piece broader than this may be several digits that touch
    cuts: int = 6  # ways to cut it
    neck: float = 2.2  # strokes' widths of ink that a cut goes through at most


DEFAULT = LineParams()


def rows(pieces: Sequence[Piece], height: float, params: LineParams = DEFAULT) -> list[list[Piece]]:
    """Put pieces into rows: from top to bottom, in each from left to right.

    Args:
        pieces: what may be digits or parts of them.
        height: pixels of an ordinary digit.
        params: what makes a row.
    """
    slope = _slope([p for p in pieces if p.size > 0.5 * height], height, params)
    level = {p.label: _middle(p)[1] - slope * _middle(p)[0] for p in pieces}
    found: list[list[Piece]] = []
    # Whole digits first: they tell where the rows are.
    for piece in sorted(pieces, key=lambda p: p.size <= 0.5 * height):
        near = min(
            found, key=lambda row: abs(_level(row, level) - level[piece.label]), default=None
        )
        if near and abs(_level(near, level) - level[piece.label]) <= params.slack * height:
            near.append(piece)
        else:
            found.append([piece])
    found.sort(key=lambda row: _level(row, level))
    return [sorted(row, key=lambda p: _middle(p)[0]) for row in found]


def _middle(piece: Piece) -> tuple[float, float]:
    x, y, w, h = piece.box
    return x + w / 2, y + h / 2


def _level(row: list[Piece], level: dict[int, float]) -> float:
    return median(level[p.label] for p in row)


def _slope(pieces: Sequence[Piece], height: float, params: LineParams) -> float:
    """How much the rows fall, in pixels for each to the right: the median over neighbours."""
    slopes = []
    for piece in pieces:
        x, y = _middle(piece)
        beside = [
            (u - x, v - y)
            for u, v in map(_middle, pieces)
            if 0.3 * height < u - x < params.reach * height and abs(v - y) < 0.5 * (u - x)
        ]
        if beside:
            dx, dy = min(beside, key=lambda d: d[0] + 2 * abs(d[1]))
            slopes.append(dy / dx)
    return median(slopes) if len(slopes) > 1 else 0.0


def spans(row: Sequence[Piece], height: float, params: LineParams = DEFAULT) -> list[range]:
    """The runs of neighbouring pieces of a row that may be one glyph, single ones included."""
    found = []
    for first in range(len(row)):
        right = row[first].box.x + row[first].box.w
        for last in range(first, min(first + params.most, len(row))):
            if last > first and row[last].box.x - right > params.gap * height:
                break
            right = max(right, row[last].box.x + row[last].box.w)
            box = around(row[first : last + 1])
            if last > first and (box.w > params.wide * height or box.h > params.tall * height):
                break
            found.append(range(first, last + 1))
    return found


def split(
    sheet: Sheet, pieces: Sequence[Piece], height: float, params: LineParams = DEFAULT
) -> tuple[Sheet, list[Piece]]:
    """Cut broad pieces where digits may touch: in columns of little ink.

    Returns:
        A sheet with the parts as pieces of their own, and `pieces` with the parts in place of what
        was cut.
    """
    labels = sheet.labels.astype(np.int32)
    parts: list[Piece] = []
    fresh = int(labels.max()) + 1
    for piece in pieces:
        x, y, w, h = piece.box
        own = sheet.own(piece)
        edges = [0, *_cuts(own, height, params), w]
        if len(edges) == 2:
            parts.append(piece)
            continue
        for left, right in pairwise(edges):
            part = own[:, left:right]
            bx, by, bw, bh = cv2.boundingRect(part.astype(np.uint8))
            labels[y : y + h, x + left : x + right][part] = fresh
            parts.append(Piece(fresh, Box(x + left + bx, y + by, bw, bh), int(part.sum())))
            fresh += 1
    return replace(sheet, labels=labels, pieces=tuple(parts)), parts


def _cuts(own: NDArray[np.bool_], height: float, params: LineParams) -> list[int]:
    """Columns at which a piece is thin, at least a sixth of the height apart, left to right."""
    thick = own.sum(axis=0).astype(np.float32)
    smooth = np.convolve(thick, np.ones(3, np.float32) / 3, "same")
    outline = (
        np.abs(np.diff(np.pad(own, 1).astype(np.int8), axis=0)).sum()
        + np.abs(np.diff(np.pad(own, 1).astype(np.int8), axis=1)).sum()
    )
    stroke = 2.4 * own.sum() / max(1, outline)
    margin = max(2, round(0.15 * height))
    chosen: list[int] = []
    for column in np.argsort(smooth, kind="stable"):
        if smooth[column] > params.neck * stroke or len(chosen) == params.cuts:
            break
        inside = margin <= column <= own.shape[1] - margin
        if inside and all(abs(column - other) >= margin for other in chosen):
            chosen.append(int(column))
    return sorted(chosen)
