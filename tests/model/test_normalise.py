"""Stage 4: MNIST's convention, thin strokes kept visible, and the gate before the network."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.pipeline.normalise import DEFAULT, Ink, NotInk, normalise, stroke_width


def bar(h: int, w: int, size: int = 200) -> Ink:
    ink = np.zeros((size, size), np.float32)
    y, x = (size - h) // 3, (size - w) // 4
    ink[y : y + h, x : x + w] = 1
    return ink


def centre_of_mass(glyph: Ink) -> tuple[float, float]:
    mass = glyph.sum()
    return float(np.arange(28) @ glyph.sum(0) / mass), float(np.arange(28) @ glyph.sum(1) / mass)


def test_the_longest_side_becomes_twenty_and_the_mass_is_centred() -> None:
    glyph = normalise(bar(160, 60))
    _, _, w, h = cv2.boundingRect((glyph > 0.3).astype(np.uint8))
    assert h == 20
    assert w in (7, 8)
    assert centre_of_mass(glyph) == pytest.approx((14, 14), abs=0.6)


def test_a_picture_in_mnists_own_form_is_left_alone() -> None:
    original = np.zeros((28, 28), np.float32)
    original[4:24, 8:20] = 1
    original[7:21, 11:17] = 0
    assert np.abs(normalise(original) - original).max() < 0.01


@pytest.mark.parametrize("size", [100, 400, 640])
@pytest.mark.parametrize("pen", [1, 2, 5])
def test_a_hair_line_keeps_a_visible_stroke(size: int, pen: int) -> None:
    ink = np.zeros((size, size), np.float32)
    cv2.polylines(
        ink, [np.array([[20, 20], [size - 20, 20], [size // 2, size - 20]])], False, 1.0, pen
    )
    glyph = normalise(ink)
    plain = cv2.resize(ink[18:-18, 18:-18], (20, 20), interpolation=cv2.INTER_AREA)
    assert glyph.max() == pytest.approx(1, abs=0.01)
    assert stroke_width(glyph) > 1.4
    if pen / size < 0.02:
        assert glyph.sum() > 2 * plain.sum(), "the plain reduction loses most of the line"


def test_a_wide_stroke_is_not_widened() -> None:
    ink = bar(160, 60)
    plain = cv2.resize(ink[ink.any(1)][:, ink.any(0)], (8, 20), interpolation=cv2.INTER_AREA)
    assert normalise(ink).sum() == pytest.approx(plain.sum(), rel=0.02)


def test_stroke_width_is_measured_for_soft_and_hard_edges() -> None:
    assert stroke_width(bar(150, 10)) == pytest.approx(10, rel=0.1)
    soft = cv2.GaussianBlur(bar(150, 10), (0, 0), 1.5)
    assert stroke_width(soft) == pytest.approx(10, rel=0.15)
    assert stroke_width(np.zeros((5, 5), np.float32)) == 0


def test_no_ink_gives_an_empty_field() -> None:
    assert normalise(np.zeros((40, 30), np.float32)).max() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        np.full((20, 20), 255, np.float32),
        np.full((20, 20), 128, np.uint8),
        np.full((20, 20), -0.1, np.float32),
        np.full((20, 20), np.nan, np.float32),
        np.zeros((20, 20, 1), np.float32),
        np.zeros((20, 20), np.float64),
        np.zeros((0, 20), np.float32),
    ],
    ids=["0-255", "bytes", "negative", "nan", "3-d", "float64", "empty"],
)
def test_what_is_not_ink_is_refused(wrong: Ink) -> None:
    with pytest.raises(NotInk):
        normalise(wrong)


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 60), st.integers(1, 60)),
        elements=st.floats(0, 1, width=32),
    )
)
def test_any_ink_gives_a_glyph_in_range(ink: Ink) -> None:
    glyph = normalise(ink)
    assert glyph.shape == (28, 28)
    assert glyph.dtype == np.float32
    assert 0 <= glyph.min() <= glyph.max() <= 1
    assert (glyph.max() > 0) == (ink.max() >= 1 / 255)


def test_what_normalise_yields_is_what_version_1_yielded() -> None:
    """If this fails, the pictures that models were trained on have changed: raise VERSION in
    model/pipeline/params.py, train anew, and put the new figures here.
    """
    ink = np.zeros((120, 90), np.float32)
    cv2.ellipse(ink, (45, 60), (30, 48), 10, 0, 300, 1.0, 5, cv2.LINE_8)
    glyph = normalise(ink, DEFAULT)
    rows = [round(float(v), 1) for v in glyph.sum(axis=1)[4:24]]
    assert rows == pytest.approx(
        [
            3.2,
            6.7,
            6.2,
            4.0,
            2.5,
            2.2,
            2.2,
            2.2,
            2.1,
            2.0,
            3.6,
            4.1,
            4.3,
            4.3,
            4.4,
            4.7,
            5.0,
            6.3,
            6.7,
            3.2,
        ],
        abs=0.3,
    )
