"""One model on several sets: what it answered, what that amounts to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from model.card import ModelCard
from model.datasets import GlyphSet, PhotoSet
from model.evaluation.answer import Answer
from model.evaluation.figures import Figures, figures, rejection
from model.evaluation.measure import answers
from model.evaluation.statistics import Roc, Share
from model.reader import DigitReader


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """A set, and what was answered to it."""

    name: str
    answers: tuple[Answer, ...]
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", figures(self.name, self.answers))

    @property
    def has_digits(self) -> bool:
        """Whether there is a digit in any of its pictures."""
        return any(a.label for a in self.answers)

    @property
    def unreadable(self) -> tuple[Answer, ...]:
        """What stands for files that could not be read."""
        return tuple(a for a in self.answers if a.unreadable)

    @property
    def is_of_glyphs(self) -> bool:
        """Whether its pictures were shown as ink already, at stage 4; they are no photos."""
        return bool(self.answers) and self.answers[0].is_glyph


@dataclass(frozen=True, slots=True)
class Damage:
    """How many photos of one set are right in full, at each severity of one kind of damage."""

    kind: str
    set: str
    severities: tuple[str, ...]  # the first is none
    right: tuple[Share, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What was measured of one model."""

    card: ModelCard
    sets: tuple[Answered, ...]
    damages: tuple[Damage, ...] = ()

    @property
    def photos(self) -> tuple[Answer, ...]:
        """The answers to photos, of all sets."""
        return tuple(chain.from_iterable(s.answers for s in self.sets if not s.is_of_glyphs))

    def damages_to(self, kind: str, *, digits: bool) -> list[Damage]:
        """What one kind of damage does to the sets with digits, or to those without any."""
        names = {s.name for s in self.sets if s.has_digits is digits}
        return [d for d in self.damages if d.kind == kind and d.set in names]

    @property
    def rejection(self) -> Roc | None:
        """How well the reader's score tells photos with a digit from those without."""
        return rejection(self.photos, self.photos)


def evaluate(
    reader: DigitReader,
    sets: Sequence[PhotoSet | GlyphSet],
    on_answers: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """Put every picture to `reader`; `on_answers` is told how many more are answered."""
    return Evaluation(
        reader.card, tuple(Answered(part.name, answers(reader, part, on_answers)) for part in sets)
    )
