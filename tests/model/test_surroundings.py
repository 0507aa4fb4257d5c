"""The end of stage 1: corners beyond the paper are painted over, and nothing that is written."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.pipeline.surroundings import without_surroundings
from tests.model.pictures import Pixels, as_picture, grain, page, turned

PAPER = 205
PAGE = page(size=(480, 360), paper=(PAPER, PAPER, PAPER))


def painted(image: Pixels) -> Pixels:
    return without_surroundings(as_picture(image)).grey


@settings(deadline=None, max_examples=40)
@given(
    degrees=st.floats(4, 15) | st.floats(-15, -4),
    filling=st.integers(0, 150) | st.integers(240, 255),
    noise=st.floats(0, 3),
)
def test_corners_of_a_turned_page_become_paper(degrees: float, filling: int, noise: float) -> None:
    image = grain(turned(PAGE, degrees, (filling,) * 3), noise)
    corners = [painted(image)[y, x] for y in (3, -4) for x in (3, -4)]
    assert np.abs(np.array(corners, int) - PAPER).max() < 20


def test_the_colours_are_painted_as_the_grey_is() -> None:
    image = turned(PAGE, 10, (0, 90, 0))
    picture = without_surroundings(as_picture(image))
    assert picture.pixels is picture.pixels  # painted once
    assert np.abs(picture.pixels[2, 2].astype(int) - PAPER).max() < 8
    assert (picture.pixels[180:260, 200:300] == image[180:260, 200:300]).all()


def test_a_strip_of_table_below_the_page_becomes_paper() -> None:
    image = PAGE.copy()
    image[310:] = 35
    assert painted(image)[300:].min() > 180


@pytest.mark.parametrize("degrees", [15, -15])
@pytest.mark.parametrize("seed", range(4))
def test_the_edge_of_a_scan_that_turning_drew_out_becomes_paper(degrees: int, seed: int) -> None:
    image = PAGE.copy()
    image[:, :6] = np.random.default_rng(seed).integers(0, 46, (36, 1, 1)).repeat(10, axis=0)
    turn = cv2.getRotationMatrix2D((240, 180), degrees, 1)
    askew = cv2.warpAffine(image, turn, (480, 360), borderMode=cv2.BORDER_REPLICATE)
    rows = slice(-40, None) if degrees > 0 else slice(40)
    assert askew[rows, :10].max() < 60
    assert painted(askew.astype(np.uint8))[rows, :10].min() > 180


@pytest.mark.parametrize("height", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("digit", [1, 4, 7])
def test_a_page_without_surroundings_stays_as_it_is(digit: int, height: float) -> None:
    picture = as_picture(page(digit, height=height, pen=0.14))
    assert without_surroundings(picture) is picture


def test_a_corner_with_something_written_in_it_stays() -> None:
    image = PAGE.copy()
    image[:150, :150] = (120, 120, 120)
    cv2.putText(image, "7", (45, 115), cv2.FONT_HERSHEY_SIMPLEX, 3, (10, 10, 10), 8)
    assert (painted(image)[:150, :150] == cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[:150, :150]).all()


@pytest.mark.parametrize("into", [0, 6, 12])
def test_a_shadow_in_a_corner_that_a_stroke_runs_into_stays(into: int) -> None:
    image = np.full((360, 480, 3), PAPER, np.uint8)
    image[:, 380:] = PAPER // 2
    cv2.line(image, (150, 180), (380 + into, 180), (20, 20, 20), 14)
    picture = as_picture(image)
    assert without_surroundings(picture) is picture
    assert without_surroundings(as_picture(np.maximum(image, PAPER // 2))) is not picture


@pytest.mark.parametrize("lean", [0, 12, 30])
def test_a_stroke_that_fills_the_picture_is_not_taken_for_the_page(lean: int) -> None:
    image = np.full((60, 24 + lean, 3), PAPER, np.uint8)
    cv2.line(image, (12 + lean, -5), (12, 65), (40, 40, 40), 14)
    picture = as_picture(image)
    assert without_surroundings(picture) is picture


def test_blank_paper_and_a_single_pixel_high_strip_stay() -> None:
    for shape in ((300, 400, 3), (8, 640, 3)):
        picture = as_picture(np.full(shape, PAPER, np.uint8))
        assert without_surroundings(picture) is picture
