"""Cuts one digit out of an image: what the model saw of it, and the original around it."""

import math

import cv2
import numpy as np

from model.pipeline.image import Photo, Pixels
from model.reading import Box, Digit

MARGIN = 0.35  # kept around the box on each side, in longer sides of it
LONGEST = 512  # pixels of the crop's longer side
QUALITY = 92


def cut_out(data: bytes, digit: Digit) -> tuple[bytes, bytes]:
    """Return a digit's glyph, a 28×28 grey PNG with bright ink, and the crop around it, a JPEG.

    Args:
        data: the image file that was read.
        digit: what was read in it.

    Raises:
        UnreadableImage: `data` is not an image that can be read.
    """
    glyph = np.round(digit.glyph * 255).astype(np.uint8)
    crop = _crop(data, digit.box)[..., ::-1]
    return _encoded(".png", glyph), _encoded(".jpg", crop, cv2.IMWRITE_JPEG_QUALITY, QUALITY)


def _crop(data: bytes, box: Box) -> Pixels:
    """The box with its margin, as large as it is there or LONGEST, whichever is less."""
    margin = MARGIN * max(box.w, box.h)
    side = max(box.w, box.h) + 2 * margin
    photo = Photo(data)
    picture = photo.at(max(1, math.ceil(max(photo.size) * min(1.0, LONGEST / side))))
    left, top = max(0.0, box.x - margin), max(0.0, box.y - margin)
    right, bottom = box.x + box.w + margin, box.y + box.h + margin
    x0, y0 = int(left / picture.scale), int(top / picture.scale)
    x1, y1 = math.ceil(right / picture.scale), math.ceil(bottom / picture.scale)
    return picture.pixels[y0:y1, x0:x1]


def _encoded(extension: str, pixels: Pixels, *options: int) -> bytes:
    ok, encoded = cv2.imencode(extension, pixels, options)
    assert ok, "an array of bytes encodes"
    return encoded.tobytes()
