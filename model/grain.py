"""Tells writing from the grain of wood, and from edges: those are read as 1s and 7s."""

from collections.abc import Sequence

from model.candidate import Candidate
from model.pipeline.sheet import enclosing
from model.reading import Box, Reading

STROKES = (1, 7)  # what wood and edges are read as:
GRAIN = 0.7  # digits of which this share are such may be grain
MARKS = 4  # more digits than these on one sheet, with that share of 1s, are none,
WRITTEN = 0.97  # nor are several 1s alone, and a single one of less quality


def are_strokes(digits: Sequence[int]) -> bool:
    """Whether there are digits, and most of them may be grain."""
    return 0 < len(digits) * GRAIN <= sum(digit in STROKES for digit in digits)


def is_grain(reading: Reading, sheet: Box) -> bool:
    """Whether what is read beyond a sheet may be grain, or nothing is read at all."""
    beyond = [d.digit for d in reading.digits if enclosing([d.box, sheet]) != sheet]
    return are_strokes(beyond) if reading.digits else True


def is_writing(reading: Reading, first: Candidate) -> bool:
    """Whether what is read on a sheet is no mere strokes: what is dark there may be a thing.

    Args:
        reading: of the sheet alone.
        first: its first digit.
    """
    digits = [digit.digit for digit in reading.digits]
    if set(digits) == {1}:
        return len(digits) == 1 and first.quality >= WRITTEN
    return 0 < len(digits) <= MARKS or digits.count(1) < GRAIN * len(digits)
