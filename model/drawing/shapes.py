"""The few shapes that a drawing is made of. Lengths are pixels of a page, y runs downwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (h, w) grey or (h, w, 3) RGB

# What is drawn, not which colour: that is the theme's.
Paint = Literal["page", "panel", "line", "faint", "soft", "ink", "main", "other", "good", "bad"]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle."""

    x: float
    y: float
    w: float
    h: float
    fill: Paint
    opacity: float = 1.0
    note: str = ""  # what a page shows when one points at it


@dataclass(frozen=True, slots=True)
class Line:
    """A polyline."""

    points: tuple[tuple[float, float], ...]
    paint: Paint
    width: float = 1.5
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    r: float
    fill: Paint
    note: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; (x, y) is where its base line starts, ends or has its middle."""

    x: float
    y: float
    text: str
    paint: Paint = "ink"
    size: float = 12
    anchor: Anchor = "start"


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A picture, stretched to a rectangle."""

    x: float
    y: float
    w: float
    h: float
    pixels: Pixels


Shape = Rect | Line | Dot | Text | Image


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Shapes on a page, the later ones over the former."""

    w: float
    h: float
    shapes: tuple[Shape, ...]
    title: str  # what it shows, for those who do not see it


def moved(drawing: Drawing, dx: float, dy: float) -> list[Shape]:
    """The shapes of a drawing, elsewhere."""
    shapes: list[Shape] = []
    for shape in drawing.shapes:
        match shape:
            case Line():
                points = tuple((x + dx, y + dy) for x, y in shape.points)
                shapes.append(replace(shape, points=points))
            case _:
                shapes.append(replace(shape, x=shape.x + dx, y=shape.y + dy))
    return shapes


def side_by_side(drawings: Sequence[Drawing], title: str, gap: float = 28) -> Drawing:
    """Several drawings in one row."""
    shapes: list[Shape] = []
    x = 0.0
    for drawing in drawings:
        shapes += moved(drawing, x, 0)
        x += drawing.w + gap
    height = max((d.h for d in drawings), default=1.0)
    return Drawing(max(1.0, x - gap), height, tuple(shapes), title)
