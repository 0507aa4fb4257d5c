"""Draws what the model saw: the photo with the digit's box, beside the 28×28 glyph, enlarged."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.image import Pixels, decode
from model.reading import Reading

SIDE = 392  # pixels; 14 for each pixel of a glyph
GAP = 12
BOX = (230, 40, 40)  # RGB
GROUND = (255, 255, 255)
MOST = 16  # glyphs shown


def draw_preview(data: bytes, reading: Reading) -> bytes:
    """Draw a PNG of an image and the glyphs that were read in it.

    Args:
        data: the image file that was read.
        reading: what was read in it; without digits, the image alone is drawn.

    Raises:
        UnreadableImage: `data` is not an image that can be read.
    """
    picture = decode(data, 2 * SIDE)
    photo = _fit(picture.pixels)
    scale = max(photo.shape[:2]) / max(picture.original)
    for digit in reading.digits:
        x, y, w, h = (round(v * scale) for v in digit.box)
        cv2.rectangle(photo, (x - 3, y - 3), (x + w + 3, y + h + 3), BOX, 2, cv2.LINE_AA)
    parts = [photo]
    if reading.digits:
        parts.append(_tiles([digit.glyph for digit in reading.digits[:MOST]]))
    ok, png = cv2.imencode(".png", _beside(parts)[..., ::-1])
    assert ok, "an RGB array encodes as PNG"
    return png.tobytes()


def _fit(pixels: Pixels) -> Pixels:
    """Scale so that the longer side is SIDE."""
    h, w = pixels.shape[:2]
    k = SIDE / max(h, w)
    how = cv2.INTER_AREA if k < 1 else cv2.INTER_NEAREST
    return cv2.resize(pixels, (max(1, round(w * k)), max(1, round(h * k))), interpolation=how)


def _tiles(glyphs: list[NDArray[np.float32]]) -> Pixels:
    """Glyphs in a square of tiles, enlarged without smoothing, a hair of grey between them."""
    across = int(np.ceil(np.sqrt(len(glyphs))))
    side = SIDE // across
    field = np.full((SIDE, SIDE, 3), GROUND, np.uint8)
    for i, glyph in enumerate(glyphs):
        y, x = i // across * side, i % across * side
        grey = np.round(glyph * 255).astype(np.uint8)
        tile = cv2.resize(grey, (side, side), interpolation=cv2.INTER_NEAREST)
        field[y : y + side, x : x + side] = tile[..., None]
        if across > 1:
            cv2.rectangle(field, (x, y), (x + side - 1, y + side - 1), (128, 128, 128), 1)
    return field


def _beside(parts: list[Pixels]) -> Pixels:
    """Parts from left to right, centred on one ground."""
    height = max(p.shape[0] for p in parts) + 2 * GAP
    width = sum(p.shape[1] + GAP for p in parts) + GAP
    page = np.full((height, width, 3), GROUND, np.uint8)
    x = GAP
    for part in parts:
        h, w = part.shape[:2]
        y = (height - h) // 2
        page[y : y + h, x : x + w] = part
        x += w + GAP
    return page
