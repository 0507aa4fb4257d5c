"""What was answered to one labelled picture."""

from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.labels import Pair, align, is_right
from model.reading import Box

Small = NDArray[np.uint8]  # (h, w), ink is 255


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """One digit that was read."""

    digit: int
    confidence: float
    glyph: Small  # (28, 28): what the network saw
    box: Box | None = None  # in pixels of the upright original; None for a picture that is a glyph


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was answered to one labelled picture."""

    name: str
    label: str
    number: str  # as in a Reading: "" for no digit
    claims: tuple[Claim, ...] = ()  # one for each digit of `number`, in its order
    refused: bool = False  # taken for no digit
    score: float = 0.0  # 0 to 1: how surely the reader takes it for a picture of a digit
    picture: Path | Small | None = None  # what was shown: a file, or the glyph itself
    doubted: Small | None = None  # (28, 28): the best of what was refused
    unreadable: str = ""  # why the file could not be read; it counts as refused

    @property
    def is_right(self) -> bool:
        """Whether it is right in full."""
        return is_right(self.label, self.number)

    @property
    def confidence(self) -> float:
        """In the whole answer; 0 for none."""
        return prod(c.confidence for c in self.claims) if self.claims else 0.0

    @property
    def is_glyph(self) -> bool:
        """Whether it was shown as ink already, at stage 4, not as a photo."""
        return isinstance(self.picture, np.ndarray)

    def pairs(self) -> tuple[Pair, ...]:
        """The label's digits beside those that were read."""
        return align(self.label, self.number)
