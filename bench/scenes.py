"""`python -m bench.scenes`: MNIST's test digits on made-up pages, in the light of real photos.

What the labelled photos have few of, and people send: pages half in shadow, notes on a table,
digits in circles and in the cells of forms, on badges, charts and walls.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.marked import MARKED
from bench.pages import (
    HEIGHT,
    PAPER,
    PEN,
    WIDTH,
    Colour,
    Digit,
    Page,
    Random,
    Scene,
    inked,
    photographed,
    somewhere,
)
from bench.surfaces import SURFACES
from model import DigitReader
from model.datasets import Labels, Pictures, load_pictures

BOARD, CHALK = (45, 75, 60), (225, 228, 225)
TABLE = (70, 50, 35)

Light = NDArray[np.float32]  # (480, 640, 1), the share of it that is left


def main(
    mnist: Annotated[Path, typer.Option(envvar="MNIST_PATH", help="Keras' mnist.npz.")],
    model: Annotated[Path | None, typer.Option(envvar="MODEL_PATH")] = None,
    count: Annotated[int, typer.Option(help="Digits in each scene.")] = 60,
) -> None:
    """Print how many digits, or whole numbers, are read rightly in each scene."""
    reader = DigitReader.load(model)
    digits = load_pictures(mnist, "_test")
    table = Table("scene", "right", title=f"Of {count} digits or numbers", title_justify="left")
    for name, scene in SCENES.items():
        table.add_row(name, str(right(reader, scene, digits, count)))
    Console().print(table)


def right(
    reader: DigitReader, scene: Scene, digits: tuple[Pictures, Labels], count: int, seed: int = 1
) -> int:
    """How many of `count` digits, or rows of them, are read as what they are."""
    pictures, labels = digits
    chosen = np.random.default_rng(seed).permutation(len(labels))[: count * scene.digits]
    found = 0
    for row in chosen.reshape(-1, scene.digits):
        rng = np.random.default_rng((seed, int(row[0])))
        reading = reader.read(photographed(scene.draw(list(pictures[row]), rng), rng))
        found += reading.number == "".join(str(labels[i]) for i in row)
    return found


def _written(
    digit: Digit,
    rng: Random,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    paper: Colour = PAPER,
    ink: Colour = PEN,
) -> Page:
    """A page of (w, h) with a digit of half its height somewhere on it."""
    strokes, _ = somewhere(digit, rng, size)
    return inked(strokes, paper, ink)


def _half(rng: Random, low: float = 0.3, high: float = 0.7, left: float = 0.4) -> Light:
    """A shadow with a straight edge, on that share of the way through the picture."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    angle = rng.uniform(0, 2 * np.pi)
    way = x / WIDTH * np.cos(angle) + y / HEIGHT * np.sin(angle)
    way = (way - way.min()) / np.ptp(way)
    return _soft(np.where(way < rng.uniform(low, high), left, 1.0), 3)


def _spots(rng: Random, count: int, radius: float, light: float, rest: float, edge: float) -> Light:
    """Ellipses of up to that share of the width, in another light than the rest."""
    spots = np.full((HEIGHT, WIDTH), rest)
    for _ in range(count):
        centre = int(rng.integers(WIDTH)), int(rng.integers(HEIGHT))
        axes = [round(radius * WIDTH * rng.uniform(0.5, 1)) for _ in range(2)]
        cv2.ellipse(spots, centre, axes, rng.uniform(0, 180), 0, 360, light, -1)
    return _soft(spots, edge)


def _soft(light: NDArray[np.float64], edge: float) -> Light:
    soft: Light = cv2.GaussianBlur(light, (0, 0), edge).astype(np.float32)[..., None]
    return soft


def _wood(rng: Random) -> Page:
    y = np.arange(HEIGHT)
    veins = 30 * np.sin(0.12 * y + 3 * np.sin(0.013 * y)) + rng.normal(0, 8, HEIGHT)
    table = np.array([150, 105, 65]) + veins[:, None, None]
    wide: Page = np.clip(table, 0, 255).repeat(WIDTH, axis=1).astype(np.float32)
    return wide


def _beside_wood(digit: Digit, rng: Random) -> Page:
    """A page that is cut off by the picture's edges but for one, where the table shows."""
    photo = _wood(rng)
    wide = WIDTH - int(rng.integers(60, 200))
    photo[:, :wide] = _written(digit, rng, (wide, HEIGHT))
    return photo


def _noted(digit: Digit, rng: Random, table: Page | None = None) -> Page:
    """A note that lies on a table, a little askew."""
    w, h = 300, 260
    note = _written(digit, rng, (w, h))
    lie = cv2.getRotationMatrix2D((w / 2, h / 2), rng.uniform(-12, 12), 1)
    lie[:, 2] += rng.integers(30, WIDTH - w - 30), rng.integers(30, HEIGHT - h - 30)
    there = cv2.warpAffine(note, lie, (WIDTH, HEIGHT))
    covered = cv2.warpAffine(np.ones((h, w, 1), np.float32), lie, (WIDTH, HEIGHT))[..., None]
    below = np.array(TABLE, np.float32) if table is None else table
    photo: Page = (below * (1 - covered) + there * covered).astype(np.float32)
    return photo


def _alone(draw: Callable[[Digit, Random], Page]) -> Scene:
    return Scene(lambda digits, rng: draw(digits[0], rng))


LIT: dict[str, Callable[[Digit, Random], Page]] = {
    "a page": _written,
    "half in shadow": lambda d, rng: _written(d, rng) * _half(rng),
    "a corner in the light": lambda d, rng: _written(d, rng) * _half(rng, 0.7, 0.9),
    "a spot in the light": lambda d, rng: _written(d, rng) * _spots(rng, 1, 0.3, 1.0, 0.3, 25),
    "the shadow of a hand": lambda d, rng: _written(d, rng) * _spots(rng, 2, 0.3, 0.4, 1.0, 8),
    "the shadows of fingers": lambda d, rng: _written(d, rng) * _spots(rng, 5, 0.12, 0.5, 1.0, 5),
    "chalk": lambda d, rng: _written(d, rng, paper=BOARD, ink=CHALK),
    "chalk half in shadow": lambda d, rng: (
        _written(d, rng, paper=BOARD, ink=CHALK) * _half(rng, left=0.33)
    ),
    "a note on a table": _noted,
    "a note on wood": lambda d, rng: _noted(d, rng, _wood(rng)),
    "paper up to the edge of wood": _beside_wood,
    "a note half in shadow": lambda d, rng: _noted(d, rng) * _half(rng, left=0.5),
}

SCENES: dict[str, Scene] = {name: _alone(draw) for name, draw in LIT.items()} | MARKED | SURFACES

if __name__ == "__main__":
    typer.run(main)
