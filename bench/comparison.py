"""One line of the result: what was measured of ours and of the rival, and whether that will do."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Goal:
    """What ours divided by the rival's should be."""

    ratio: Fraction
    at_least: bool = False

    def met(self, ratio: float) -> bool:
        """Return if a measured ratio is good enough."""
        return ratio >= self.ratio if self.at_least else ratio <= self.ratio

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.ratio}"


class Row(Protocol):
    """What the table shows."""

    @property
    def note(self) -> str:
        """What stands below the table."""
        ...

    def cells(self) -> Sequence[str]:
        """Return what, ours, the rival's, who that is, ratio, goal, and if it was met."""
        ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measured line; `ours` and `theirs` are medians in `unit`."""

    what: str
    ours: float
    rival: str
    theirs: float
    unit: str
    goal: Goal
    note: str = ""

    def cells(self) -> Sequence[str]:
        """Return the line's cells."""
        ratio = self.ours / self.theirs
        return (
            self.what,
            f"{self.ours:.3g} {self.unit}",
            f"{self.theirs:.3g} {self.unit}",
            self.rival,
            f"{ratio:.3g}",
            str(self.goal),
            "met" if self.goal.met(ratio) else "NOT MET",
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that could not be measured here."""

    what: str
    reason: str
    note: str = ""

    def cells(self) -> Sequence[str]:
        """Return the line's cells."""
        return (self.what, "–", "–", self.reason, "–", "–", "skipped")


def alternate(
    ours: Callable[[], float], theirs: Callable[[], float], *, times: int, warm_up: int
) -> tuple[float, float]:
    """Measure both in turns, so that a busy machine slows both, and return the two medians."""
    for _ in range(warm_up):
        ours()
        theirs()
    pairs = [(ours(), theirs()) for _ in range(times)]
    first, second = zip(*pairs, strict=True)
    return statistics.median(first), statistics.median(second)


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000
