"""Made-up pages of MNIST's digits, and the files that a phone would make of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.reading import Box

WIDTH, HEIGHT = 640, 480
PAPER, PEN = (225, 222, 215), (45, 45, 60)

Digit = NDArray[np.uint8]  # (28, 28), as MNIST has them
Strokes = NDArray[np.float32]  # (h, w), 1 where there is ink
Page = NDArray[np.float32]  # (h, w, 3), 0 to 255
Colour = Sequence[int] | NDArray[np.integer]  # red, green and blue
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Scene:
    """How digits may be met in a photo."""

    draw: Callable[[Sequence[Digit], Random], Page]
    digits: int = 1  # in a row


def photographed(page: Page, rng: Random) -> bytes:
    """A page as the file that a phone makes of it, its noise included."""
    seen = np.clip(page + rng.normal(0, 3, page.shape), 0, 255).astype(np.uint8)
    ok, data = cv2.imencode(".jpg", seen[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 87])
    assert ok, "a picture encodes"
    return data.tobytes()


def somewhere(
    digit: Digit, rng: Random, size: tuple[int, int] = (WIDTH, HEIGHT), share: float = 0.72
) -> tuple[Strokes, Box]:
    """A page of (w, h) with a digit somewhere, MNIST's margins taking up that share of its height,
    and where its ink is.
    """
    w, h = size
    side = round(share * h)
    x, y = int(rng.integers(0, w - side + 1)), int(rng.integers(0, h - side + 1))
    strokes = np.zeros((h, w), np.float32)
    strokes[y : y + side, x : x + side] = _enlarged(digit, side)
    return strokes, Box(*cv2.boundingRect((strokes > 0.5).astype(np.uint8)))


def in_a_row(
    digits: Sequence[Digit], height: int, gap: float, rng: Random
) -> tuple[Strokes, list[Box]]:
    """A page with a row of digits, so high and `gap` heights apart, and where each of them is."""
    strokes = np.zeros((HEIGHT, WIDTH), np.float32)
    x, base = int(rng.integers(60, 90)), int(rng.integers(220, 300))
    boxes = []
    for digit in digits:
        ink = _enlarged(digit, round(1.5 * height))
        left, top, w, h = cv2.boundingRect((ink > 0.5).astype(np.uint8))
        cut = cv2.resize(ink[top : top + h, left : left + w], (round(w * height / h), height))
        box = Box(x, base - height, cut.shape[1], height)
        strokes[box.y : box.y + height, x : x + box.w] = cut
        boxes.append(box)
        x += round(box.w + gap * height * rng.uniform(0.8, 1.2))
    return strokes, boxes


def inked(strokes: Strokes, paper: Colour = PAPER, ink: Colour = PEN) -> Page:
    """Strokes in one colour on paper of another."""
    h, w = strokes.shape
    page = blank(paper, (w, h))
    put(page, strokes, ink)
    return page


def blank(paper: Colour = PAPER, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Page:
    """A page of (w, h) with nothing on it."""
    w, h = size
    return np.full((h, w, 3), paper, np.float32)


def put(page: Page, strokes: Strokes, ink: Colour, x: int = 0, y: int = 0) -> None:
    """Write on a page, from its pixel at x and y on."""
    h, w = strokes.shape
    there = page[y : y + h, x : x + w]
    share = strokes[..., None]
    there[:] = there * (1 - share) + np.array(ink, np.float32) * share


def _enlarged(digit: Digit, side: int) -> Strokes:
    large = cv2.resize(digit / np.float32(255), (side, side), interpolation=cv2.INTER_CUBIC)
    crisp: Strokes = (1 / (1 + np.exp(14 * (0.5 - large)))).astype(np.float32)
    return crisp
