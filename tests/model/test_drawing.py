"""Drawings: the same shapes as markup and as pixels, with nothing outside and nothing unescaped."""

from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageColor

from model.drawing.charts import (
    Curve,
    interval_bar,
    learning_curves,
    percent_axis,
    reliability,
    roc_chart,
    severity_chart,
)
from model.drawing.matrix import confusion_matrix
from model.drawing.png import MARGIN, as_png
from model.drawing.shapes import Dot, Drawing, Image, Line, Rect, Text, side_by_side
from model.drawing.sheets import Tile, contact_sheet, look
from model.drawing.svg import as_svg
from model.drawing.themes import THEMES, Theme
from model.reading import Box

SVG = "{http://www.w3.org/2000/svg}"


def counts() -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    table = np.zeros((11, 11), np.int64)
    table[7, 7], table[7, 1], table[10, 8] = 9, 1, 2
    return table


def photo(level: int = 200) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.full((60, 90, 3), level, np.uint8)


def drawings() -> list[Drawing]:
    tile = Tile(photo(), (np.zeros((28, 28), np.uint8),), "7 → 1", "<a>.jpg", "bad")
    matrix = confusion_matrix(counts(), "set & set")
    curve = Curve("one", ((0, 0.2), (1, 0.9)), has_dots=True)
    return [
        matrix,
        side_by_side([matrix, matrix], "two"),
        reliability([(0.9, 1.0, 0.95, 0.8, 10), (0.0, 0.1, 0.0, 0.0, 0)], 0.15, "set"),
        roc_chart([Curve("", ((0, 0), (0, 1), (1, 1)))], [(0.1, 0.97)], "digit or none?"),
        severity_chart("dark", ("50%", "30%"), [curve], 0.0),
        learning_curves("loss", [Curve("loss", ((1, 2.3), (2, 0.1), (3, 0.05)))]),
        learning_curves("nothing yet", []),
        interval_bar(0.98, 0.95, 0.99, 0.9),
        contact_sheet([tile] * 5, "five"),
        contact_sheet([], "none"),
    ]


@pytest.mark.parametrize("drawing", drawings(), ids=lambda d: d.title)
def test_every_drawing_stays_on_its_page(drawing: Drawing) -> None:
    for shape in drawing.shapes:
        match shape:
            case Line(points):
                places = list(points)
            case Rect(x, y, w, h) | Image(x, y, w, h):
                places = [(x, y), (x + w, y + h)]
            case _:
                places = [(shape.x, shape.y)]
        for x, y in places:
            assert -1 <= x <= drawing.w + 1, shape
            assert -1 <= y <= drawing.h + 1, shape


@pytest.mark.parametrize("drawing", drawings(), ids=lambda d: d.title)
def test_svg_is_well_formed_says_what_it_shows_and_needs_nothing_else(drawing: Drawing) -> None:
    root = ElementTree.fromstring(as_svg(drawing))
    assert root.findtext(f"{SVG}title") == drawing.title
    for element in root.iter(f"{SVG}image"):
        assert element.attrib["href"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("theme", THEMES)
def test_png_has_the_page_of_its_theme_and_the_size_asked_for(theme: Theme) -> None:
    drawing = Drawing(40, 20, (Rect(10, 5, 10, 10, "bad"),), "a square")
    image = Pillow.open(BytesIO(as_png(drawing, theme, scale=3)))
    assert image.size == (120 + 6 * MARGIN, 60 + 6 * MARGIN)
    assert image.getpixel((1, 1)) == ImageColor.getrgb(THEMES[theme]["page"])
    square = (45 + 3 * MARGIN, 30 + 3 * MARGIN)
    assert image.getpixel(square) == ImageColor.getrgb(THEMES[theme]["bad"])


@pytest.mark.parametrize("drawing", drawings(), ids=lambda d: d.title)
def test_every_drawing_becomes_png(drawing: Drawing) -> None:
    image = Pillow.open(BytesIO(as_png(drawing, scale=1)))
    assert image.size == (round(drawing.w + 2 * MARGIN), round(drawing.h + 2 * MARGIN))


def test_both_ways_draw_each_shape_in_the_same_place() -> None:
    """Shapes are black on white in both; the markup is read back."""
    shapes = (
        Rect(2, 2, 6, 6, "ink"),
        Dot(15, 5, 3, "ink"),
        Line(((22, 5), (38, 5)), "ink", 4),
        Image(42, 2, 6, 6, np.zeros((2, 2), np.uint8)),
    )
    pixels = np.asarray(Pillow.open(BytesIO(as_png(Drawing(50, 10, shapes, ""), scale=1))))
    for x in (5, 15, 30, 45):
        assert pixels[MARGIN + 5, MARGIN + x].max() < 40, x
    for x in (10, 20, 40):
        assert pixels[MARGIN + 5, MARGIN + x].min() > 230, x
    root = ElementTree.fromstring(as_svg(Drawing(50, 10, shapes, "")))
    rect = root.find(f"{SVG}rect")
    assert rect is not None
    assert [float(rect.attrib[k]) for k in ("x", "y", "width", "height")] == [2, 2, 6, 6]


def test_text_is_escaped() -> None:
    markup = as_svg(Drawing(9, 9, (Text(0, 5, "<script>&"),), '"><b>'))
    assert "<script>" not in markup
    assert "<b>" not in markup


def test_a_mistake_is_shaded_by_its_share_of_the_digit() -> None:
    rects = [s for s in confusion_matrix(counts(), "").shapes if isinstance(s, Rect) and s.note]
    shades = {r.note: r for r in rects}
    assert shades["7 read as 1: 1 of 10"].fill == "bad"
    assert shades["7 read as 7: 9 of 10"].fill == "main"
    none = shades["none read as 8: 2 of 2"]
    assert none.opacity > shades["7 read as 1: 1 of 10"].opacity


def test_a_look_shows_what_is_near_the_boxes_and_marks_them() -> None:
    page = photo()
    near = look(page, [("7", Box(10, 10, 10, 20))], 264)
    assert near.shape[0] / near.shape[1] == pytest.approx(50 / 40, abs=0.05)
    assert (near != 200).any()
    assert look(page, [], 999).shape == (240, 360, 3), "never more than four times as large"
    assert max(look(page, [], 45).shape) == 45


@pytest.mark.parametrize("box", [Box(0, 0, 0, 0), Box(89, 59, 1, 1), Box(0, 0, 90, 60)])
def test_a_look_at_any_box_is_a_picture(box: Box) -> None:
    assert min(look(photo(), [("1", box)], 100).shape[:2]) > 10


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.9, 1), (0.5, 1), (0.973, 0.999)])
def test_an_axis_has_a_few_ticks_within_its_bounds(low: float, high: float) -> None:
    ticks = [value for value, _ in percent_axis("", low, high).ticks]
    assert 2 <= len(ticks) <= 7
    assert all(low - 1e-9 <= v <= high + 1e-9 for v in ticks)
    assert len({name for _, name in percent_axis("", low, high).ticks}) == len(ticks)
