"""How fast one photo is read, beside decoding it and beside the recipe that everybody copies."""

import statistics
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from bench import recipe
from bench.comparison import Comparison, Goal, Row, Skipped, alternate, milliseconds
from bench.photos import DRAW, HEIGHT, WIDTH, number_photo, photo
from model import DigitReader
from model.card import model_folder

DIGIT, TEN = 7, "70147|41074"


def against_decoding(model: Path | None) -> list[Row]:
    """Compare `DigitReader.read` with OpenCV decoding the same file to grey, a thread each."""
    cv2.setNumThreads(1)
    reader = DigitReader.load(model)
    plain = {str(digit): photo(digit) for digit in DRAW}
    return [
        _against_decoding(reader, "read a digit", plain, Goal(Fraction(2))),
        _against_decoding(reader, "read ten digits", {TEN: number_photo(TEN)}, Goal(Fraction(3))),
    ]


def _against_decoding(
    reader: DigitReader, what: str, photos: dict[str, bytes], goal: Goal
) -> Comparison:
    """The medians over photos, and in the note each one's own: some leave the scout in doubt."""
    measured = {
        number: alternate(
            _reading(reader, jpeg, number), _decoding(jpeg), times=200 // len(photos), warm_up=10
        )
        for number, jpeg in photos.items()
    }
    ours, theirs = (statistics.median(times) for times in zip(*measured.values(), strict=True))
    size = statistics.mean(len(jpeg) for jpeg in photos.values()) / 1000
    each = ", ".join(f"{number} {a / b:.2f}" for number, (a, b) in measured.items())
    return Comparison(
        f"{what}, JPEG of {WIDTH}×{HEIGHT}, {size:.0f} kB",
        ours,
        "OpenCV: only decode it, to grey",
        theirs,
        "ms",
        goal,
        f"Times decoding, each: {each}." if len(photos) > 1 else "",
    )


def _decoding(jpeg: bytes) -> Callable[[], float]:
    encoded = np.frombuffer(jpeg, np.uint8)
    return lambda: milliseconds(lambda: cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE))


def against_recipe(model: Path | None) -> Row:
    """Compare `DigitReader.read` with resizing the whole photo and `model.predict`."""
    what = f"read the {DIGIT}"
    if find_spec("tensorflow") is None:
        return Skipped(what, "TensorFlow is not installed")
    cv2.setNumThreads(1)
    jpeg = photo(DIGIT)
    read = _reading(DigitReader.load(model), jpeg, str(DIGIT))
    with ProcessPoolExecutor(
        max_workers=1,
        mp_context=get_context("spawn"),  # TensorFlow stays out of this process
        initializer=recipe.load,
        initargs=(model_folder(model),),
    ) as process:
        ours, theirs = alternate(
            read, lambda: process.submit(recipe.predict, jpeg).result(), times=50, warm_up=5
        )
    goal = Goal(Fraction(1, 10))
    return Comparison(what, ours, "resize to 28×28, model.predict", theirs, "ms", goal)


def _reading(reader: DigitReader, jpeg: bytes, number: str) -> Callable[[], float]:
    """Return a function that reads the photo and returns the milliseconds that took."""
    seen = reader.read(jpeg).number
    if seen != number:
        raise SystemExit(f"The photo of {number} is read as {seen or 'none'}: mend that first.")
    return lambda: milliseconds(lambda: reader.read(jpeg))
