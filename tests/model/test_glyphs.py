"""Stage 3: the digit is told from specks, rules, frames and shadows."""

import cv2
import numpy as np
import pytest

from model.pipeline.glyphs import Glyph, find_glyphs
from model.pipeline.ink import ink_maps
from model.pipeline.pieces import lay_out
from model.reading import Box
from tests.model.pictures import Pixels, as_picture, grain, page, shade


def glyphs(image: Pixels) -> tuple[Glyph, ...]:
    return find_glyphs(lay_out(next(iter(ink_maps(as_picture(image))))))


def share(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    w = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    h = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    common = max(0, w) * max(0, h)
    return common / (a.w * a.h + b.w * b.h - common)


def drawn(image: Pixels) -> Box:
    """Where the digit of a clean page is."""
    return Box(*cv2.boundingRect((image.mean(axis=2) < 150).astype(np.uint8)))


CLEAN = page(4, height=0.5)


def test_the_two_strokes_of_a_four_are_one_glyph() -> None:
    (glyph,) = glyphs(CLEAN)
    assert share(glyph.box, drawn(CLEAN)) > 0.9
    assert glyph.ink.dtype == np.float32
    assert 0 <= glyph.ink.min() <= glyph.ink.max() <= 1


@pytest.mark.parametrize("light", [1.0, 0.5, 0.35])
def test_light_ink_is_whole_in_a_glyph_though_half_of_it_is_in_shadow(light: float) -> None:
    board = page(4, ink=(245, 245, 245), paper=(0, 0, 0))
    (glyph,) = glyphs(grain(shade(board, lambda x, y: x < 0.5, light), 3))
    left, right = np.array_split(glyph.ink, 2, axis=1)
    assert np.percentile(left[left > 0.1], 60) > 0.8
    assert np.percentile(right[right > 0.1], 60) > 0.8


def test_a_stroke_that_stands_apart_is_joined() -> None:
    image = page(1, height=0.4)
    cv2.line(image, (250, 100), (290, 98), (40, 40, 50), 12, cv2.LINE_AA)
    (glyph,) = glyphs(image)
    assert share(glyph.box, drawn(image)) > 0.9


def with_specks(image: Pixels) -> None:
    for x, y in np.random.default_rng(1).integers(10, 340, (60, 2)):
        cv2.circle(image, (int(x), int(y)), 2, (60, 60, 60), -1)


def with_rule_at_the_edge(image: Pixels) -> None:
    cv2.line(image, (0, 348), (479, 340), (20, 20, 20), 5)


def with_dark_corner(image: Pixels) -> None:
    cv2.fillPoly(image, [np.array([[380, 359], [479, 250], [479, 359]])], (70, 70, 70))


def with_frame(image: Pixels) -> None:
    cv2.rectangle(image, (2, 2), (477, 357), (20, 20, 20), 4)


def with_sliver(image: Pixels) -> None:
    image[100:260, 474:] = 30


@pytest.mark.parametrize(
    "dirty", [with_specks, with_rule_at_the_edge, with_dark_corner, with_frame, with_sliver]
)
def test_the_digit_outweighs_dirt(dirty: object) -> None:
    assert callable(dirty)
    image = CLEAN.copy()
    dirty(image)
    assert share(glyphs(grain(image, 2))[0].box, drawn(CLEAN)) > 0.8


def test_a_digit_in_a_drawn_box_is_a_candidate_of_its_own() -> None:
    image = CLEAN.copy()
    cv2.rectangle(image, (120, 40), (360, 320), (40, 40, 50), 5)
    assert max(share(g.box, drawn(CLEAN)) for g in glyphs(image)) > 0.8


def test_a_digit_cut_at_its_edges_is_still_found() -> None:
    x, y, w, h = drawn(CLEAN)
    cut = CLEAN[y : y + h, x : x + w]
    assert share(glyphs(cut)[0].box, Box(0, 0, w, h)) > 0.9


def test_a_page_of_grain_has_no_more_candidates_than_allowed() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    for ink in ink_maps(as_picture(noise)):
        assert len(find_glyphs(lay_out(ink))) <= 4
