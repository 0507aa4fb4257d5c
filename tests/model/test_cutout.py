"""One digit cut out of an image: the glyph to the pixel, and a crop that reads the same."""

from typing import Any

import cv2
import numpy as np
import pytest

from model import DigitReader, UnreadableImage
from model.cutout import LONGEST, cut_out
from tests.model.pictures import encode, page


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader.load()


def decoded(data: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


def test_the_glyph_is_what_the_model_saw(reader: DigitReader) -> None:
    data = encode(page())
    (digit,) = reader.read(data).digits
    glyph, _ = cut_out(data, digit)
    pixels = decoded(glyph)
    assert pixels.shape == (28, 28)
    assert np.abs(pixels / 255 - digit.glyph).max() <= 0.5 / 255


@pytest.mark.parametrize("size", [(480, 360), (300, 900), (3000, 2000)])
def test_the_crop_shows_the_digit_and_reads_the_same(
    reader: DigitReader, size: tuple[int, int]
) -> None:
    data = encode(page(size=size))
    (digit,) = reader.read(data).digits
    _, crop = cut_out(data, digit)
    h, w = decoded(crop).shape[:2]
    assert max(w, h) <= LONGEST + 2
    assert w * h < 0.9 * size[0] * size[1], "less than the whole photo"
    (again,) = reader.read(crop).digits
    assert again.digit == digit.digit


def test_a_digit_at_the_edge_is_cut_at_the_edge(reader: DigitReader) -> None:
    image = page(size=(480, 360))
    ys, xs = np.nonzero(image.min(axis=2) < 100)
    tight = np.ascontiguousarray(image[ys.min() - 4 : ys.max() + 4, xs.min() - 4 : xs.max() + 4])
    data = encode(tight)
    (digit,) = reader.read(data).digits
    h, w = decoded(cut_out(data, digit)[1]).shape[:2]
    assert (w, h) == (tight.shape[1], tight.shape[0])


def test_what_is_no_image_is_refused_as_the_reader_does(reader: DigitReader) -> None:
    (digit,) = reader.read(encode(page())).digits
    with pytest.raises(UnreadableImage):
        cut_out(b"junk", digit)
