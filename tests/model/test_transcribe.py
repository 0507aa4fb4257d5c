"""Whole numbers: rows, order, digits that touch or break, pages askew, and what is no number."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import DigitReader
from model.candidate import Candidate
from model.page import Page, set_back
from model.pipeline.glyphs import Glyph
from model.pipeline.ink import Guess, InkMap
from model.pipeline.params import DEFAULT
from model.preview import GAP, SIDE, draw_preview
from model.reading import Box
from tests.model.pictures import Pixels, encode, grain, page, shade, turned, written

calm = settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader.load()


def number(reader: DigitReader, image: Pixels) -> str:
    return reader.read(encode(image)).number


@calm
@given(rows=st.lists(st.text("147", min_size=2, max_size=6), min_size=1, max_size=4))
def test_rows_are_read_from_left_to_right_and_top_to_bottom(
    reader: DigitReader, rows: list[str]
) -> None:
    text = "|".join(rows)
    if set(text) == {"1"}:
        return  # strokes side by side may be hatching: nothing is promised of ones alone
    assert number(reader, grain(written(text), 3)) == text


def test_each_digit_has_its_own_box_in_the_original(reader: DigitReader) -> None:
    image = cv2.resize(written("741|174"), None, fx=3, fy=3)
    reading = reader.read(encode(image))
    assert reading.number == "741|174"
    assert [str(d.digit) for d in reading.digits] == list("741174")
    for digit in reading.digits:
        x, y, w, h = digit.box
        inside = image[y : y + h, x : x + w].mean(axis=2) < 150
        assert inside.any(axis=0).mean() > 0.9, "the box closes around ink"
        assert inside.any(axis=1).mean() > 0.9
    left = [d.box.x for d in reading.digits]
    assert left[:3] == sorted(left[:3])
    assert left[3:] == sorted(left[3:])


@pytest.mark.parametrize("angle", [-8, 8])
def test_slanting_rows_stay_rows(reader: DigitReader, angle: float) -> None:
    image = written("7417|4174")
    h, w = image.shape[:2]
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), angle, 0.8)
    slanting = cv2.warpAffine(image, turn, (w, h), borderValue=(225, 225, 220))
    assert number(reader, slanting.astype(np.uint8)) == "7417|4174"


@pytest.mark.parametrize("turns", [1, 3])
def test_a_page_on_its_side_is_set_upright(reader: DigitReader, turns: int) -> None:
    image = np.ascontiguousarray(np.rot90(written("7441|1474|4747"), turns))
    reading = reader.read(encode(image))
    assert reading.number == "7441|1474|4747"
    for digit in reading.digits:
        x, y, w, h = digit.box
        assert (image[y : y + h, x : x + w].mean(axis=2) < 150).any(), "boxes are of the original"


def test_digits_that_touch_are_cut(reader: DigitReader) -> None:
    image = written("474")
    ink = np.flatnonzero((image.mean(axis=2) < 150).any(axis=0))
    gaps = np.flatnonzero(np.diff(ink) > 1)
    assert len(gaps) == 2
    level = round(image.shape[0] * 0.5)
    for gap in gaps:  # a thin stroke from each digit to the next
        cv2.line(image, (int(ink[gap]) - 2, level), (int(ink[gap + 1]) + 2, level), (40, 40, 50), 2)
    assert number(reader, image) == "474"


def test_a_broken_stroke_stays_one_digit(reader: DigitReader) -> None:
    image = written("4714")
    _, seven, _, _ = sorted(d.box for d in reader.read(encode(image)).digits)
    middle = seven.x + seven.w // 2
    image[:, middle - 3 : middle + 3][: seven.y + seven.h // 4] = (225, 225, 220)  # its bar
    assert number(reader, image) == "4714"


@pytest.mark.parametrize(("pen", "degrees"), [(6, 0), (6, 10), (14, 15)])
def test_a_fraction_bar_is_no_digit(reader: DigitReader, pen: int, degrees: float) -> None:
    image = written("741|174")
    h, w = image.shape[:2]
    cv2.line(image, (60, round(0.505 * h)), (w - 60, round(0.505 * h)), (40, 40, 50), pen)
    assert number(reader, turned(image, degrees, (225, 225, 220))) == "741|174"


def ruled(
    image: Pixels,
    rule: int,
    *,
    start: int = 0,
    colour: tuple[int, int, int] = (90, 100, 150),
) -> Pixels:
    """An image with a level rule from x = `start` on."""
    image = image.copy()
    line = image[rule : rule + 2, start:]
    line[:] = np.minimum(line, colour)
    return image


@pytest.mark.parametrize("rule", [60, 100, 150, 290, 330])
@pytest.mark.parametrize("side", [60, 90])
def test_a_rule_through_a_row_hides_no_digit_of_it(
    reader: DigitReader, rule: int, side: int
) -> None:
    image = written("741747|174", side=side)
    image = ruled(image, rule * side // 90, colour=(120, 130, 170))
    assert number(reader, image) == "741747|174"


@pytest.mark.parametrize(
    ("rows", "rule", "start"),
    [("4174", 90, 350), ("4174", 120, 300), ("747|417", 90, 200), ("747|417", 290, 100)],
)
def test_a_rule_that_runs_into_the_last_digits_hides_none(
    reader: DigitReader, rows: str, rule: int, start: int
) -> None:
    assert number(reader, ruled(written(rows), rule, start=start)) == rows


@pytest.mark.parametrize(("rows", "rule"), [("7|4174", 240), ("7|4174", 280), ("7417|4", 150)])
def test_a_digit_alone_in_its_row_is_not_all_of_a_ruled_page(
    reader: DigitReader, rows: str, rule: int
) -> None:
    assert number(reader, ruled(written(rows), rule)) == rows


def test_rules_are_taken_out_of_a_page_however_many_opinions_left_them(
    reader: DigitReader,
) -> None:
    with_rules = Guess(0.3, 0.6)
    guesses = (*[with_rules] * 5, Guess(0.3, 0.6, ruled=True))
    params = replace(DEFAULT, ink=replace(DEFAULT.ink, guesses=guesses))
    patient = DigitReader(reader.classifier, reader.card, params)
    assert number(patient, ruled(written("74|7417|41"), 303)) == "74|7417|41"


def test_a_shadow_hides_no_digit_of_a_page(reader: DigitReader) -> None:
    image = shade(written("7417|4174|1744"), lambda x, y: y > 0.35 + 0.5 * x)
    assert number(reader, image) == "7417|4174|1744"


@pytest.mark.parametrize("light", [0.6, 0.45])
def test_digits_in_chalk_are_read_in_the_shadow_as_in_the_light(
    reader: DigitReader, light: float
) -> None:
    board = 255 - written("74174|41744")
    assert number(reader, shade(board, lambda x, y: x > 0.55, light)) == "74174|41744"


@pytest.mark.parametrize(
    ("rows", "side", "blur"),
    [("7417|4174|1744", 90, 8), ("7417|4174|1744", 90, 10), ("4174|7471", 60, 7), ("74147", 70, 8)],
)
def test_a_page_out_of_focus_is_read(
    reader: DigitReader, rows: str, side: int, blur: float
) -> None:
    image = cv2.GaussianBlur(written(rows, side=side), (0, 0), blur)
    assert number(reader, image) == rows


def of_qualities(*qualities: float, turns: int = 0) -> Page:
    """A page with one row of sevens, read so surely."""
    paper = np.zeros((360, 480), np.uint8)
    seen = InkMap(paper, paper, 90.0, paper)
    ink = (page(7)[80:280, 180:300, 0] < 150).astype(np.float32)
    row = []
    for place, quality in enumerate(qualities):
        glyph = Glyph(ink, Box(30 * place, 100, 20, 40), 100, 180.0, 1.0)
        scores = tuple(float(digit == 7) for digit in range(10))
        picture = np.zeros((28, 28), np.float32)
        row.append(Candidate(seen, glyph, picture, scores, quality))
    return Page((tuple(row),), 1.0, turns=turns)


def test_one_badly_written_digit_does_not_spoil_a_number() -> None:
    assert of_qualities(1, 1, 0.42, 1, 1, 0.9).credible
    assert of_qualities(1, 0.7, 1).credible
    assert of_qualities(1, 1, 0.42, 1, 1, 0.9).merit < of_qualities(1, 1, 0.9, 1, 1, 0.9).merit


def test_what_is_half_digits_is_no_number() -> None:
    assert not of_qualities(1, 1, 0.42, 1, 0.42, 1).credible, "two that are bad"
    assert not of_qualities(0.6, 0.9, 0.98, 0.98).credible, "and hardly one that is beyond doubt"
    assert not of_qualities(0.93, 0.98, 0.72).credible, "or few of which none is"
    assert not of_qualities(1, 0.42).credible, "or two"
    assert not of_qualities(1, 1, 0.1, 1, 1, 1).credible, "or one that is nothing"
    assert not of_qualities(1, 1, 0.42, 1, 1, 1, turns=1).credible, "or a page on its side"


def leaning(
    *degrees: float, digit: int = 1, ruled: bool = False, rows: int = 1, apart: int = 40
) -> Page:
    """A page of strokes that lean so, all read as one digit beyond doubt."""
    paper = np.zeros((360, 480), np.uint8)
    seen = InkMap(paper, paper, 90.0, paper, ruled)
    scores = tuple(float(d == digit) for d in range(10))
    row = []
    for place, lean in enumerate(degrees):
        ink = np.zeros((120, 120), np.float32)
        off = 50 * np.tan(np.radians(lean))
        cv2.line(ink, (round(60 + off), 10), (round(60 - off), 110), 1.0, 8)
        wide = 15 + round(abs(2 * off))
        middle = 100 + apart * place
        glyph = Glyph(ink, Box(middle - wide // 2, 100, wide, 100), 100, 180.0, 1.0)
        row.append(Candidate(seen, glyph, np.zeros((28, 28), np.float32), scores, 1.0))
    cut = len(row) // rows
    return Page(tuple(tuple(row[k * cut : (k + 1) * cut]) for k in range(rows)), 1.0)


def test_a_few_ones_alone_stand_close_however_they_lean() -> None:
    assert leaning(0, 5, apart=60).credible
    assert leaning(30, 35, apart=60).credible
    assert not leaning(0, 5, apart=100).credible
    assert leaning(0, 5, apart=100, digit=7).credible


def test_ones_alone_lean_alike_or_are_hatching() -> None:
    assert leaning(0, 5, 10, 3).credible
    assert leaning(25, 20, 30, 25).credible
    assert not leaning(0, 45, 10, -20, apart=120).credible
    assert leaning(0, 45, 10, -20, apart=120, digit=7).credible


def test_strokes_in_rows_where_rules_were_are_what_is_left_of_them() -> None:
    assert leaning(0, 5, 10, 3, ruled=True).credible
    assert leaning(0, 5, 10, 3, rows=2).credible
    assert not leaning(0, 5, 10, 3, ruled=True, rows=2).credible
    assert not leaning(0, 5, 10, 3, digit=7, ruled=True, rows=2).credible
    assert leaning(0, 5, 10, 3, digit=4, ruled=True, rows=2).credible


def boxed(*boxes: Box, digit: int, rows: int = 1, turns: int = 0, last: int | None = None) -> Page:
    """A page of what is read beyond doubt as one digit, and a `last` one, in these boxes."""
    page = leaning(*[0.0] * len(boxes), digit=digit, rows=rows)
    both = zip(page.digits, boxes, strict=True)
    placed = [replace(digit, glyph=replace(digit.glyph, box=box)) for digit, box in both]
    if last is not None:
        placed[-1] = replace(placed[-1], scores=tuple(float(d == last) for d in range(10)))
    cut = len(placed) // rows
    in_rows = tuple(tuple(placed[k * cut : (k + 1) * cut]) for k in range(rows))
    return replace(page, rows=in_rows, turns=turns)


def test_ones_alone_are_alike_high() -> None:
    low, high = Box(100, 130, 15, 60), Box(140, 100, 15, 100)
    assert boxed(low._replace(h=70), high, digit=1).credible
    assert not boxed(low, high, digit=1).credible
    assert boxed(low, high, digit=7).credible


def test_lines_that_lie_are_no_page_of_ones_on_its_side() -> None:
    boxes = [Box(100 + 40 * place, 100, 15, 90) for place in range(4)]
    assert boxed(*boxes, digit=1).credible
    assert not boxed(*boxes, digit=1, turns=1).credible
    assert not boxed(*boxes, digit=1, turns=1, last=8).credible
    assert boxed(*boxes, digit=7, turns=1, last=1).credible


def test_round_zeros_alone_are_rings() -> None:
    boxes = [Box(100 + 100 * place, 100, 60, 90) for place in range(2)]
    assert boxed(*boxes, digit=0).credible
    assert not boxed(*[box._replace(w=88) for box in boxes], digit=0).credible, "wheels"
    assert boxed(*[box._replace(w=88) for box in boxes], digit=0, last=7).credible
    below = [Box(box.x, 250, 60, 90) for box in boxes]
    assert not boxed(*boxes, *below, digit=0, rows=2).credible, "buttons"


@pytest.mark.parametrize("tint", [(120, 160, 40), (60, 140, 160), (170, 100, 60)])
@pytest.mark.parametrize("rows", ["4174", "7147|4714"])
def test_a_digit_of_a_paler_pen_is_not_left_out(
    reader: DigitReader, rows: str, tint: tuple[int, int, int]
) -> None:
    image = written(rows).astype(np.float32)
    second = slice(90 + 94 - 5, 90 + 2 * 94 - 5)  # the second column of digits
    depth = (225 - image[:, second].mean(axis=2, keepdims=True)) / 185
    image[:, second] += depth * (np.array(tint, np.float32) - 40)
    assert number(reader, np.clip(image, 0, 255).astype(np.uint8)) == rows


def signed(*qualities: float, explained: float) -> Page:
    return replace(of_qualities(*qualities), explained=explained)


def test_signs_may_be_among_digits_that_are_beyond_doubt() -> None:
    assert signed(1, 1, 1, 1, explained=0.82).credible
    assert not signed(0.95, 0.95, 0.95, 0.95, explained=0.82).credible
    assert not signed(1, 1, 1, 1, explained=0.7).credible


def test_letters_are_no_number(reader: DigitReader) -> None:
    image = np.full((300, 900, 3), 235, np.uint8)
    cv2.putText(image, "HELLO FRIEND", (40, 180), cv2.FONT_HERSHEY_SIMPLEX, 3.5, (40, 40, 50), 9)
    assert reader.read(encode(image)).status == "no_digit"


def test_one_digit_with_a_speck_beside_it_stays_one(reader: DigitReader) -> None:
    image = page(4, centre=(0.4, 0.5))
    cv2.circle(image, (400, 120), 7, (40, 40, 50), -1)
    assert number(reader, image) == "4"


@given(
    turns=st.integers(0, 3),
    box=st.tuples(*(st.integers(0, 40) for _ in range(2)), *(st.integers(1, 20) for _ in range(2))),
)
def test_a_box_is_set_back_to_where_it_was(turns: int, box: tuple[int, int, int, int]) -> None:
    x, y, w, h = box
    page = np.zeros((64, 90), np.uint8)
    page[y : y + h, x : x + w] = 1
    found = Box(*cv2.boundingRect(np.ascontiguousarray(np.rot90(page, turns))))
    assert set_back(found, turns, width=90, height=64) == Box(*box)


def test_the_preview_names_each_digit_and_shows_its_glyph(reader: DigitReader) -> None:
    data = encode(written("7417"))
    reading = reader.read(data)
    png = cv2.imdecode(np.frombuffer(draw_preview(data, reading), np.uint8), cv2.IMREAD_COLOR)
    assert png is not None
    assert png.shape[1] == 2 * SIDE + 2 * GAP
    side = 2 * SIDE // 8
    for place, digit in enumerate(reading.digits):
        tile = png[-GAP - side : -GAP, GAP + place * side :][:, :side, 0]
        seen = cv2.resize(tile[2:-2, 2:-2], (28, 28), interpolation=cv2.INTER_AREA)
        assert np.corrcoef(seen.ravel(), digit.glyph.ravel())[0, 1] > 0.9
