"""Contact sheets: pictures with what was seen in them and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from model.drawing.shapes import Drawing, Image, Paint, Pixels, Rect, Shape, Text
from model.reading import Box

SIDE = 132.0  # of a tile's picture
GLYPH = 56.0
RED = (230, 40, 40)
TILE_W, TILE_H = SIDE + GLYPH + 16, SIDE + 46


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One picture of a sheet."""

    picture: Pixels
    glyphs: tuple[Pixels, ...]  # what the network saw, at most two are shown
    title: str
    detail: str = ""
    paint: Paint = "ink"


def contact_sheet(tiles: Sequence[Tile], title: str, across: int = 4) -> Drawing:
    """Tiles in rows; each has its picture, beside it the glyphs, below it two lines of text."""
    shapes: list[Shape] = [Text(8, 20, title, size=15)]
    for i, tile in enumerate(tiles):
        shapes += _tile(tile, 8 + i % across * TILE_W, 34 + i // across * TILE_H)
    across = min(across, max(1, len(tiles)))
    rows = -(-len(tiles) // across)
    width = max(8 + across * TILE_W, 16 + 8.0 * len(title))
    return Drawing(width, 34 + rows * TILE_H, tuple(shapes), title)


def _tile(tile: Tile, x: float, y: float) -> list[Shape]:
    h, w = tile.picture.shape[:2]
    scale = SIDE / max(h, w)
    wide, high = w * scale, h * scale
    left, top = x + (SIDE - wide) / 2, y + (SIDE - high) / 2
    shapes: list[Shape] = [Rect(x, y, TILE_W - 8, TILE_H - 8, "panel")]
    shapes.append(Image(left, top, wide, high, tile.picture))
    for i, glyph in enumerate(tile.glyphs[:2]):
        shapes.append(Image(x + SIDE + 4, y + i * (GLYPH + 4), GLYPH, GLYPH, glyph))
    shapes.append(Text(x + 6, y + SIDE + 16, _short(tile.title, 28), tile.paint, 13))
    shapes.append(Text(x + 6, y + SIDE + 31, _short(tile.detail, 34), "soft", 10))
    return shapes


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def look(pixels: Pixels, marks: Sequence[tuple[str, Box]], side: int) -> Pixels:
    """The part of a picture that an answer is about, with boxes drawn, at most `side` large.

    Args:
        pixels: the picture, (h, w, 3).
        marks: what was read where, in pixels of the picture; without any, all of it is shown.
        side: longest side of the result.
    """
    h, w = pixels.shape[:2]
    boxes = [box for _, box in marks]
    if boxes:
        left, top = min(b.x for b in boxes), min(b.y for b in boxes)
        right, bottom = max(b.x + b.w for b in boxes), max(b.y + b.h for b in boxes)
        room = max(8, right - left, bottom - top)  # as much again all around, to see what is near
        left, top = max(0, left - room), max(0, top - room)
        right, bottom = min(w, right + room), min(h, bottom + room)
    else:
        left, top, right, bottom = 0, 0, w, h
    part = pixels[top:bottom, left:right]
    scale = min(4.0, side / max(part.shape[:2]))
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = np.ascontiguousarray(cv2.resize(part, size, interpolation=how))
    for text, box in marks:
        x, y = round((box.x - left) * scale) - 2, round((box.y - top) * scale) - 2
        across = (round(box.w * scale) + 4, round(box.h * scale) + 4)
        cv2.rectangle(shown, (x, y, *across), RED, 1, cv2.LINE_AA)
        if len(marks) > 1:
            place = (max(0, x), max(10, y - 2))
            cv2.putText(shown, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, RED, 1, cv2.LINE_AA)
    return shown
