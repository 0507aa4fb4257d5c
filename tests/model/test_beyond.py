"""What is read beyond a sheet is not what is written on it: labels, outlines, grain."""

import cv2
import numpy as np
import pytest

from model import DigitReader
from model.beyond import is_beyond, may_be_disc
from model.reading import Box, Digit, Reading, Timings
from tests.model.pictures import Pixels, encode, page, written

WHITE = (255, 255, 255)


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader.load()


def badge(digits: str, tint: tuple[int, int, int]) -> Pixels:
    """Light digits on a filled circle."""
    image = np.full((480, 640, 3), (225, 222, 215), np.uint8)
    cv2.circle(image, (330, 230), 150, tint, -1, cv2.LINE_AA)
    strokes = written(digits, gap=0.05, side=110) < 130
    ys, xs = np.nonzero(strokes.all(axis=2))
    cut = strokes[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    h, w = cut.shape[:2]
    there = image[230 - h // 2 :, 330 - w // 2 :][:h, :w]
    there[cut] = 250
    return image


def chart(digit: int) -> Pixels:
    """What matplotlib makes of a picture of a digit: light on dark, axes with numbers."""
    image = np.full((480, 480, 3), 255, np.uint8)
    image[60:430, 70:440] = page(digit, size=(370, 370), ink=WHITE, paper=(0, 0, 0))
    for i in range(6):
        label = str(5 * i)
        cv2.putText(image, label, (30, 75 + 66 * i), 0, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
        cv2.putText(image, label, (70 + 66 * i, 460), 0, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("digits", ["7", "4", "74", "47"])
@pytest.mark.parametrize("tint", [(190, 30, 40), (20, 60, 150), (30, 30, 30)])
def test_a_badge_says_what_is_on_it(
    reader: DigitReader, digits: str, tint: tuple[int, int, int]
) -> None:
    assert reader.read(encode(badge(digits, tint))).number == digits


@pytest.mark.parametrize("digit", [7, 4, 1])
def test_a_chart_says_what_it_shows_not_what_is_along_its_axes(
    reader: DigitReader, digit: int
) -> None:
    assert reader.read(encode(chart(digit))).number == str(digit)


def test_pictures_side_by_side_are_read_in_rows(reader: DigitReader) -> None:
    image = np.full((480, 640, 3), 255, np.uint8)
    for i, digit in enumerate((7, 4, 4, 7, 4, 7)):
        x, y = 40 + i % 3 * 195, 40 + i // 3 * 205
        image[y : y + 180, x : x + 170] = page(digit, size=(170, 180), ink=WHITE, paper=(0, 0, 0))
    assert reader.read(encode(image)).number == "744|747"


@pytest.mark.parametrize("pen", [40, 70, 100])
def test_a_0_of_a_broad_pen_is_no_badge(reader: DigitReader, pen: int) -> None:
    image = np.full((480, 640, 3), (225, 222, 215), np.uint8)
    cv2.ellipse(image, (320, 240), (110, 160), 8, 0, 360, (40, 40, 60), pen, cv2.LINE_AA)
    assert reader.read(encode(image)).number == "0"


def test_what_may_be_a_disc(reader: DigitReader) -> None:
    image = np.full((480, 640, 3), (225, 222, 215), np.uint8)
    cv2.ellipse(image, (320, 240), (110, 160), 8, 0, 360, (40, 40, 60), 30, cv2.LINE_AA)
    thin = reader.trace(encode(image)).chosen
    assert thin is not None
    assert thin.digit == 0
    assert not may_be_disc(thin)
    assert not may_be_disc(None)


def reading(*boxes: Box, digit: int = 5) -> Reading:
    digits = [Digit(digit, 1.0, (), box, np.zeros((28, 28), np.float32)) for box in boxes]
    return Reading("ok", "5" * len(boxes), tuple(digits), "a model", Timings())


def test_what_lies_beyond_a_sheet() -> None:
    sheet = Box(100, 100, 300, 300)
    assert is_beyond(reading(), sheet), "nothing was read: so look"
    assert not is_beyond(reading(Box(150, 150, 50, 80), Box(220, 150, 50, 80)), sheet)
    assert is_beyond(reading(Box(10, 150, 9, 12), Box(10, 250, 9, 12)), sheet), "labels"
    assert not is_beyond(reading(Box(10, 150, 50, 80), Box(10, 250, 50, 80)), sheet), "a number"
    assert is_beyond(reading(Box(10, 9, 5, 80), Box(20, 9, 5, 80), digit=1), sheet), "grain"
    assert is_beyond(reading(Box(98, 98, 304, 304), digit=0), sheet), "its outline"
    assert not is_beyond(reading(Box(200, 150, 60, 90), digit=0), sheet)
