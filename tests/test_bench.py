"""The benchmark's own sums: a figure that flatters us would be worse than none."""

from fractions import Fraction
from io import BytesIO

import pytest
from PIL import Image

from bench.comparison import Comparison, Goal, alternate
from bench.photos import DRAW, photo


@pytest.mark.parametrize(
    ("ours", "goal", "met"),
    [
        (2.0, Goal(Fraction(1, 4)), True),
        (3.0, Goal(Fraction(1, 4)), False),
        (20.0, Goal(Fraction(2), at_least=True), True),
        (15.0, Goal(Fraction(2), at_least=True), False),
    ],
)
def test_tells_whether_the_goal_is_met(ours: float, goal: Goal, met: bool) -> None:
    cells = Comparison("start", ours, "rival", 10.0, "s", goal).cells()
    assert cells[-1] == ("met" if met else "NOT MET")
    assert cells[-3] == f"{ours / 10:.3g}"


def test_measures_in_turns_and_forgets_the_warm_up() -> None:
    turns: list[str] = []
    ours, theirs = iter([100.0, 1.0, 2.0, 9.0]), iter([100.0, 10.0, 20.0, 90.0])

    def take_ours() -> float:
        turns.append("ours")
        return next(ours)

    def take_theirs() -> float:
        turns.append("theirs")
        return next(theirs)

    assert alternate(take_ours, take_theirs, times=3, warm_up=1) == (2.0, 20.0)
    assert turns == ["ours", "theirs"] * 4


@pytest.mark.parametrize("digit", DRAW)
def test_photos_are_as_telegram_delivers_them(digit: int) -> None:
    data = photo(digit)
    assert data == photo(digit)
    assert 80_000 < len(data) < 130_000
    with Image.open(BytesIO(data)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (1280, 960), "RGB")
