"""Draws what the model saw: the photo with a box around each digit, and the 28×28 glyphs, enlarged.

One digit's glyph stands beside the photo. Several digits are named at their boxes, those in doubt
in another colour, and their glyphs stand below in reading order.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.image import Pixels, decode
from model.reading import Digit, Reading

SIDE = 392  # pixels; 14 for each pixel of a glyph
GAP = 12
SURE = (214, 40, 40)  # RGB, of the box of a digit
DOUBTED = (222, 130, 0)
DOUBT = 0.95  # a digit of less confidence is in doubt
LINE = (128, 128, 128)
GROUND = (255, 255, 255)
ACROSS, MOST = 8, 24  # glyphs in a line, and in all
FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw_preview(data: bytes, reading: Reading) -> bytes:
    """Draw a PNG of an image and the glyphs that were read in it.

    Args:
        data: the image file that was read.
        reading: what was read in it; without digits, the image alone is drawn.

    Raises:
        UnreadableImage: `data` is not an image that can be read.
    """
    several = len(reading.digits) > 1
    picture = decode(data, 2 * SIDE)
    photo = _fit(picture.pixels, 2 * SIDE if several else SIDE)
    scale = max(photo.shape[:2]) / max(picture.original)
    for digit in reading.digits:
        _mark(photo, digit, scale, named=several)
    if several:
        page = _below(photo, [digit.glyph for digit in reading.digits[:MOST]])
    else:
        page = _beside([photo, *(_tile(digit.glyph, SIDE) for digit in reading.digits)])
    ok, png = cv2.imencode(".png", page[..., ::-1])
    assert ok, "an RGB array encodes as PNG"
    return png.tobytes()


def _fit(pixels: Pixels, side: int) -> Pixels:
    """Scale so that the longer side is `side`."""
    h, w = pixels.shape[:2]
    k = side / max(h, w)
    how = cv2.INTER_AREA if k < 1 else cv2.INTER_NEAREST
    return cv2.resize(pixels, (max(1, round(w * k)), max(1, round(h * k))), interpolation=how)


def _mark(photo: Pixels, digit: Digit, scale: float, *, named: bool) -> None:
    x, y, w, h = (round(v * scale) for v in digit.box)
    colour = DOUBTED if named and digit.confidence < DOUBT else SURE
    cv2.rectangle(photo, (x - 3, y - 3), (x + w + 3, y + h + 3), colour, 2, cv2.LINE_AA)
    if not named:
        return
    # On a tab of the box's colour, above the box, or below it at the picture's upper edge.
    (tw, th), _ = cv2.getTextSize(str(digit.digit), FONT, 0.6, 2)
    top = y - th - 11 if y >= th + 11 else y + h + 3
    cv2.rectangle(photo, (x - 4, top), (x + tw + 4, top + th + 8), colour, -1)
    cv2.putText(photo, str(digit.digit), (x, top + th + 4), FONT, 0.6, GROUND, 2, cv2.LINE_AA)


def _tile(glyph: NDArray[np.float32], side: int) -> Pixels:
    """A glyph enlarged without smoothing."""
    grey = np.round(glyph * 255).astype(np.uint8)
    tile = cv2.resize(grey, (side, side), interpolation=cv2.INTER_NEAREST)
    return np.repeat(tile[..., None], 3, axis=2)


def _below(photo: Pixels, glyphs: list[NDArray[np.float32]]) -> Pixels:
    """A photo over its glyphs, a hair of grey between them."""
    side = 2 * SIDE // ACROSS
    lines = -(-len(glyphs) // ACROSS)
    field = np.full((lines * side, 2 * SIDE, 3), GROUND, np.uint8)
    for i, glyph in enumerate(glyphs):
        y, x = i // ACROSS * side, i % ACROSS * side
        field[y : y + side, x : x + side] = _tile(glyph, side)
        cv2.rectangle(field, (x, y), (x + side - 1, y + side - 1), LINE, 1)
    h, w = photo.shape[:2]
    page = np.full((h + field.shape[0] + 3 * GAP, 2 * SIDE + 2 * GAP, 3), GROUND, np.uint8)
    left = (page.shape[1] - w) // 2
    page[GAP : GAP + h, left : left + w] = photo
    page[h + 2 * GAP : h + 2 * GAP + field.shape[0], GAP:-GAP] = field
    return page


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
