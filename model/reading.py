"""What reading an image yields: small frozen dataclasses, free of any framework."""

from __future__ import annotations  # NumPy is named here, but who has no glyph need not load it

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Status = Literal["ok", "no_digit"]


class Reason(StrEnum):
    """Why there is no digit, in a word that a person can be told how to act on."""

    BLANK = "blank"
    NOT_A_DIGIT = "not_a_digit"
    TOO_SMALL = "too_small"
    TOO_BLURRED = "too_blurred"
    TOO_MANY = "too_many"


class Box(NamedTuple):
    """A rectangle in pixels of the upright original; (x, y) is its top left corner."""

    x: int
    y: int
    w: int
    h: int

    def common(self, other: Box) -> int:
        """Pixels that both have."""
        w = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        h = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        return max(0, w) * max(0, h)

    def contains(self, other: Box) -> bool:
        """Whether nothing of the other lies outside of this one."""
        x, y = other.x - self.x, other.y - self.y
        return x >= 0 and y >= 0 and x + other.w <= self.w and y + other.h <= self.h

    def alike(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        common = self.common(other)
        return common / (self.w * self.h + other.w * other.h - common)


@dataclass(frozen=True, slots=True, eq=False)
class Digit:
    """One digit found in an image."""

    digit: int
    confidence: float  # scores[digit]
    scores: tuple[float, ...]  # ten calibrated probabilities, summing to 1
    box: Box
    glyph: NDArray[np.float32] = field(
        repr=False
    )  # (28, 28) in [0, 1], ink is 1: what the model saw


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent in each stage of the pipeline."""

    decode: float = 0.0
    ink: float = 0.0
    glyphs: float = 0.0
    normalise: float = 0.0
    classify: float = 0.0

    @property
    def total(self) -> float:
        """Milliseconds from bytes to reading."""
        return self.decode + self.ink + self.glyphs + self.normalise + self.classify


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer to one image."""

    status: Status
    number: str  # the digits in reading order, rows separated by "|"; "" when there is none
    digits: tuple[Digit, ...]
    model_version: str
    timings: Timings
    reason: Reason | None = None  # set exactly when status is "no_digit"
