"""The statistics of an evaluation: shares with their intervals, paired tests, calibration, ROC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb, sqrt

import numpy as np

Z = 1.959964  # standard deviations that hold 95 % of a normal distribution
BINS = 15  # of confidence, for the calibration error
BANDS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0)  # of confidence, for people


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing is 0."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % score interval (1927), which holds near 0 and 1, and of few, as well."""
        if not self.total:
            return 0.0, 1.0
        n, p = self.total, self.value
        centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        reach = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, min(p, centre - reach)), min(1.0, max(p, centre + reach))

    @property
    def rest(self) -> "Share":
        """The others."""
        return Share(self.total - self.count, self.total)


def together(shares: Iterable[Share]) -> Share:
    """Several shares as that of all their cases."""
    listed = list(shares)
    return Share(sum(s.count for s in listed), sum(s.total for s in listed))


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided p of McNemar's exact test (1947).

    How likely is so uneven a split of the cases in which just one of two is right, or a more uneven
    one, if both are equally good?
    """
    n = only_first + only_second
    tail = sum(comb(n, k) for k in range(min(only_first, only_second) + 1))
    return min(1.0, 2 * tail / 2**n)


@dataclass(frozen=True, slots=True)
class Bin:
    """The claims of a like confidence."""

    low: float
    high: float
    claimed: float  # their mean confidence; 0 if there are none
    right: Share


def bins(
    confidence: Sequence[float], right: Sequence[bool], edges: Sequence[float] | None = None
) -> tuple[Bin, ...]:
    """Sort claims by their confidence into equal bins, or those between `edges`."""
    edges = np.linspace(0, 1, BINS + 1).tolist() if edges is None else edges
    claimed, true = np.asarray(confidence, float), np.asarray(right, bool)
    which = np.clip(np.searchsorted(edges, claimed, side="right") - 1, 0, len(edges) - 2)
    result = []
    for i, (low, high) in enumerate(pairwise(edges)):
        own = which == i
        count = int(own.sum())
        mean = float(claimed[own].mean()) if count else 0.0
        result.append(Bin(low, high, mean, Share(int(true[own].sum()), count)))
    return tuple(result)


def calibration_error(parts: Sequence[Bin]) -> float:
    """Expected calibration error (Naeini et al. 2015): the mean gap between claim and truth."""
    total = sum(b.right.total for b in parts)
    gaps = sum(b.right.total * abs(b.right.value - b.claimed) for b in parts)
    return gaps / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Roc:
    """What each threshold on a score lets through."""

    points: tuple[tuple[float, float], ...]  # share of negatives, of positives; from (0, 0)
    area: float
    positives: int
    negatives: int

    def passing(self, positives: float) -> float:
        """The least share of negatives let through when at least `positives` of the others are."""
        return min(x for x, y in self.points if y >= positives)

    def offers(self) -> tuple[tuple[float, float], ...]:
        """What a threshold may be chosen for: so many positives, at the cost of so many others."""
        return tuple((y, self.passing(y)) for y in (0.95, 0.98, 0.99, 0.995, 1.0))


def roc(positives: Sequence[float], negatives: Sequence[float]) -> Roc | None:
    """The receiver operating characteristic of a score; None if one side is empty."""
    if not positives or not negatives:
        return None
    good, bad = np.sort(positives), np.sort(negatives)
    steps = np.unique(np.concatenate([good, bad]))[::-1]
    y = 1 - np.searchsorted(good, steps) / len(good)
    x = 1 - np.searchsorted(bad, steps) / len(bad)
    xs, ys = np.append(0.0, x), np.append(0.0, y)
    area = float(np.trapezoid(ys, xs))
    points = tuple(zip(xs.tolist(), ys.tolist(), strict=True))
    return Roc(points, area, len(good), len(bad))
