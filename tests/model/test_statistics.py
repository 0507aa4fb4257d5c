"""Intervals, paired tests, calibration, ROC: against values known from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.evaluation.statistics import (
    Share,
    bins,
    calibration_error,
    mcnemar,
    roc,
    together,
)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [  # scipy.stats.binomtest(count, total).proportion_ci(method="wilson")
        (82, 86, 0.886430, 0.981766),
        (398, 400, 0.981955, 0.998628),
        (0, 55, 0.0, 0.065284),
        (5, 5, 0.565518, 1.0),
    ],
)
def test_wilsons_interval(count: int, total: int, low: float, high: float) -> None:
    assert Share(count, total).interval == pytest.approx((low, high), abs=1e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(case: tuple[int, int]) -> None:
    share = Share(*case)
    low, high = share.interval
    assert 0 <= low <= share.value <= high <= 1


def test_nothing_says_nothing() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)
    assert together([]).total == 0
    assert together([Share(1, 2), Share(3, 4)]) == Share(4, 6)


@pytest.mark.parametrize(
    ("b", "c", "p"),
    [  # scipy.stats.binomtest(b, b + c).pvalue
        (0, 0, 1.0),
        (1, 0, 1.0),
        (0, 5, 0.0625),
        (0, 6, 0.03125),
        (3, 12, 0.03515625),
        (10, 10, 1.0),
        (400, 500, 0.000956444),
    ],
)
def test_mcnemars_exact_test(b: int, c: int, p: float) -> None:
    assert mcnemar(b, c) == pytest.approx(p, rel=1e-3)
    assert mcnemar(c, b) == mcnemar(b, c)


def error_of(confidence: list[float], right: list[bool]) -> float:
    return calibration_error(bins(confidence, right))


def test_calibration_error_is_the_gap_between_claim_and_truth() -> None:
    assert error_of([0.75] * 4, [True] * 3 + [False]) == pytest.approx(0)
    assert error_of([0.99] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.49)
    assert error_of([0.99] * 2 + [0.5] * 2, [True, True, True, False]) == pytest.approx(0.005)
    assert error_of([], []) == 0


def test_every_claim_is_in_one_bin() -> None:
    parts = bins([0.0, 0.5, 0.9, 1.0], [True] * 4, (0.0, 0.5, 1.0))
    assert [b.right.total for b in parts] == [1, 3]
    assert sum(b.right.total for b in bins([0.0, 0.2, 1.0], [True] * 3)) == 3


def test_roc_of_a_score_that_tells_all_half_and_nothing() -> None:
    perfect = roc([0.8, 0.9], [0.1, 0.2])
    assert perfect is not None
    assert perfect.area == 1
    assert perfect.passing(1.0) == 0
    none = roc([0.5, 0.5], [0.5])
    assert none is not None
    assert none.area == 0.5
    half = roc([0.9, 0.3], [0.5, 0.1])
    assert half is not None
    assert half.area == 0.75
    assert half.passing(0.5) == 0
    assert half.passing(1.0) == 0.5
    assert roc([], [0.1]) is None
