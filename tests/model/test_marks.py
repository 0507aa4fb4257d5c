"""What is drawn around, under and beside digits is no digit, and hides none."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from model import DigitReader
from model.pipeline.frames import DEFAULT as FRAMES
from model.pipeline.frames import erase_frames, filled, unboxed
from model.pipeline.ink import ink_maps
from model.pipeline.pieces import lay_out
from model.pipeline.rules import DEFAULT as RULES
from model.pipeline.sheet import Sheet
from tests.model.pictures import Pixels, as_picture, encode, grain, page, turned, written

PEN = (40, 40, 50)
PAPER = (225, 225, 220)

Points = Sequence[tuple[float, float]]


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader.load()


def with_line(image: Pixels, points: Points, width: int = 5) -> Pixels:
    drawn = image.copy()
    fixed = np.round(np.array(points) * 16).astype(np.int32)
    cv2.polylines(drawn, [fixed], False, PEN, width, cv2.LINE_AA, 4)
    return drawn


def arc(
    x: float, y: float, wide: float, high: float, start: float = 0, end: float = 360
) -> list[tuple[float, float]]:
    return [
        (x + wide * np.cos(angle), y + high * np.sin(angle))
        for angle in np.radians(np.linspace(start, end, 60))
    ]


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


def number(reader: DigitReader, image: Pixels) -> str:
    return reader.read(encode(image)).number


def sheet(image: Pixels) -> Sheet:
    return lay_out(next(iter(ink_maps(as_picture(image)))))


# A page is 480 by 360, its digit 144 high and about 100 wide, in the middle.
SMALL = {digit: page(digit, height=0.4) for digit in (1, 4, 7)}

AROUND: dict[str, Points] = {
    "a circle": arc(240, 180, 125, 125),
    "an oval": arc(240, 180, 150, 105),
    "a circle drawn for too long": arc(240, 180, 125, 125, 0, 390),
    "a circle left open": arc(240, 180, 125, 125, 30, 320),
    "a circle askew of it": arc(262, 166, 130, 130),
    "a box": box(120, 80, 360, 280),
    "three sides of a box": box(120, 80, 360, 280)[:4],
    "a triangle": [(240, 10), (450, 300), (30, 300), (240, 10)],
}


@pytest.mark.parametrize("digit", SMALL)
@pytest.mark.parametrize("line", AROUND.values(), ids=AROUND.keys())
def test_what_is_drawn_around_a_digit_does_not_matter(
    reader: DigitReader, digit: int, line: Points
) -> None:
    assert number(reader, grain(with_line(SMALL[digit], line), 3)) == str(digit)


@pytest.mark.parametrize(
    "line",
    [arc(240, 180, 125, 125), arc(240, 180, 125, 125, 30, 320), box(120, 80, 360, 280)],
    ids=["a circle", "an open circle", "a box"],
)
def test_it_is_no_piece_of_a_sheet(line: Points) -> None:
    whole, bare = sheet(with_line(SMALL[7], line)), sheet(SMALL[7])
    assert len(whole.pieces) == len(bare.pieces) == 1
    assert np.abs(np.subtract(whole.pieces[0].box, bare.pieces[0].box)).max() <= 4


KEPT: dict[str, tuple[Points, int]] = {
    "a 0 with a dot": (arc(240, 180, 70, 100), 12),
    "a 0 with something at its side": (arc(160, 180, 140, 150), 60),
}


@pytest.mark.parametrize(("line", "size"), KEPT.values(), ids=KEPT.keys())
def test_not_all_that_encloses_is_a_frame(line: Points, size: int) -> None:
    image = with_line(np.full((360, 480, 3), PAPER, np.uint8), line, 9)
    cv2.circle(image, (240, 180), size // 2, PEN, -1)
    around = max(sheet(image).pieces, key=lambda piece: piece.size)
    assert around.size > 200


def test_a_0_encloses_nothing(reader: DigitReader) -> None:
    """The outline of a face, of a dial, of whatever has something in it."""
    image = with_line(np.full((360, 480, 3), PAPER, np.uint8), arc(240, 180, 80, 120), 8)
    assert number(reader, image) == "0"
    face = with_line(image, arc(240, 230, 38, 20, 10, 170), 6)
    assert not number(reader, face)


@pytest.mark.parametrize("digit", SMALL)
@pytest.mark.parametrize("away", [12, 20, 40])
def test_an_underline_does_not_matter(reader: DigitReader, digit: int, away: int) -> None:
    line = [(170, 252 + away), (310, 254 + away)]
    assert number(reader, with_line(SMALL[digit], line)) == str(digit)
    twice = with_line(with_line(SMALL[digit], line), [(x, y + 16) for x, y in line])
    assert number(reader, twice) == str(digit)


@pytest.mark.parametrize("rows", ["74", "417", "7414"])
def test_nor_does_one_below_a_number(reader: DigitReader, rows: str) -> None:
    image = written(rows)
    line = [(70, 180), (image.shape[1] - 90, 184)]
    assert number(reader, with_line(image, line)) == rows


@pytest.mark.parametrize("rows", ["7", "74", "417"])
def test_brackets_are_no_ones(reader: DigitReader, rows: str) -> None:
    image = written(rows)
    right = 90 + len(rows) * 95 - 5
    closed = with_line(image, arc(right - 10, 135, 30, 68, -70, 70))
    assert number(reader, closed) == rows
    both = with_line(closed, arc(95, 135, 30, 68, 110, 250))
    assert number(reader, both) == rows


def test_a_slash_is_no_one(reader: DigitReader) -> None:
    image = written("7447", gap=0.8)
    apart = [(350, 60), (320, 185)]
    assert number(reader, with_line(image, apart)) == "7447"


def test_but_a_one_between_others_is(reader: DigitReader) -> None:
    assert number(reader, written("7417", gap=0.5)) == "7417"
    leaning = with_line(written("7447", gap=0.8), [(345, 95), (330, 175)], 8)
    assert number(reader, leaning) == "74147"


@pytest.mark.parametrize("rows", ["74", "417"])
def test_a_minus_is_nothing(reader: DigitReader, rows: str) -> None:
    image = np.pad(written(rows), ((0, 0), (60, 0), (0, 0)), "edge")
    assert number(reader, with_line(image, [(95, 135), (135, 136)], 8)) == rows


def celled(rows: str, raise_by: int = 0) -> Pixels:
    """A number in the cells of a form, its digits so much too high for them."""
    image = written(rows, gap=0.5)
    left, pitch, top = 82, 108, 70 + raise_by
    right = left + pitch * len(rows)
    for x in range(left, right + 1, pitch):
        image = with_line(image, [(x, top), (x, 200)], 3)
    return with_line(image, box(left, top, right, 200), 3)


# At 15 the bar of the 7 lies on the cells' line: of that nothing tells.
@pytest.mark.parametrize("raise_by", [0, 5, 10, 20])
@pytest.mark.parametrize("rows", ["74", "417", "74417"])
def test_the_cells_of_a_form_are_no_ones(reader: DigitReader, rows: str, raise_by: int) -> None:
    assert number(reader, celled(rows, raise_by)) == rows


@pytest.mark.parametrize("digit", [4, 7])
@pytest.mark.parametrize("degrees", [0, 5, -5])
def test_a_box_may_touch_its_digit(reader: DigitReader, digit: int, degrees: float) -> None:
    image = with_line(SMALL[digit], box(160, 114, 330, 254))
    assert number(reader, turned(image, degrees, PAPER)) == str(digit)


@pytest.mark.parametrize("degrees", [0, 4, -4])
def test_what_a_digit_stands_on_is_lifted_from_it(degrees: float) -> None:
    image = with_line(SMALL[4], [(160, 252), (330, 252)])
    mask = (turned(image, degrees, PAPER).mean(axis=2) < 130).astype(np.uint8)
    lifted = erase_frames(mask, RULES)
    assert lifted is not None
    bare = (turned(SMALL[4], degrees, PAPER).mean(axis=2) < 130).astype(np.uint8)
    assert int((lifted & (1 - bare)).sum()) < 0.02 * int(bare.sum()), "nothing of the line is left"
    assert int((bare & (1 - lifted)).sum()) < 0.1 * int(bare.sum()), "and most of the digit is"


@pytest.mark.parametrize("digit", SMALL)
def test_a_digit_alone_has_no_frame(digit: int) -> None:
    mask = (SMALL[digit].mean(axis=2) < 130).astype(np.uint8)
    assert erase_frames(mask, RULES) is None
    assert unboxed(mask, RULES, FRAMES) is None


@pytest.mark.parametrize("rows", ["747", "4|1"])
def test_nor_has_a_page_of_them(rows: str) -> None:
    assert erase_frames((written(rows).mean(axis=2) < 130).astype(np.uint8), RULES) is None


def test_what_is_filled() -> None:
    ring = np.zeros((60, 60), np.uint8)
    cv2.ellipse(ring, (30, 30), (25, 25), 0, 8, 352, 1, 3)
    assert int(filled(ring).sum()) == int(ring.sum()), "it is open"
    assert int(filled(ring, 5).sum()) > 1900, "but not by much"


Drawing = Callable[[Pixels], Pixels]
RAYS = [(np.cos(a), np.sin(a)) for a in np.radians(np.arange(0, 360, 36))]

DRAWINGS: dict[str, Drawing] = {
    "an empty box": lambda image: with_line(image, box(121, 83, 357, 281)),
    "a sun": lambda image: with_lines(
        with_line(image, arc(240, 180, 60, 60)),
        [[(240 + 80 * x, 180 + 80 * y), (240 + 130 * x, 180 + 130 * y)] for x, y in RAYS],
    ),
    "a house": lambda image: with_lines(
        image,
        [
            [(140, 180), (140, 310), (340, 310), (340, 180), (140, 180), (240, 60), (340, 180)],
            [(210, 310), (210, 240), (260, 240), (260, 310)],
        ],
    ),
}


def with_lines(image: Pixels, lines: Sequence[Points]) -> Pixels:
    for line in lines:
        image = with_line(image, line)
    return image


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_the_lines_of_a_drawing_are_no_digits(reader: DigitReader, draw: Drawing) -> None:
    assert not number(reader, draw(np.full((360, 480, 3), PAPER, np.uint8)))


def form(digit: str, *boxes: Points) -> Pixels:
    """Lines of print, and a small number in the middle."""
    image = np.full((480, 640, 3), PAPER, np.uint8)
    for line, y in (("Name and address:", 60), ("Please write clearly", 140), ("Signed:", 420)):
        cv2.putText(image, line, (30, y), cv2.FONT_HERSHEY_COMPLEX, 1.0, PEN, 2, cv2.LINE_AA)
    cell = written(digit, gap=0.1, side=70) if len(digit) > 1 else page(int(digit), size=(90, 110))
    h, w = cell.shape[:2]
    image[280 - h // 2 :, 320 - w // 2 :][:h, :w] = cell
    for points in boxes:
        image = with_line(image, points, 4)
    return image


@pytest.mark.parametrize("digits", ["7", "4", "1", "747"])
@pytest.mark.parametrize("around", [box(180, 215, 460, 345), arc(320, 280, 150, 80)])
def test_what_alone_is_boxed_or_circled_is_meant(
    reader: DigitReader, digits: str, around: Points
) -> None:
    tight = len(digits) == 1
    points = [(320 + (x - 320) * 0.45, y) for x, y in around] if tight else around
    assert number(reader, form(digits, points)) == digits


def test_nothing_is_if_nothing_or_more_is_boxed() -> None:
    boxed = form("7", box(260, 215, 380, 345))
    assert sheet(boxed).marked is not None
    assert sheet(form("7")).marked is None
    assert sheet(with_line(boxed, box(10, 20, 400, 90), 4)).marked is None, "nor if it is not alone"
    assert sheet(with_line(boxed, arc(320, 280, 160, 120), 4)).marked is None, "nor if it is nested"


def test_a_button_is_no_company(reader: DigitReader) -> None:
    """Canvases that one draws on have some below them."""
    image = page(height=0.35, centre=(0.5, 0.4))
    for x, tint in ((80, (40, 120, 220)), (270, (220, 60, 60))):
        cv2.rectangle(image, (x, 290), (x + 140, 335), tint, -1)
        cv2.putText(image, "Clear", (x + 35, 320), 0, 0.8, (255, 255, 255), 2, cv2.LINE_AA)
    assert number(reader, image) == "7"
