"""Sets two models side by side on the same pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from model.datasets import GlyphSet, PhotoSet
from model.evaluation.answer import Answer
from model.evaluation.evaluation import Answered, Evaluation, evaluate
from model.evaluation.figures import Figures
from model.evaluation.statistics import mcnemar
from model.reader import DigitReader

SIGNIFICANT = 0.05  # a p below it is called a difference

Verdict = Literal["better", "worse", "no clear difference"]


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One picture, answered by both."""

    before: Answer
    after: Answer


@dataclass(frozen=True, slots=True, eq=False)
class SetComparison:
    """Two models on one set."""

    before: Figures
    after: Figures
    newly_right: tuple[Change, ...]
    newly_wrong: tuple[Change, ...]
    p: float  # of McNemar's exact test on what is right in full

    @property
    def name(self) -> str:
        """The set's."""
        return self.after.name

    @property
    def verdict(self) -> Verdict:
        """Whether the second is better or worse by more than chance explains."""
        if self.p >= SIGNIFICANT:
            return "no clear difference"
        return "better" if len(self.newly_right) > len(self.newly_wrong) else "worse"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two models on several sets."""

    before: Evaluation
    after: Evaluation
    sets: tuple[SetComparison, ...]


def compare(
    before: DigitReader,
    after: DigitReader,
    sets: Sequence[PhotoSet | GlyphSet],
    on_answers: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Put every picture to both; `on_answers` is told how many more are answered."""
    return side_by_side(*(evaluate(reader, sets, on_answers) for reader in (before, after)))


def side_by_side(before: Evaluation, after: Evaluation) -> Comparison:
    """Compare what two models answered to the same sets."""
    pairs = zip(before.sets, after.sets, strict=True)
    return Comparison(before, after, tuple(_compare(a, b) for a, b in pairs))


def _compare(before: Answered, after: Answered) -> SetComparison:
    changes = [Change(a, b) for a, b in zip(before.answers, after.answers, strict=True)]
    newly_right = tuple(c for c in changes if c.after.is_right and not c.before.is_right)
    newly_wrong = tuple(c for c in changes if c.before.is_right and not c.after.is_right)
    p = mcnemar(len(newly_wrong), len(newly_right))
    return SetComparison(before.figures, after.figures, newly_right, newly_wrong, p)
