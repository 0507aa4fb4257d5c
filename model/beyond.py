"""Tells what is read beyond a sheet from what is written on it: grain, labels, its own outline.

The grain of wood and the edges of things are read as 1s and 7s, a round sheet's outline as a 0, and
the numbers along a chart's axes are digits, but not what it shows.
"""

from collections.abc import Sequence

import numpy as np

from model.candidate import Candidate
from model.pipeline.frames import filled
from model.reading import Box, Digit, Reading

STROKES = (1, 7)  # what wood and edges are read as:
GRAIN = 0.7  # digits of which this share are such may be grain
MARKS = 4  # more digits than these on one sheet, with that share of 1s, are none,
WRITTEN = 0.97  # nor are several 1s alone, and a single one of less quality
LABEL = 0.1  # labels are at most this share of the sheet's height,
LARGER = 2.0  # and what is on it is so many times as large at least
DISC = (0.65, 0.98)  # a 0 of which so much is ink may be round paper,
ROUND = 0.05  # a 0 is rarely as broad as high but for this share
OUTLINE = 0.6  # and is, if a sheet's box is alike by this


def are_strokes(digits: Sequence[int]) -> bool:
    """Whether there are digits, and most of them may be grain."""
    return 0 < len(digits) * GRAIN <= sum(digit in STROKES for digit in digits)


def may_be_disc(one: Candidate | None) -> bool:
    """Whether this is a 0 with so little inside that it may be round paper with writing on it."""
    if one is None or one.digit != 0:
        return False
    ink = (one.glyph.ink > 0.5).astype(np.uint8)
    least, most = DISC
    return least <= float(ink.sum()) / float(filled(ink).sum()) <= most


def is_beyond(reading: Reading, sheet: Box) -> bool:
    """Whether what is read is not what is written on the sheet, or nothing is read at all."""
    if len(reading.digits) == 1:
        return reading.digits[0].box.alike(sheet) >= OUTLINE
    beyond = _beyond(reading, sheet)
    if not beyond:
        return not reading.digits
    are_labels = all(_size(digit) <= LABEL * sheet.h for digit in beyond)
    return are_labels or are_strokes([digit.digit for digit in beyond])


def is_meant(written: Reading, first: Candidate, found: Reading, sheet: Box) -> bool:
    """Whether what is written on a sheet is what is meant, rather than what was found beyond it.

    It is no mere strokes: what is dark there may be a thing. Nor is it all that the sheet holds:
    that is the blurred edge of a thing. A disc that was read as a 0 may be one,
    written with a broad pen: there must be a row of clear digits on it, and no single 1, as the
    paper within a 0 often is, unless the disc is rounder than a 0.

    Args:
        written: the reading of the sheet alone.
        first: its first digit.
        found: the reading of the whole picture.
        sheet: where it is.
    """
    digits = [digit.digit for digit in written.digits]
    if any(digit.box.alike(sheet) >= OUTLINE for digit in written.digits):
        return False
    if len(found.digits) == 1:
        one_row = bool(digits) and "|" not in written.number
        round_ = abs(sheet.w - sheet.h) <= ROUND * sheet.h
        return one_row and (digits != [1] or round_) and first.quality >= WRITTEN
    beyond = _beyond(found, sheet)
    if digits and beyond and not are_strokes([digit.digit for digit in beyond]):
        return min(map(_size, written.digits)) >= LARGER * max(map(_size, beyond))
    if set(digits) == {1}:
        return len(digits) == 1 and first.quality >= WRITTEN
    return 0 < len(digits) <= MARKS or digits.count(1) < GRAIN * len(digits)


def _beyond(reading: Reading, sheet: Box) -> list[Digit]:
    return [digit for digit in reading.digits if not sheet.contains(digit.box)]


def _size(digit: Digit) -> int:
    return max(digit.box.w, digit.box.h)
