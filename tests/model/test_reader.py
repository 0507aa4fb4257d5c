"""The whole reader with the shipped model: right, at ease with the photo's form, never crashing."""

import threading
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import model
from model import DigitReader, UnreadableImage
from model.classifier import Classifier, Scores
from model.evaluation import corruptions
from model.litert import Glyphs
from model.pipeline.params import DEFAULT
from model.reading import Box, Reading
from tests.model.pictures import (
    TABLE,
    Pixels,
    as_phones_store,
    encode,
    grain,
    on_a_table,
    page,
    shade,
    turned,
    written,
)

calm = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader.load()


def read(reader: DigitReader, image: Pixels, kind: str = "PNG") -> Reading:
    return reader.read(encode(image, kind))


@pytest.mark.parametrize("digit", [1, 4, 7])
def test_a_reading_says_all_there_is_to_say(reader: DigitReader, digit: int) -> None:
    image = page(digit)
    reading = read(reader, image)
    assert (reading.status, reading.number, reading.reason) == ("ok", str(digit), None)
    assert reading.model_version == reader.card.version
    (found,) = reading.digits
    assert found.digit == digit
    assert found.confidence == max(found.scores) == found.scores[digit] > 0.8
    assert len(found.scores) == 10
    assert sum(found.scores) == pytest.approx(1)
    assert found.glyph.shape == (28, 28)
    assert reading.timings.total > 0
    drawn = Box(*cv2.boundingRect((image.mean(axis=2) < 150).astype(np.uint8)))
    assert np.abs(np.subtract(found.box, drawn)).max() <= 6


def test_the_box_is_in_pixels_of_the_upright_original(reader: DigitReader) -> None:
    image = page(size=(2000, 1500), centre=(0.25, 0.6), height=0.3)
    drawn = cv2.boundingRect((image.mean(axis=2) < 150).astype(np.uint8))
    data = as_phones_store(image, 6)
    (found,) = reader.read(data).digits
    assert np.abs(np.subtract(found.box, drawn)).max() <= 20


@pytest.mark.parametrize("level", [0, 90, 255])
def test_blank_paper_has_no_digit(reader: DigitReader, level: int) -> None:
    reading = read(reader, np.full((300, 400, 3), level, np.uint8))
    assert (reading.status, reading.number, reading.digits) == ("no_digit", "", ())
    assert reading.reason is model.Reason.BLANK


@calm
@given(
    digit=st.sampled_from([1, 4, 7]),
    scale=st.floats(0.5, 3),
    x=st.floats(0.3, 0.7),
    y=st.floats(0.35, 0.65),
    height=st.floats(0.25, 0.6),
    pen=st.floats(0.03, 0.14),
)
def test_size_place_and_pen_do_not_matter(
    reader: DigitReader, digit: int, scale: float, x: float, y: float, height: float, pen: float
) -> None:
    size = (round(480 * scale), round(360 * scale))
    assert read(
        reader, page(digit, size=size, centre=(x, y), height=height, pen=pen)
    ).number == str(digit)


@calm
@given(
    digit=st.sampled_from([1, 4, 7]),
    paper=st.tuples(*[st.integers(150, 255)] * 3),
    ink=st.tuples(*[st.integers(0, 90)] * 3),
    invert=st.booleans(),
)
def test_colours_do_not_matter(
    reader: DigitReader,
    digit: int,
    paper: tuple[int, int, int],
    ink: tuple[int, int, int],
    invert: bool,
) -> None:
    image = page(digit, paper=paper, ink=ink)
    assert read(reader, 255 - image if invert else image).number == str(digit)


@calm
@given(
    digit=st.sampled_from([1, 4, 7]),
    quality=st.integers(30, 95),
    noise=st.floats(0, 12),
    pad=st.integers(0, 120),
    level=st.integers(190, 255),
    orientation=st.sampled_from([1, 3, 6, 8]),
)
def test_compression_grain_padding_and_exif_do_not_matter(
    reader: DigitReader,
    digit: int,
    quality: int,
    noise: float,
    pad: int,
    level: int,
    orientation: int,
) -> None:
    image = grain(page(digit), noise)
    image = cv2.copyMakeBorder(image, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=[level] * 3)
    data = as_phones_store(image, orientation, quality)
    assert reader.read(data).number == str(digit)


