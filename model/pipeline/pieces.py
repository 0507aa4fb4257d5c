"""Part of stage 3: finds the connected pieces of an ink map, without specks, stains and edges."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.ink import InkMap
from model.pipeline.marks import MarkParams, without_marks
from model.pipeline.rules import Mask
from model.pipeline.sheet import Piece, Sheet
from model.reading import Box


@dataclass(frozen=True, slots=True)
class PieceParams:
    """What is a piece and what is dirt; all of it goes into the pipeline's fingerprint."""

    most: int = 160  # largest pieces looked at,
    layers: float = 12.0  # whose boxes cover the picture so many times at most: hatching's overlap
    speck: float = 0.02  # a piece is a speck if its longer side is under this share of the image's
    long: float = 0.2  # from this share on it may be a line in from an edge that no hand drew,
    straight: float = 0.09  # if it is no wider than this share of its length,
    full: float = 0.25  # and has this share of its box, askew as the line, full of ink:
    sparse: float = 0.04  # one of less may be a rule with digits on it, unless it is this narrow
    marks: MarkParams = field(default_factory=MarkParams)


DEFAULT = PieceParams()


def lay_out(ink: InkMap, params: PieceParams = DEFAULT) -> Sheet:
    """Find the pieces of an ink map, without dirt and what is drawn around writing."""
    labels, stats = _label(ink.mask)
    largest = np.argsort(stats[1:, cv2.CC_STAT_AREA])[::-1][: params.most] + 1
    boxes = stats[largest, cv2.CC_STAT_WIDTH] * stats[largest, cv2.CC_STAT_HEIGHT]
    largest = largest[np.cumsum(boxes) <= params.layers * ink.mask.size]
    sheet = Sheet(labels, ink, tuple(_piece(int(i), stats[i]) for i in largest))
    clean = [p for p in sheet.pieces if not _is_dirt(p, sheet, params)]
    deep, pale = list[Piece](), list[Piece]()
    for piece in clean:
        (deep if _is_deep(piece, sheet) else pale).append(piece)
    return without_marks(replace(sheet, pieces=tuple(deep), pale=tuple(pale)), params.marks)


def _label(mask: Mask) -> tuple[NDArray[np.integer], NDArray[np.int32]]:
    """Number the pieces of a mask, and measure them: cv2.connectedComponentsWithStats, hurried."""
    x, y, w, h = cv2.boundingRect(mask)
    # Short labels are three times as fast; there is at most one piece in each 2×2 pixels.
    kind = cv2.CV_16U if ((w + 1) // 2) * ((h + 1) // 2) < 65_535 else cv2.CV_32S
    _, inner, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(mask[y : y + h, x : x + w]), connectivity=8, ltype=kind
    )
    labels = np.zeros(mask.shape, inner.dtype)
    labels[y : y + h, x : x + w] = inner
    return labels, stats + np.array([x, y, 0, 0, 0], np.int32)


def _piece(label: int, stats: NDArray[np.int32]) -> Piece:
    x, y, w, h, area = (int(v) for v in stats)
    return Piece(label, Box(x, y, w, h), area)


def _is_dirt(piece: Piece, sheet: Sheet, params: PieceParams) -> bool:
    """Specks, and a straight line in from an edge."""
    _, _, w, h = piece.box
    longer = max(sheet.width, sheet.height)
    if max(w, h) < max(3, params.speck * longer):
        return True
    if not sheet.edges(piece.box) or np.hypot(w, h) < params.long * longer:
        return False
    return is_straight(sheet.own(piece).astype(np.uint8), params)


def _is_deep(piece: Piece, sheet: Sheet) -> bool:
    """Whether a piece is no mere stain."""
    x, y, w, h = piece.box
    depth = sheet.ink.depth[y : y + h, x : x + w]
    return bool(depth[sheet.own(piece)].max() >= sheet.ink.threshold)


def breadth(piece: Mask) -> tuple[float, float]:
    """Width and length of the smallest box around a piece of ink, at any angle, in pixels."""
    _, sides, _ = cv2.minAreaRect(cv2.findNonZero(piece))
    return min(sides), max(sides)


def is_straight(piece: Mask, params: PieceParams = DEFAULT) -> bool:
    """Whether a piece of ink is one straight line, at any angle, and not one with digits on it."""
    width, length = (side + 1 for side in breadth(piece))
    full = cv2.countNonZero(piece) >= params.full * width * length
    return width <= (params.straight if full else params.sparse) * length
