"""What lies beside digits, or where there is none: light that falls off, pens, coins, bar codes."""

from itertools import pairwise

import cv2
import numpy as np
import pytest

from model import DigitReader
from model.pipeline.evidence import is_circle, is_fold
from model.pipeline.image import decode
from model.pipeline.ink import likeliest
from model.pipeline.pieces import lay_out
from tests.model.pictures import Pixels, encode, grain, page


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader.load()


def lit(image: Pixels, degrees: float, darkest: float = 0.6) -> Pixels:
    """The light falls off to a share of it in this direction, and a camera's noise."""
    h, w = image.shape[:2]
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    along = x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
    fall = np.clip((along - along.min()) / np.ptp(along), 0, 1) ** 2
    return grain((image * (1 - (1 - darkest) * fall[..., None])).astype(np.uint8), 1.5)


def blank(w: int = 900, h: int = 1200) -> Pixels:
    return np.full((h, w, 3), (228, 224, 214), np.uint8)


@pytest.mark.parametrize("darkest", [0.8, 0.6, 0.4])
@pytest.mark.parametrize("degrees", [0, 45, 90, 200])
def test_light_that_falls_off_is_no_ink(
    reader: DigitReader, degrees: float, darkest: float
) -> None:
    photo = encode(lit(blank(), degrees, darkest), "JPEG", quality=80)
    assert reader.read(photo).status == "no_digit"


@pytest.mark.parametrize("degrees", [0, 45, 90, 200])
def test_a_digit_in_such_light_is_read(reader: DigitReader, degrees: float) -> None:
    photo = lit(page(4, size=(900, 1200), height=0.3), degrees)
    assert reader.read(encode(photo, "JPEG")).number == "4"


@pytest.mark.parametrize("digit", [4, 7])
@pytest.mark.parametrize("at", [90, 560])
def test_a_pen_beside_a_digit_is_no_one(reader: DigitReader, digit: int, at: int) -> None:
    photo = page(digit, size=(640, 480), height=0.35)
    cv2.line(photo, (at, 60), (at + 20, 420), (150, 40, 30), 13, cv2.LINE_AA)
    assert reader.read(encode(photo)).number == str(digit)


def test_a_tall_one_of_a_number_is_read(reader: DigitReader) -> None:
    photo = page(7, size=(640, 480), height=0.35)
    cv2.line(photo, (460, 120), (455, 345), (40, 40, 50), 13, cv2.LINE_AA)
    assert reader.read(encode(photo)).number == "71"


@pytest.mark.parametrize("digit", [4, 7])
def test_where_a_paper_ends_there_is_no_one(reader: DigitReader, digit: int) -> None:
    photo = page(digit, size=(640, 480), height=0.35, centre=(0.35, 0.5))
    photo[100:380, 460:] = 150  # what lies behind it,
    cv2.line(photo, (460, 100), (462, 380), (105, 100, 98), 7, cv2.LINE_AA)  # and its shadow there
    assert reader.read(encode(photo)).number == str(digit)


def test_a_coin_beside_a_digit_is_no_zero(reader: DigitReader) -> None:
    photo = page(4, size=(640, 480), height=0.4, centre=(0.35, 0.5))
    cv2.circle(photo, (480, 190), 50, (150, 140, 120), cv2.FILLED, cv2.LINE_AA)
    cv2.circle(photo, (480, 190), 32, (185, 165, 110), cv2.FILLED, cv2.LINE_AA)
    assert reader.read(encode(photo)).number == "4"


def test_a_bar_code_is_no_number(reader: DigitReader) -> None:
    photo = np.full((360, 640, 3), 240, np.uint8)
    steps = np.random.default_rng(3).choice([3, 3, 6, 9, 12], 70).cumsum() + 80
    for dark, (left, right) in enumerate(pairwise(steps)):
        if dark % 2:
            photo[100:260, left:right] = 20
    assert reader.read(encode(photo)).status == "no_digit"


@pytest.mark.parametrize("wide", [None, 20, 30])
def test_a_fold_is_shade_and_a_stroke_out_of_focus_is_none(wide: int | None) -> None:
    """Both are soft; a fold more and more gently to its sides."""
    photo = blank(480, 480)
    if wide is not None:
        away = np.abs(np.arange(480) - 240) / wide
        photo[60:420] = (photo[60:420] * (1 - 0.4 * np.exp(-away))[None, :, None]).astype(np.uint8)
    else:
        cv2.line(photo, (240, 60), (240, 420), (40, 40, 50), 24)
        photo = cv2.GaussianBlur(photo, (0, 0), 5)
    ink = likeliest(decode(encode(photo)))
    assert ink is not None
    first, *_ = lay_out(ink).pieces
    assert is_fold(first.box, ink) is (wide is not None)


def ring(radius: float, wobble: float = 0.0, width: int = 8, *, inverted: bool = False) -> Pixels:
    """A circle whose radius strays by this share of it, three times on its way around."""
    angles = np.linspace(0, 2 * np.pi, 240)
    reach = radius * (1 + wobble * np.sin(3 * angles + 1))
    points = np.stack([240.3 + reach * np.cos(angles), 180.6 + reach * np.sin(angles)], axis=1)
    paper, pen = ((30, 30, 34), (230, 230, 220)) if inverted else ((228, 224, 214), (40, 40, 50))
    photo = np.full((360, 480, 3), paper, np.uint8)
    fixed = np.round(points * 16).astype(np.int32)
    cv2.polylines(photo, [fixed], True, pen, width, cv2.LINE_AA, 4)
    return photo


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("width", [2, 8, 16])
@pytest.mark.parametrize("radius", [25, 60, 140])
def test_a_circle_as_round_as_compasses_draw_is_no_zero(
    reader: DigitReader, radius: float, width: int, inverted: bool
) -> None:
    photo = ring(radius, width=width, inverted=inverted)
    assert reader.read(encode(photo)).status == "no_digit"


def test_a_ball_is_no_zero(reader: DigitReader) -> None:
    ball = blank(480, 360)
    cv2.circle(ball, (240, 180), 90, (60, 60, 170), cv2.FILLED, cv2.LINE_AA)
    cv2.circle(ball, (225, 165), 30, (190, 190, 225), cv2.FILLED, cv2.LINE_AA)
    assert reader.read(encode(ball, "JPEG", quality=80)).status == "no_digit"


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("radius", [40, 60, 140])
def test_a_circle_as_a_hand_draws_it_is_a_zero(
    reader: DigitReader, radius: float, inverted: bool
) -> None:
    assert reader.read(encode(ring(radius, wobble=0.06, inverted=inverted))).number == "0"


def test_what_is_hardly_ink_is_no_circle() -> None:
    line = np.zeros((20, 20), np.float32)
    assert not is_circle(line)
    line[10] = 1
    assert not is_circle(line)
