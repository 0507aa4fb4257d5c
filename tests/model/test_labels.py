"""Labels of several digits, and how near an answer comes to one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.labels import NONE, Pair, align, clean_label, is_right

digits = st.text("0123456789", max_size=8)


@pytest.mark.parametrize(
    ("label", "answer", "right"),
    [
        ("7", "7", True),
        ("", "", True),
        ("", "7", False),
        ("7", "", False),
        ("12|34", "12|34", True),
        ("12|34", "1234", False),
        ("12", "21", False),
        ("1 2 2", "221", True),
        ("1 2 2", "2|21", True),
        ("1 2 2", "211", False),
    ],
)
def test_right_is_right_in_full(label: str, answer: str, right: bool) -> None:
    assert is_right(label, answer) is right


def test_digits_are_paired_with_the_fewest_mistakes() -> None:
    assert align("2024", "224") == (
        Pair(2, 2, 0),
        Pair(0, NONE),
        Pair(2, 2, 1),
        Pair(4, 4, 2),
    )
    assert align("17", "1|77") == (Pair(1, 1, 0), Pair(NONE, 7, 1), Pair(7, 7, 2))
    assert align("17", "11") == (Pair(1, 1, 0), Pair(7, 1, 1))
    assert align("", "8") == (Pair(NONE, 8, 0),)


def test_scattered_digits_are_paired_in_any_order() -> None:
    pairs = align("1 2 3", "351")
    assert {(p.truth, p.said, p.place) for p in pairs} == {(3, 3, 0), (1, 1, 2), (2, 5, 1)}


def edit_distance(a: str, b: str) -> int:
    """By its definition."""
    if not a or not b:
        return len(a) + len(b)
    return min(
        edit_distance(a[1:], b[1:]) + (a[0] != b[0]),
        edit_distance(a[1:], b) + 1,
        edit_distance(a, b[1:]) + 1,
    )


@given(st.text("012", max_size=5), st.text("012", max_size=5))
def test_wrong_pairs_are_the_edit_distance(label: str, answer: str) -> None:
    assert sum(not p.is_right for p in align(label, answer)) == edit_distance(label, answer)


@given(digits, digits)
def test_every_digit_is_in_one_pair(label: str, answer: str) -> None:
    for form in (label, " ".join(label)):
        pairs = align(form, answer)
        said = {p.place: p.said for p in pairs if p.place is not None}
        assert "".join(str(said[i]) for i in range(len(answer))) == answer
        assert sorted(p.truth for p in pairs if p.truth != NONE) == sorted(map(int, label))


def test_space_that_says_nothing_is_dropped() -> None:
    assert clean_label(" 12 | 34 ") == "12|34"
    assert clean_label("1  2\t3") == "1 2 3"
    assert clean_label("  ") == ""


@pytest.mark.parametrize("text", ["seven", "7.", "1||2", "|1", "-1", "\u0667", "12|"])
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no label"):
        clean_label(text)
