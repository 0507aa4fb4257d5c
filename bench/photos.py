"""Photos to measure with: a digit in ink on grainy, unevenly lit paper, the same on every run."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 960  # the largest size of a photo on Telegram
INK = 60  # brightness out of 255
GRAIN = 5.5  # brightness, standard deviation; it decides how large the file gets

Paper = NDArray[np.uint8]


def photo(digit: int, *, quality: int = 87) -> bytes:
    """Return a JPEG of about 100 kB that shows 0, 1, 4 or 7."""
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    DRAW[digit](ink)
    return _photographed(ink, digit, quality)


def number_photo(number: str, *, quality: int = 87) -> bytes:
    """Return such a JPEG that shows up to twelve of those digits in two rows, "|" between them."""
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    for row, digits in enumerate(number.split("|")):
        for column, digit in enumerate(digits):
            cell = np.zeros((HEIGHT, WIDTH), np.uint8)
            DRAW[int(digit)](cell)
            small = cv2.resize(cell[240:720, 420:820], (200, 240), interpolation=cv2.INTER_AREA)
            y, x = 200 + row * 320, 40 + column * 200
            ink[y : y + 240, x : x + 200] = np.maximum(ink[y : y + 240, x : x + 200], small)
    return _photographed(ink, 0, quality)


def _photographed(ink: Paper, seed: int, quality: int) -> bytes:
    grain = np.random.default_rng(seed).normal(0, GRAIN, (HEIGHT, WIDTH)).astype(np.float32)
    light = np.linspace(225, 165, WIDTH, dtype=np.float32)[None, :]  # a lamp to the left
    cover = cv2.GaussianBlur(ink, (0, 0), 1.5).astype(np.float32) / 255
    paper = light * (1 - cover) + INK * cover + cv2.GaussianBlur(grain, (0, 0), 0.9)
    ivory = np.clip(paper[..., None] * np.array([0.94, 0.99, 1.0]), 0, 255).astype(np.uint8)  # BGR
    _, jpeg = cv2.imencode(".jpg", ivory, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return jpeg.tobytes()


def _zero(ink: Paper) -> None:
    cv2.ellipse(ink, (620, 480), (120, 190), 12, 0, 360, 255, 18, cv2.LINE_AA)


def _strokes(*lines: tuple[tuple[int, int], ...]) -> Callable[[Paper], None]:
    def draw(ink: Paper) -> None:
        for line in lines:
            cv2.polylines(ink, [np.array(line, np.int32)], False, 255, 18, cv2.LINE_AA)

    return draw


DRAW: dict[int, Callable[[Paper], None]] = {
    0: _zero,
    1: _strokes(((560, 400), (655, 290), (630, 670))),
    4: _strokes(((640, 290), (510, 520), (760, 505)), ((700, 400), (680, 680))),
    7: _strokes(((490, 310), (760, 290), (690, 440), (590, 680))),
}