@pytest.mark.parametrize("digit", [1, 4, 7])
def test_a_hard_shadow_across_the_digit_does_not_matter(reader: DigitReader, digit: int) -> None:
    image = shade(page(digit), lambda x, y: x + 0.4 * y > 0.7)
    assert read(reader, grain(image, 3), "JPEG").number == str(digit)


@pytest.mark.parametrize("digit", [1, 4, 7])
@pytest.mark.parametrize(
    ("x", "y", "degrees"), [(60, 40, 5), (300, 150, -8), (20, 180, 12), (360, 100, 0)]
)
def test_what_is_written_on_a_note_on_a_table_is_read(
    reader: DigitReader, digit: int, x: int, y: int, degrees: float
) -> None:
    photo = grain(on_a_table(page(digit, size=(260, 240)), x, y, degrees), 4)
    reading = read(reader, photo, "JPEG")
    assert reading.number == str(digit)
    (found,) = reading.digits
    assert x < found.box.x < found.box.x + found.box.w < x + 260
    assert y < found.box.y < found.box.y + found.box.h < y + 240


@pytest.mark.parametrize("rows", ["7", "417", "1747|4171"])
@pytest.mark.parametrize("contrast", [20, 30, 40])
def test_the_grain_of_a_wooden_table_is_not_read(
    reader: DigitReader, rows: str, contrast: int
) -> None:
    y = np.arange(480)
    veins = contrast * np.sin(0.12 * y + 3 * np.sin(0.013 * y))
    wood = np.clip(np.array([150, 105, 65]) + veins[:, None, None], 0, 255)
    photo = on_a_table(written(rows, side=44), 150, 100, 4)
    bare = (photo == TABLE).all(axis=2, keepdims=True)
    photo = np.where(bare, wood, photo).astype(np.uint8)
    assert read(reader, grain(photo, 3), "JPEG").number == rows


