"""The picture of what the model saw."""

import cv2
import numpy as np
import pytest

from model import DigitReader
from model.preview import GAP, SIDE, SURE, draw_preview
from tests.model.pictures import Pixels, encode, page


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader.load()


def drawn(reader: DigitReader, image: Pixels) -> Pixels:
    data = encode(image)
    png = np.frombuffer(draw_preview(data, reader.read(data)), np.uint8)
    return cv2.cvtColor(cv2.imdecode(png, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def test_the_glyph_stands_unsmoothed_beside_the_photo_with_its_box(reader: DigitReader) -> None:
    image = page(size=(480, 360))
    preview = drawn(reader, image)
    assert preview.shape[1] == 2 * SIDE + 3 * GAP
    glyph = preview[GAP : GAP + SIDE, -GAP - SIDE : -GAP, 0]
    (digit,) = reader.read(encode(image)).digits
    cells = glyph.reshape(28, 14, 28, 14).astype(int)
    assert np.ptp(cells, axis=(1, 3)).max() == 0, "each pixel of the glyph is a flat square"
    assert np.abs(cells[:, 0, :, 0] / 255 - digit.glyph).max() < 0.01
    photo = preview[:, : GAP + SIDE].astype(int)
    assert (np.abs(photo - SURE).sum(axis=2) < 60).sum() > 500, "there is a box in the photo"


def test_without_a_digit_only_the_photo_is_drawn(reader: DigitReader) -> None:
    preview = drawn(reader, np.full((300, 400, 3), 200, np.uint8))
    assert preview.shape[1] == SIDE + 2 * GAP


@pytest.mark.parametrize("size", [(28, 28), (60, 800), (3000, 500)])
def test_any_shape_of_photo_fits(reader: DigitReader, size: tuple[int, int]) -> None:
    preview = drawn(reader, page(size=size))
    assert max(preview.shape) <= 2 * SIDE + 3 * GAP
