"""Writing out of focus: it is noticed, measured and sharpened, and what is sharp is left alone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from model.pipeline.focus import blur, refocused
from model.pipeline.image import Picture
from model.pipeline.ink import likeliest
from model.pipeline.params import DEFAULT
from model.pipeline.pieces import lay_out
from model.pipeline.sheet import Sheet
from tests.model.pictures import Pixels, as_picture, grain, written

PAGE = written("7417|4174|1744", side=60)


def blurred(image: Pixels, by: float) -> Picture:
    return as_picture(np.asarray(cv2.GaussianBlur(image, (0, 0), by), np.uint8))


def sheet_of(picture: Picture) -> Sheet:
    ink = likeliest(picture)
    assert ink is not None
    return lay_out(ink)


def blur_of(picture: Picture) -> float:
    return blur(sheet_of(picture), DEFAULT.glyphs)


@pytest.mark.parametrize("noise", [0, 12])
def test_sharp_writing_is_left_alone(noise: float) -> None:
    assert blur_of(as_picture(grain(PAGE, noise))) == 0.0


def with_smudges(image: Pixels) -> Pixels:
    """Three soft spots as large as digits along the foot of the page."""
    h, w = image.shape[:2]
    y, x = np.mgrid[0:h, 0:w]
    middles = (0.2 * w, 0.5 * w, 0.8 * w)
    spots = sum(np.exp(-(((x - at) / 12) ** 2) - ((y - 0.85 * h) / 20) ** 2) for at in middles)
    return (image * (1 - 0.5 * np.asarray(spots)[..., None])).astype(np.uint8)


def test_smudges_do_not_make_sharp_writing_blurred() -> None:
    page = np.pad(written("74", side=60), ((0, 90), (0, 0), (0, 0)), "edge")
    sheet = sheet_of(as_picture(with_smudges(page)))
    assert len(sheet.pieces) == 5
    assert blur(sheet, DEFAULT.glyphs) == 0.0
    assert blur(sheet, DEFAULT.glyphs, replace(DEFAULT.focus, sharp=0.6)) > 0.0  # they are soft


def test_more_blur_is_wider() -> None:
    widths = [blur_of(blurred(PAGE, by)) for by in (3, 4, 5, 6)]
    assert widths[0] > 0
    assert widths == sorted(widths)


def test_a_picture_without_ink_on_the_page_has_none() -> None:
    sheet = sheet_of(blurred(PAGE, 4))
    assert blur(Sheet(sheet.labels, sheet.ink, ()), DEFAULT.glyphs) == 0.0


@pytest.mark.parametrize("by", [4, 6])
def test_sharpening_narrows_the_edges_in_grey_and_in_colour(by: float) -> None:
    picture = blurred(PAGE, by)
    before = blur_of(picture)
    sharp = refocused(picture, before)
    assert blur_of(sharp) < 0.8 * before
    assert blur_of(as_picture(sharp.pixels)) < 0.8 * before
    assert sharp.original == picture.original