@pytest.mark.parametrize("digit", [1, 4, 7])
@pytest.mark.parametrize("beside", [0.2, 0.4, 0.7])
def test_the_shadows_of_fingers_are_no_digits(
    reader: DigitReader, digit: int, beside: float
) -> None:
    def fingers(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        tips = [np.hypot(x - beside, (y - top) * 0.75) < 0.16 for top in (0.25, 0.7)]
        return tips[0] | tips[1]

    assert read(reader, grain(shade(page(digit), fingers, light=0.45), 3)).number == str(digit)


@pytest.mark.parametrize("digit", [1, 4, 7])
def test_strokes_that_a_dry_pen_broke_are_one_digit(reader: DigitReader, digit: int) -> None:
    image = page(digit, pen=0.04)
    for top in (115, 155, 195, 235):
        image[top : top + 3] = image[0, 0]
    assert read(reader, image).number == str(digit)


@pytest.mark.parametrize("digit", [4, 7])
@pytest.mark.parametrize("quarters", [1, 3])
def test_a_digit_on_its_side_is_read(reader: DigitReader, digit: int, quarters: int) -> None:
    image = np.ascontiguousarray(np.rot90(page(digit, pen=0.06), quarters))
    reading = read(reader, image)
    assert reading.number == str(digit)
    upright = read(reader, page(digit, pen=0.06))
    assert np.abs(reading.digits[0].glyph - upright.digits[0].glyph).mean() < 0.05


@pytest.mark.parametrize("pen", [8, 12])
@pytest.mark.parametrize("is_m", [True, False])
def test_an_m_and_a_w_are_no_three_on_its_side(
    reader: DigitReader, pen: int, *, is_m: bool
) -> None:
    zigzag = np.array([(120, 270), (180, 110), (240, 250), (300, 110), (360, 270)], np.int32)
    points = zigzag if is_m else (0, 380) + zigzag * (1, -1)
    image = np.full((380, 480, 3), 225, np.uint8)
    cv2.polylines(image, [points.astype(np.int32)], False, (40, 40, 60), pen, cv2.LINE_AA)
    assert read(reader, image).status == "no_digit"


class Torn(Classifier):
    """Takes everything for a seven or a one, and so surely for a digit."""

    def __init__(self, digitness: float) -> None:
        self._digitness = digitness

    def __call__(self, glyphs: Glyphs) -> Scores:
        digits = np.full((len(glyphs), 10), 0.0025)
        digits[:, 7], digits[:, 1] = 0.5, 0.48
        return Scores(digits, np.full(len(glyphs), self._digitness))


@pytest.mark.parametrize(("digitness", "status"), [(0.97, "ok"), (0.85, "no_digit")])
def test_what_could_be_several_digits_must_surely_be_one(
    reader: DigitReader, digitness: float, status: str
) -> None:
    torn = DigitReader(Torn(digitness), reader.card, DEFAULT)
    assert read(torn, page(7)).status == status


def test_a_dash_is_no_digit_on_its_side(reader: DigitReader) -> None:
    assert read(reader, np.ascontiguousarray(np.rot90(page(1, pen=0.06)))).status == "no_digit"


def test_a_page_of_text_is_no_number(reader: DigitReader) -> None:
    sheet = np.full((900, 1200), 235, np.uint8)
    line = "Lorem ipsum dolor sit amet consectetur"
    for y in range(80, 880, 60):
        cv2.putText(sheet, line, (40, y), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 30, 3, cv2.LINE_AA)
    reading = read(reader, cv2.cvtColor(sheet, cv2.COLOR_GRAY2RGB))
    assert (reading.status, reading.reason) == ("no_digit", model.Reason.NOT_A_DIGIT)


@pytest.mark.parametrize("digit", [1, 4, 7])
@pytest.mark.parametrize("filling", [0, 255, 90])
@pytest.mark.parametrize("degrees", [-14, 9])
def test_what_fills_the_corners_of_a_turned_page_does_not_matter(
    reader: DigitReader, digit: int, filling: int, degrees: float
) -> None:
    image = turned(grain(page(digit, paper=(190, 190, 185)), 2), degrees, (filling,) * 3)
    assert read(reader, image, "JPEG").number == str(digit)


@pytest.mark.parametrize("digit", [1, 4, 7])
@pytest.mark.parametrize("degrees", [-14, 9])
@pytest.mark.parametrize("side", [0, 1])
def test_streaks_in_the_corners_of_a_turned_cell_do_not_matter(
    reader: DigitReader, digit: int, degrees: float, side: int
) -> None:
    """What a program draws that lengthens the table's line around a cell beyond its edge."""
    cell = page(digit, size=(160, 130), pen=0.1)
    line = np.random.default_rng(digit).integers(20, 110, (1, cell.shape[1 - side], 1))
    cell.swapaxes(0, side)[-2:] = line
    assert read(reader, corruptions.turned(cell, degrees), "JPEG").number == str(digit)


@pytest.mark.parametrize("digit", [4, 7])
@pytest.mark.parametrize(("gap", "first"), [(16, 0), (16, 6), (16, 12), (26, 0), (26, 2), (26, 22)])
def test_strokes_along_the_rules_of_a_small_cell_do_not_matter(
    reader: DigitReader, digit: int, gap: int, first: int
) -> None:
    """Pencil as dark as the rules, whose bars hide more of them than lies between strokes."""
    ink, rules = (120, 120, 125), (110, 125, 150)
    cell = page(digit, size=(172, 130), height=0.62, pen=0.12, ink=ink, paper=(250, 250, 250))
    for y in range(first, 130, gap):
        cell[y] = cell[y] * (np.array(rules) / 255)
    assert read(reader, cell).number == str(digit)


def with_a_sliver(image: Pixels, bottom: int, tall: int, wide: int) -> Pixels:
    """The picture with streaks of table along its left edge, down to the row `bottom`."""
    corners = np.array([[0, bottom], [0, bottom - tall], [wide, bottom]])
    where = cv2.fillPoly(np.zeros(image.shape[:2], np.uint8), [corners], 1)
    table = np.random.default_rng(7).integers(40, 90, (len(image), 1, 1))
    return np.where(where[..., None] > 0, table, image).astype(np.uint8)


@pytest.mark.parametrize("digit", [4, 7])
def test_a_sliver_of_table_beside_a_digit_is_no_one(reader: DigitReader, digit: int) -> None:
    image = page(digit, size=(160, 130), pen=0.1)
    assert read(reader, with_a_sliver(image, 130, 80, 8)).number == str(digit)


def test_a_sliver_of_table_below_rows_is_no_row(reader: DigitReader) -> None:
    sheet = np.pad(written("147|741|417"), ((0, 200), (0, 0), (0, 0)), "edge")
    assert read(reader, with_a_sliver(sheet, len(sheet) - 20, 100, 12)).number == "147|741|417"


def test_digits_in_rows_are_not_taken_for_one_that_broke(reader: DigitReader) -> None:
    assert read(reader, written("1|1|1")).number == "1|1|1"
    assert read(reader, written("7|1")).number == "7|1"


@pytest.mark.parametrize("digit", [1, 4, 7])
def test_pencil_as_pale_as_the_squares_it_is_written_on(reader: DigitReader, digit: int) -> None:
    squares = np.zeros((360, 480), np.uint8)
    squares[::24], squares[:, ::24] = 1, 1
    squares = cv2.dilate(squares, np.ones((2, 2), np.uint8))
    image = page(digit, pen=0.035, ink=(135, 135, 135))
    image[(squares > 0) & (image[..., 0] > 180)] = (150, 170, 200)
    assert read(reader, grain(image, 3)).number == str(digit)


@calm
@given(
    shape=st.tuples(st.integers(8, 90), st.integers(8, 90)),
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(["noise", "blocks", "lines"]),
)
def test_any_image_gives_a_reading(
    reader: DigitReader, shape: tuple[int, int], seed: int, kind: str
) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    if kind == "blocks":
        image = np.repeat(np.repeat(image, 7, axis=0), 5, axis=1)
    if kind == "lines":
        image = np.repeat(image[:, :1], 200, axis=1)
    reading = read(reader, image)
    assert reading.status in ("ok", "no_digit")
    assert (reading.reason is None) == (reading.status == "ok") == bool(reading.digits)


def test_a_file_that_is_no_image_is_unreadable(reader: DigitReader) -> None:
    with pytest.raises(UnreadableImage):
        reader.read(b"GIF89a nothing follows")


def test_threads_may_share_a_reader(reader: DigitReader) -> None:
    warned = list(warnings.filters)
    files = {digit: encode(page(digit)) for digit in (1, 4, 7)}
    answers: list[tuple[int, str]] = []

    def work(digit: int) -> None:
        answers.extend((digit, reader.read(files[digit]).number) for _ in range(10))

    threads = [threading.Thread(target=work, args=(digit,)) for digit in (1, 4, 7) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 120
    assert all(number == str(digit) for digit, number in answers)
    assert list(warnings.filters) == warned


def test_a_trace_holds_what_each_stage_made(reader: DigitReader) -> None:
    trace = reader.trace(encode(page()))
    assert trace.chosen is not None
    assert trace.chosen.ink.mask.shape == trace.decoded.pixels.shape[:2]
    assert trace.reading.digits[0].glyph is trace.chosen.picture


def test_loading_from_nowhere_says_so(tmp_path: Path) -> None:
    with pytest.raises(model.ArtifactError, match=r"metadata\.json"):
        DigitReader.load(tmp_path)
