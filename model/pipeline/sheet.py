"""Part of stage 3: what the connected pieces of an ink map are, and how their boxes lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.pipeline.ink import InkMap
from model.reading import Box

MARKED = 0.6  # how alike the boxes of a glyph and of what is marked are


@dataclass(frozen=True, slots=True)
class Piece:
    """Connected ink."""

    label: int
    box: Box
    area: int

    @property
    def size(self) -> int:
        """Pixels of the longer side."""
        return max(self.box.w, self.box.h)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The pieces of one ink map."""

    labels: NDArray[np.integer]  # (h, w), 0 is paper
    ink: InkMap
    pieces: tuple[Piece, ...]  # the largest first
    pale: tuple[Piece, ...] = ()  # what is too pale to be one, unless it is one of several digits
    marked: Box | None = None  # what the one circle or box in it is drawn around

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.labels.shape[1]

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.labels.shape[0]

    def own(self, piece: Piece) -> NDArray[np.bool_]:
        """Where in a piece's box (h, w) there is ink of its own."""
        x, y, w, h = piece.box
        return self.labels[y : y + h, x : x + w] == piece.label

    def marks(self, box: Box) -> bool:
        """Whether a circle or box is drawn around what is in this box."""
        return self.marked is not None and box.alike(self.marked) >= MARKED

    def inside_mark(self) -> tuple[Piece, ...]:
        """The pieces that a circle or box is drawn around."""
        marked = self.marked
        return tuple(p for p in self.pieces if marked and marked.contains(p.box))

    def edges(self, box: Box) -> int:
        """How many edges of the picture a box touches."""
        return edges(box, self.ink)

    def frames(self, box: Box) -> bool:
        """Whether a box spans the picture, as frames, tables and closely cut digits do."""
        edges = self.edges(box)
        wide = box.w >= 0.9 * self.width or box.h >= 0.9 * self.height
        return edges >= 3 or (edges == 2 and wide)

    def fills_corner(self, piece: Piece) -> bool:
        """Whether a piece has ink in a corner of the picture, as shadows and tables have."""
        k = max(2, round(0.015 * max(self.width, self.height)))
        corners = (
            self.labels[:k, :k],
            self.labels[:k, -k:],
            self.labels[-k:, :k],
            self.labels[-k:, -k:],
        )
        return any(bool((c == piece.label).any()) for c in corners)


def edges(box: Box, ink: InkMap) -> int:
    """How many edges of the picture a box touches."""
    x, y, w, h = box
    height, width = ink.mask.shape
    return (x <= 1) + (y <= 1) + (x + w >= width - 1) + (y + h >= height - 1)


def within(inner: Box, outer: Box) -> bool:
    """Whether `inner` lies inside `outer`, with room on every side."""
    x, y = inner.x - outer.x, inner.y - outer.y
    return x > 0 and y > 0 and x + inner.w < outer.w and y + inner.h < outer.h


def enclosing(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    left, top = min(b.x for b in boxes), min(b.y for b in boxes)
    right = max(b.x + b.w for b in boxes)
    bottom = max(b.y + b.h for b in boxes)
    return Box(left, top, right - left, bottom - top)
