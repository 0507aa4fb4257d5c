"""Stage 1, once more: sheets of paper that lie within the picture, and what is none."""

import cv2
import numpy as np
import pytest

from model import DigitReader
from model.pipeline.within import sheets_within
from model.reading import Box
from tests.model.pictures import TABLE, Pixels, as_picture, encode, grain, on_a_table, page, shade


def test_there_is_paper_all_around_then() -> None:
    sheet = sheets_within(as_picture(on_a_table(page(size=(260, 240)), 200, 100, 8)))
    assert sheet is not None
    assert sheet.picture.grey.shape == (480, 640)
    paper = page(size=(260, 240))[0, 0].mean()
    assert np.abs(sheet.picture.grey[:60].astype(float) - paper).max() < 15
    assert np.abs(sheet.picture.pixels[:, :150].mean(axis=2) - paper).max() < 15


@pytest.mark.parametrize("light", [0.3, 0.5, 0.7])
def test_half_a_page_is_none_if_writing_crosses_the_shadows_edge(light: float) -> None:
    image = shade(page(), lambda x, y: x + 0.6 * y > 0.8, light)
    assert sheets_within(as_picture(image)) is None
    assert DigitReader.load().read(encode(image)).number == "7"


@pytest.mark.parametrize("light", [0.3, 0.5, 0.7])
def test_half_a_page_beside_the_writing_may_be_one_but_hides_nothing(light: float) -> None:
    """Nothing tells the edge of a shadow from that of paper, where neither is written on."""
    image = shade(page(centre=(0.35, 0.5)), lambda x, y: x > 0.75, light)
    assert sheets_within(as_picture(image)) is not None
    assert DigitReader.load().read(encode(image)).number == "7"


def test_three_edges_of_the_picture_may_cut_a_sheet_off() -> None:
    image = page()
    image[:, 400:] = TABLE
    sheet = sheets_within(as_picture(image))
    assert sheet is not None
    assert sheet.box.w == pytest.approx(400, abs=8)
    assert sheet.picture.grey[:, 440:].min() > 180


def test_a_sheet_may_be_round() -> None:
    image = np.full((360, 480, 3), TABLE, np.uint8)
    cv2.ellipse(image, (240, 180), (150, 110), 20, 0, 360, (230, 230, 225), -1)
    found = sheets_within(as_picture(image))
    assert found is not None
    assert found.picture.grey.min() > 200
    assert found.box.alike(Box(*cv2.boundingRect((image[..., 0] > 150).astype(np.uint8)))) > 0.9


def test_sheets_of_one_size_are_seen_together() -> None:
    image = np.full((480, 640, 3), TABLE, np.uint8)
    for x in (40, 350):
        image[100:360, x : x + 240] = page(4, size=(240, 260))
    found = sheets_within(as_picture(image))
    assert found is not None
    assert found.box.alike(Box(40, 100, 550, 260)) > 0.95
    ink = np.any(found.picture.grey < 130, axis=0, keepdims=True)[0]
    assert ink[40:280].any()
    assert ink[350:590].any()
    assert not ink[280:350].any(), "between them there is paper"


def test_but_a_much_smaller_one_is_not() -> None:
    image = np.full((480, 640, 3), TABLE, np.uint8)
    image[40:440, 40:400], image[200:260, 500:580] = (225, 225, 220), (225, 225, 220)
    found = sheets_within(as_picture(image))
    assert found is not None
    assert found.box.alike(Box(40, 40, 360, 400)) > 0.95


def test_its_edge_is_where_most_thresholds_see_it() -> None:
    """A rough table has light spots that lie against the sheet at some."""
    image = grain(on_a_table(page(size=(260, 240)), 190, 110, 0), 12)
    image[150:240, 165:190] = (110, 105, 100)
    found = sheets_within(as_picture(image))
    assert found is not None
    assert found.box.alike(Box(190, 110, 260, 240)) > 0.93


NONE = {
    "a page": page(),
    "a page with a soft shadow on it": cv2.GaussianBlur(
        shade(page(), lambda x, y: x + 0.6 * y > 0.8), (0, 0), 50
    ),
    "a box that a pen drew": cv2.rectangle(page(), (60, 40), (420, 320), (40, 40, 50), 6),
    "light from one side": (page() * np.linspace(0.3, 1, 480)[None, :, None]).astype(np.uint8),
    "a corner of a table": shade(page(), lambda x, y: x + y < 0.5, light=0.2),
    "a star": cv2.fillPoly(
        np.full((360, 480, 3), TABLE, np.uint8),
        [
            np.array(
                [
                    (240 + r * np.sin(k * np.pi / 5), 180 - r * np.cos(k * np.pi / 5))
                    for k, r in enumerate([150, 60] * 5)
                ]
            ).astype(np.int32)
        ],
        (230, 230, 230),
    ),
    "a small square": cv2.rectangle(page(), (9, 9), (40, 40), (0, 0, 0), -1),
    "nothing": np.full((360, 480, 3), 128, np.uint8),
    "hardly a pixel": np.full((8, 8, 3), 128, np.uint8),
}


@pytest.mark.parametrize("image", NONE.values(), ids=NONE.keys())
def test_what_is_no_sheet(image: Pixels) -> None:
    assert sheets_within(as_picture(image)) is None


@pytest.mark.parametrize("side", range(8, 40, 4))
def test_a_sheet_of_few_pixels_does_no_harm(side: int) -> None:
    image = np.zeros((side, side, 3), np.uint8)
    image[side // 4 : -(side // 4), side // 4 : -(side // 4)] = 255
    sheet = sheets_within(as_picture(image))
    assert sheet is None or (sheet.picture.grey > 200).all()
