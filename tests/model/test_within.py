"""Stage 1, once more: a sheet of paper that lies within the picture, and what is none."""

import cv2
import numpy as np
import pytest

from model import DigitReader
from model.pipeline.within import sheets_within
from tests.model.pictures import TABLE, Pixels, as_picture, encode, on_a_table, page, shade


def test_there_is_paper_all_around_then() -> None:
    sheet = sheets_within(as_picture(on_a_table(page(size=(260, 240)), 200, 100, 8)))
    assert sheet is not None
    assert sheet.picture.grey.shape == (480, 640)
    paper = page(size=(260, 240))[0, 0].mean()
    assert np.abs(sheet.picture.grey[:60].astype(float) - paper).max() < 15
    assert np.abs(sheet.picture.pixels[:, :150].mean(axis=2) - paper).max() < 15


@pytest.mark.parametrize("light", [0.3, 0.5, 0.7])
def test_half_a_page_may_be_one_and_is_not_looked_at_alone(light: float) -> None:
    """Nothing tells the edge of a shadow from that of paper, so what is read is not looked at."""
    image = shade(page(), lambda x, y: x + 0.6 * y > 0.8, light)
    assert sheets_within(as_picture(image)) is not None
    assert DigitReader.load().read(encode(image)).number == "7"


def test_three_edges_of_the_picture_may_cut_a_sheet_off() -> None:
    image = page()
    image[:, 400:] = TABLE
    sheet = sheets_within(as_picture(image))
    assert sheet is not None
    assert sheet.box.w == pytest.approx(400, abs=8)
    assert sheet.picture.grey[:, 440:].min() > 180


NONE = {
    "a page": page(),
    "a page with a soft shadow on it": cv2.GaussianBlur(
        shade(page(), lambda x, y: x + 0.6 * y > 0.8), (0, 0), 50
    ),
    "a box that a pen drew": cv2.rectangle(page(), (60, 40), (420, 320), (40, 40, 50), 6),
    "light from one side": (page() * np.linspace(0.3, 1, 480)[None, :, None]).astype(np.uint8),
    "a corner of a table": shade(page(), lambda x, y: x + y < 0.5, light=0.2),
    "a round thing": cv2.circle(np.full((360, 480, 3), TABLE, np.uint8), (240, 180), 120, 230, -1),
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
