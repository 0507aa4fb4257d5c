"""A page of digits as one opinion on the ink shows it, and whether that is to be believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import median

import numpy as np

from model.candidate import Candidate
from model.pipeline.evidence import (
    is_border,
    is_fold,
    is_shade,
    on_one_paper,
    overlap,
    sharpness,
    slant,
)
from model.pipeline.normalise import stroke_width
from model.pipeline.sheet import edges, enclosing
from model.reading import Box

CLOUDED = 0.84  # what a page is worth with something large among its digits: look on

EXPLAINED = 0.85  # of a page of digits, so much of the ink must be digits
PLAIN, SIGNS = 0.97, 0.8  # or this, if they are so good in the mean: + and € are no digits;
FAIR = 0.9  # how good its digits must be in the mean,
TURNED = 0.93  # and on a page lying on its side;
SOFT = 0.92  # but where their edges are softer than this, which makes each of them doubtful,
VARIED = 6  # and there are so many that are no ones, which hatching, rules and edges resemble,
BLURRED = 0.85  # this will do
CLOSE = 0.75  # heights from one of a few ones that are alone to the next, at most
LEAN = 40.0  # degrees by which ones that are alone on a page may lean differently,
UNEVEN = 1.5  # and times that one of them may be as high as another
ROUND = 0.9  # as broad for their height, zeros that are alone on a page are rings
FEW = 4  # digits; of fewer,
SURE_EACH, SURE_ALL = 0.85, 0.95  # each must be so good, and all in the mean
SURE_FRAMED = 0.93  # or this, where boxes were taken out: of a digit that touches one some is lost
GRAIN = 10.0  # levels a pixel: where all are strokes, fine ones that rise less are wood's grain
UNLIKE = 2.5  # strokes that many times as broad as others are of another pen
ODD = 0.35  # one of three or more may be no better than this: it is badly written,
BESIDE, BESIDE_FEW = 0.97, 0.99  # if the others are so good in the mean;
ODDLY = 0.95  # then another opinion may show it better


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """The digits of one opinion on the ink, in reading order."""

    rows: tuple[tuple[Candidate, ...], ...]
    explained: float  # share of the ink of a digit's size that was read as digits
    clear: bool = True  # nothing larger lies among them, which might hide more
    turns: int = 0  # quarter turns counter-clockwise that set the page upright

    @property
    def digits(self) -> tuple[Candidate, ...]:
        """All digits, row by row."""
        return tuple(digit for row in self.rows for digit in row)

    @property
    def credible(self) -> bool:
        """Whether these are digits side by side, and hardly anything else is."""
        if len(self.digits) < 2 or self.explained < (SIGNS if self._plain else EXPLAINED):
            return False
        if not (self._fair or self._all_but_one or self._out_of_focus):
            return False
        if self._strokes or self._rings:
            return False
        boxes = [digit.glyph.box for digit in self.digits]
        return overlap(boxes) < 0.6 and (len(boxes) >= FEW or self._surely(boxes))

    @property
    def _plain(self) -> bool:
        """Whether these are digits without doubt, and no mere strokes: signs may be among them."""
        return self._quality >= PLAIN and any(digit.digit != 1 for digit in self.digits)

    @property
    def _strokes(self) -> bool:
        """Whether these are no digits, but hatching or rays, or what is left of a drawing's lines.

        Where one hand writes nothing but ones, they lean alike, and are alike high and broad. Lines
        that lie are everywhere: few digits among them do not make a page on its side.
        """
        kinds = {digit.digit for digit in self.digits}
        ones = sum(digit.digit == 1 for digit in self.digits)
        if self.turns and 2 * ones > len(self.digits):
            return True
        if kinds <= {1, 7} and all(is_shade(d.glyph.box, d.ink, GRAIN) for d in self.digits):
            return True
        if kinds == {1} and not self._alike:
            return True
        return kinds <= {1, 7} and len(self.rows) > 1 and self.digits[0].ink.ruled

    @property
    def _alike(self) -> bool:
        """Whether strokes lean alike, and are alike high and broad."""
        heights = [digit.glyph.box.h for digit in self.digits]
        if max(heights) > UNEVEN * min(heights) or self._of_several_pens:
            return False
        return bool(np.ptp([slant(digit.glyph.ink) for digit in self.digits]) <= LEAN)

    @property
    def _rings(self) -> bool:
        """Whether these are no digits, but wheels, buttons or bubbles: nothing but round zeros."""
        if any(digit.digit for digit in self.digits):
            return False
        boxes = [digit.glyph.box for digit in self.digits]
        return len(self.rows) > 1 or median(box.w / box.h for box in boxes) > ROUND

    @property
    def _fair(self) -> bool:
        return self._quality >= (TURNED if self.turns else FAIR)

    @property
    def _all_but_one(self) -> bool:
        """Whether one badly written digit stands beside others that are beyond doubt."""
        worst, *others = sorted(digit.quality for digit in self.digits)
        least = BESIDE if len(self.digits) >= FEW else BESIDE_FEW
        return len(others) > 1 and worst >= ODD and _mean(others) >= least and not self.turns

    @property
    def _out_of_focus(self) -> bool:
        """Whether soft edges make doubtful what are digits of several kinds."""
        if self._quality < BLURRED:
            return False
        varied = sum(digit.digit != 1 for digit in self.digits) >= VARIED
        return varied and median(sharpness(digit.glyph.ink) for digit in self.digits) < SOFT

    def _surely(self, boxes: list[Box]) -> bool:
        """Two or three marks are easily something else: they must be of one pen, on one paper.

        And ones, which hatching, rules, fingers and the edges of things resemble, close together
        if they are alone, and away from the picture's edges, where the table shows.
        """
        worst = min(digit.quality for digit in self.digits)
        ink, whole = self.digits[0].ink, enclosing(boxes)
        sure = worst >= SURE_EACH and self._quality >= (SURE_FRAMED if ink.framed else SURE_ALL)
        if not (sure or self._all_but_one):
            return False
        if self._of_several_pens or self._holds_things:
            return False
        if not all(on_one_paper(box, ink) for box in (whole, *boxes)):
            return False
        if any(digit.digit != 1 for digit in self.digits):
            return True
        large = whole.h >= 0.1 * max(ink.mask.shape)
        middles = [box.x + box.w / 2 for box in boxes]  # however they lean
        return large and np.ptp(middles) <= CLOSE * whole.h * (len(boxes) - 1)

    @property
    def _of_several_pens(self) -> bool:
        """Whether some strokes are much broader than others."""
        broads = [stroke_width(digit.glyph.ink) for digit in self.digits]
        return max(broads) > UNLIKE * min(broads)

    @property
    def _holds_things(self) -> bool:
        """Whether one of the ones is the edge of a paper or a table, a fold, or a pen."""
        ones = [digit for digit in self.digits if digit.digit == 1]
        return any(
            edges(one.glyph.box, one.ink)
            or is_border(one.glyph.box, one.ink)
            or is_fold(one.glyph.box, one.ink)
            or any(one.is_rod_beside(other) for other in self.digits)
            for one in ones
        )

    @property
    def merit(self) -> float:
        """How good an answer this would be: how good its digits are, and how little is left."""
        seen = 1.0 if self.clear else CLOUDED
        return self._quality * self.explained * seen * (1.0 if self._fair else ODDLY)

    @property
    def _quality(self) -> float:
        """The geometric mean of the digits' qualities; 0 if there are none."""
        return _mean([digit.quality for digit in self.digits])


def _mean(qualities: Sequence[float]) -> float:
    """The geometric mean; 0 of nothing."""
    if not qualities:
        return 0.0
    return exp(sum(log(max(quality, 1e-6)) for quality in qualities) / len(qualities))


def set_back(box: Box, turns: int, width: int, height: int) -> Box:
    """Where a box on a page after `turns` lies on the page before them, of `width` by `height`."""
    for before in reversed(range(turns)):
        x, y, w, h = box
        box = Box((height if before % 2 else width) - y - h, x, h, w)
    return box
