"""Draws the README's examples: `python -m scripts.examples`. Six photos, what was seen, the answer.

Nobody's photos are in this repository, so these are made: a hand as shaky as the one that draws for
training, on paper of the kinds that thresholds fail on. What is shown is what the reader answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model import DigitReader, Reading
from model.drawing.png import as_png
from model.drawing.sheets import RED, Tile, contact_sheet
from model.reading import Box

DOCS = Path(__file__).parents[1] / "docs"
HEIGHT, WIDTH = 960, 1280
SEED = 7

Points = Sequence[tuple[float, float]]
Colour = tuple[int, int, int]  # RGB
Page = NDArray[np.float64]  # (h, w, 3) RGB in [0, 255]
Cover = NDArray[np.float64]  # (h, w) in [0, 1], how much of the paper is under ink
Random = np.random.Generator

# How Europeans write them, in a unit square, y down; corners stay corners.
HANDS: dict[int, Sequence[Points]] = {
    1: [[(0.22, 0.45), (0.56, 0.06), (0.52, 0.95)]],
    4: [[(0.34, 0.05), (0.16, 0.6), (0.84, 0.57)], [(0.64, 0.32), (0.6, 0.95)]],
    7: [[(0.16, 0.12), (0.84, 0.08), (0.42, 0.95)], [(0.28, 0.53), (0.76, 0.48)]],
}


@dataclass(frozen=True, slots=True)
class Example:
    """One photo: what is written where, with what, on what."""

    title: str
    number: str
    paper: Callable[[Random], Page]
    ink: Colour
    pen: float  # of the height of a digit
    height: float = 0.5  # of a digit, of the page
    centre: tuple[float, float] = (0.5, 0.5)
    slant: float = 0.0  # degrees
    rough: float = 0.0  # share of the ink that the paper does not take
    light: Callable[[Page], Page] = lambda page: page


def plain(colour: Colour) -> Callable[[Random], Page]:
    """Paper without lines, a little uneven."""

    def make(rng: Random) -> Page:
        patches = cv2.resize(rng.normal(0, 3, (12, 16)), (WIDTH, HEIGHT))
        page: Page = np.full((HEIGHT, WIDTH, 3), colour, float) + patches[..., None]
        return page

    return make


def lined(colour: Colour, rule: Colour, *, squared: bool) -> Callable[[Random], Page]:
    """Ruled or squared paper, held a little askew."""

    def make(rng: Random) -> Page:
        page = plain(colour)(rng)
        lines = np.zeros((2 * HEIGHT, 2 * WIDTH), np.uint8)
        lines[:: 58 if squared else 110] = 255
        if squared:
            lines[:, ::58] = 255
        lines = cv2.dilate(lines, np.ones((3, 3), np.uint8))
        askew = cv2.getRotationMatrix2D((WIDTH, HEIGHT), 2.5, 1)
        askew[:, 2] -= (WIDTH / 2, HEIGHT / 2)
        cover: Cover = cv2.warpAffine(lines, askew, (WIDTH, HEIGHT)) / 255.0
        return _over(page, cover, rule)

    return make


def shadow(page: Page) -> Page:
    """The hand with the phone in it is between lamp and paper."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    dark = np.where(x + 0.5 * y > 0.64 * WIDTH, 0.45, 1.0)
    shaded: Page = page * cv2.GaussianBlur(dark, (0, 0), 5)[..., None]
    return shaded


def dusk(page: Page) -> Page:
    """One weak lamp to the left."""
    return page * np.linspace(0.75, 0.25, WIDTH)[None, :, None]


PHOTOS = (
    Example(
        "pencil on squared paper",
        "4",
        lined((226, 224, 214), (150, 175, 205), squared=True),
        ink=(132, 132, 134),
        pen=0.022,
        rough=0.25,
    ),
    Example(
        "a shadow across a marker's 7",
        "7",
        plain((228, 222, 208)),
        ink=(40, 40, 48),
        pen=0.1,
        light=shadow,
    ),
    Example(
        "chalk on a board",
        "4",
        plain((44, 62, 54)),
        ink=(215, 218, 210),
        pen=0.06,
        rough=0.3,
    ),
    Example(
        "a small crossed 7 on ruled paper",
        "7",
        lined((232, 230, 224), (120, 150, 200), squared=False),
        ink=(30, 40, 120),
        pen=0.06,
        height=0.14,
        centre=(0.34, 0.61),
    ),
    Example(
        "a European 1, blue on yellow",
        "1",
        plain((240, 214, 96)),
        ink=(40, 60, 150),
        pen=0.05,
        light=dusk,
    ),
    Example(
        "two rows on a slope",
        "174|417",
        plain((218, 214, 206)),
        ink=(60, 56, 60),
        pen=0.07,
        height=0.2,
        slant=8,
    ),
)


