"""One glyph, and what the network makes of it: what the reader weighs against others."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from model.pipeline.evidence import LONG
from model.pipeline.glyphs import Glyph
from model.pipeline.ink import InkMap
from model.pipeline.normalise import Ink
from model.pipeline.sheet import within

CLEAR = 0.93  # of this quality a digit outdoes what is paler: that may be a shadow
FRAMED = 0.8  # and one of this quality what it was taken from, by its frame,
NONE = 0.1  # if that has less digitness than this:
FRAME = 0.2  # it counts for this share of its weight
ROD = 0.3  # and so does a pen that lies beside a digit, a stroke
MUCH = 4.0  # that is longer, but not so many times


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One glyph of one opinion on the ink, and what the network makes of it."""

    ink: InkMap
    glyph: Glyph
    picture: Ink  # (28, 28)
    scores: tuple[float, ...]
    digitness: float  # of the network: that it is a digit, whichever
    belief: float = 1.0  # in the opinion on the ink that it comes from

    @property
    def digit(self) -> int:
        """The likeliest digit, if it is one."""
        return self.scores.index(max(self.scores))

    @property
    def quality(self) -> float:
        """How surely it is one certain digit."""
        return self.digitness * max(self.scores)

    @property
    def credit(self) -> float:
        """How far to believe that it is a digit at all, whatever else is there."""
        return self.belief * credit(self.digitness, max(self.scores))

    @property
    def longest(self) -> int:
        """Pixels of the glyph's longest side in the picture it was found in."""
        return max(self.glyph.box.w, self.glyph.box.h)

    def standing(self, rivals: Sequence["Candidate"]) -> float:
        """How surely it is a digit, and the one that is meant: what is small beside another piece
        of ink is a part of something, or dirt.
        """
        prominence = sqrt(self.glyph.weight / max(self._weighed(r) for r in rivals))
        rod = ROD if any(self.is_rod_beside(r) for r in rivals) else 1.0
        return self.belief * self.digitness * prominence * rod

    def _weighed(self, rival: "Candidate") -> float:
        """The weight of a rival of this; the paler it is than a clear digit, the less.

        And what holds a digit hardly is one, where its frame was taken from that.
        """
        weight = rival.glyph.weight
        if rival.is_rod_beside(self):
            weight *= ROD
        if self.quality >= FRAMED and self._was_framed_by(rival):
            weight *= FRAME
        if self.quality < CLEAR:
            return weight
        return weight * min(1.0, rival.glyph.full / self.glyph.full) ** 2

    def is_rod_beside(self, other: "Candidate") -> bool:
        """Whether this is a stroke so much longer than a clear digit that it is a pen beside it.

        A small 0 beside a one is as likely to be some other thing.
        """
        if self.digit != 1 or other.digit in (0, 1) or other.quality < CLEAR:
            return False
        return LONG * other.longest < self.longest < MUCH * other.longest

    def _was_framed_by(self, rival: "Candidate") -> bool:
        around = within(self.glyph.box, rival.glyph.box)
        return self.ink.framed and around and rival.digitness < NONE

    def merit(self, rivals: Sequence["Candidate"]) -> float:
        """How good an answer this would be: of good standing, and clearly one digit."""
        return self.standing(rivals) * max(self.scores)


def credit(digitness: float, likeliest: float) -> float:
    """How far to believe that a glyph is a digit: what could be several often is none."""
    return digitness * sqrt(likeliest)
