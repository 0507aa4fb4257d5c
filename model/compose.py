"""Composes a `Reading` of what was found: boxes in pixels of the original, or why there is none."""

from model.candidate import Candidate
from model.page import Page, set_back
from model.pipeline.evidence import sharpness
from model.pipeline.image import Picture
from model.reading import Box, Digit, Reading, Reason, Timings
from model.watch import Watch

HARDLY = 0.5  # a glyph of less quality is hardly a digit
CROWD = 150  # pieces of ink
TINY = 16  # pixels of the longest side that a digit needs
BLURRED = 0.25  # edges softer than this are no pen's


def one(best: Candidate, picture: Picture, version: str, watch: Watch) -> Reading:
    """The reading of a picture of one digit."""
    digit = _digit(best, _to_original(best.glyph.box, picture))
    return Reading("ok", str(digit.digit), (digit,), version, Timings(**watch.laps))


def several(page: Page, picture: Picture, version: str, watch: Watch) -> Reading:
    """The reading of a page of digits, row by row."""
    h, w = picture.grey.shape
    rows = [
        [_digit(c, _to_original(set_back(c.glyph.box, page.turns, w, h), picture)) for c in row]
        for row in page.rows
    ]
    number = "|".join("".join(str(digit.digit) for digit in row) for row in rows)
    digits = tuple(digit for row in rows for digit in row)
    return Reading("ok", number, digits, version, Timings(**watch.laps))


def none(best: Candidate | None, crowd: int, version: str, watch: Watch) -> Reading:
    """The reading of a picture without a digit; `best` is what came nearest to one.

    Its reason is what a person might mend first, judged by `best` and by how many pieces of ink
    there were (`crowd`).
    """
    return Reading("no_digit", "", (), version, Timings(**watch.laps), _why(best, crowd))


def _why(best: Candidate | None, crowd: int) -> Reason:
    if best is None:
        return Reason.BLANK
    if best.quality > HARDLY and best.longest < TINY:
        return Reason.TOO_MANY if crowd >= CROWD else Reason.TOO_SMALL
    return Reason.TOO_BLURRED if sharpness(best.glyph.ink) < BLURRED else Reason.NOT_A_DIGIT


def _digit(candidate: Candidate, box: Box) -> Digit:
    value = candidate.digit
    return Digit(value, candidate.scores[value], candidate.scores, box, candidate.picture)


def _to_original(box: Box, picture: Picture) -> Box:
    k, (width, height) = picture.scale, picture.original
    x, y = min(width - 1, round(box.x * k)), min(height - 1, round(box.y * k))
    return Box(
        x, y, max(1, min(width - x, round(box.w * k))), max(1, min(height - y, round(box.h * k)))
    )