def photo(example: Example) -> bytes:
    """The example as a JPEG, as a phone would send it."""
    rng = np.random.default_rng(SEED)
    cover = _written(example, rng)
    if example.rough:
        holes = cv2.GaussianBlur(rng.normal(0, 1, cover.shape), (0, 0), 1.6)
        cover = cover * (holes < np.quantile(holes, 1 - example.rough))
    cover = cv2.GaussianBlur(cover, (0, 0), 1.2)
    page = example.light(_over(example.paper(rng), cover, example.ink))
    grain = cv2.GaussianBlur(rng.normal(0, 7, (HEIGHT, WIDTH)), (0, 0), 0.9)
    seen = np.clip(page + grain[..., None], 0, 255).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", seen[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, 85))
    return jpeg.tobytes()


def _written(example: Example, rng: Random) -> Cover:
    """The digits row by row, their points moved a little, so that no two are alike."""
    rows = example.number.split("|")
    tall = example.height * HEIGHT
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    for i, row in enumerate(rows):
        for j, digit in enumerate(row):
            x = example.centre[0] * WIDTH + (j - (len(row) - 1) / 2) * 1.1 * tall
            y = example.centre[1] * HEIGHT + (i - (len(rows) - 1) / 2) * 1.5 * tall
            for stroke in HANDS[int(digit)]:
                shaky = np.array(stroke) + rng.normal(0, 0.02, (len(stroke), 2))
                points = (shaky - 0.5) * (0.75 * tall, tall) + (x, y)
                fixed = np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)
                width = max(1, round(example.pen * tall))
                cv2.polylines(ink, [fixed], False, 255, width, cv2.LINE_AA, 4)
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), example.slant, 1)
    turned: Cover = cv2.warpAffine(ink, turn, (WIDTH, HEIGHT)) / 255.0
    return turned


def _over(page: Page, cover: Cover, ink: Colour) -> Page:
    return page * (1 - cover[..., None]) + np.array(ink, float) * cover[..., None]


def tile(example: Example, data: bytes, reading: Reading) -> Tile:
    """The photo with a box around each digit, the glyphs, and the answer in words."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert bgr is not None
    pixels = cv2.resize(bgr[..., ::-1], (WIDTH // 3, HEIGHT // 3), interpolation=cv2.INTER_AREA)
    boxes = [Box(*(v // 3 for v in digit.box)) for digit in reading.digits]
    glyphs = tuple(np.round(255 * (1 - d.glyph)).astype(np.uint8) for d in reading.digits)
    sure = min((d.confidence for d in reading.digits), default=0.0)
    answer = f"{reading.number or reading.reason}, {sure:.1%} sure"
    return Tile(_boxed(pixels, boxes), glyphs, answer, example.title)


def _boxed(pixels: NDArray[np.uint8], boxes: Sequence[Box]) -> NDArray[np.uint8]:
    shown = np.ascontiguousarray(pixels)
    for x, y, w, h in boxes:
        cv2.rectangle(shown, (x - 3, y - 3, w + 6, h + 6), RED, 2, cv2.LINE_AA)
    return shown


def main() -> None:
    """Read each example, and draw the sheet."""
    reader = DigitReader.load()
    tiles = []
    for example in PHOTOS:
        data = photo(example)
        reading = reader.read(data)
        print(f"{example.title}: {example.number}, read as {reading.number or reading.reason}")
        tiles.append(tile(example, data, reading))
    sheet = contact_sheet(tiles, "A photo, what the model saw of it, its answer", across=3)
    (DOCS / "examples.png").write_bytes(as_png(sheet))


if __name__ == "__main__":
    main()
