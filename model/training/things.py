"""Glyphs that the reader finds in pictures of things: what the network must learn are no digits."""

from pathlib import Path

import numpy as np

from model.datasets import Pictures

THINGS = Path(__file__).with_name("things.npz")


def load_things(path: Path = THINGS) -> Pictures:
    """Read such glyphs, (n, 28, 28) uint8, as stage 4 made them."""
    with np.load(path) as arrays:
        things: Pictures = arrays["x"]
    return things
