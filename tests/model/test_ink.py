"""Stage 2: the ink of a page is found whatever the light, the colours and the ruling."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.pipeline.ink import InkMap, ink_maps
from model.pipeline.pieces import is_straight
from model.pipeline.rules import erase_rules
from tests.model.pictures import Pixels, as_picture, grain, page, shade

TRUTH = (page(paper=(255, 255, 255), ink=(0, 0, 0)).mean(axis=2) < 128).astype(np.uint8)


def overlap(ink: InkMap, truth: NDArray[np.uint8] = TRUTH) -> float:
    """Intersection over union of an ink map with what was drawn."""
    found = ink.mask > 0
    return float((found & (truth > 0)).sum() / (found | (truth > 0)).sum())


def best(pixels: Pixels) -> float:
    return max(overlap(ink) for ink in ink_maps(as_picture(pixels)))


def first(pixels: Pixels) -> float:
    return overlap(next(iter(ink_maps(as_picture(pixels)))))


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ((40, 40, 50), (225, 225, 220)),
        ((30, 50, 160), (235, 230, 225)),
        ((245, 245, 245), (30, 60, 45)),
        ((255, 255, 255), (0, 0, 0)),
        ((170, 165, 160), (205, 200, 190)),
    ],
    ids=["pen", "blue", "chalk", "screen", "pencil"],
)
def test_the_first_opinion_finds_ink_by_its_lightness(
    ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    assert first(grain(page(ink=ink, paper=paper), 3)) > 0.75


@pytest.mark.parametrize(
    ("ink", "paper"),
    [((200, 60, 60), (70, 130, 100)), ((250, 220, 90), (250, 245, 235))],
    ids=["red on green", "yellow on cream"],
)
def test_ink_as_light_as_its_paper_is_found_by_its_colour(
    ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    assert best(grain(page(ink=ink, paper=paper), 3)) > 0.75


@pytest.mark.parametrize(
    "image",
    [
        shade(page(), lambda x, y: x + 0.6 * y > 0.8),
        (page() * np.linspace(0.35, 1, 480)[None, :, None]).astype(np.uint8),
    ],
    ids=["hard shadow across the digit", "light from one side"],
)
def test_uneven_light_is_not_ink(image: Pixels) -> None:
    assert first(grain(image, 3)) > 0.7


@pytest.mark.parametrize(
    ("ink", "paper"),
    [((245, 245, 245), (30, 60, 45)), ((255, 255, 255), (0, 0, 0))],
    ids=["chalk", "screen"],
)
def test_light_ink_is_found_in_shadow_too(
    ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    image = shade(page(ink=ink, paper=paper), lambda x, y: x + 0.6 * y > 0.8, light=0.35)
    assert first(grain(image, 3)) > 0.8


@pytest.mark.parametrize("lit", [1.4, 1.6, 1.7])
def test_a_lit_corner_of_a_page_in_shadow_is_not_ink(lit: float) -> None:
    assert first(grain(shade(page(), lambda x, y: x + y < lit, light=0.35), 3)) > 0.9


def test_some_opinion_takes_dark_edges_for_shadow() -> None:
    assert best(grain(shade(page(), lambda x, y: (x < 0.2) | (y > 0.85)), 3)) > 0.7


def test_a_thick_marker_is_found_whole() -> None:
    thick = page(pen=0.28, height=0.85)
    truth = (thick.mean(axis=2) < 128).astype(np.uint8)
    assert truth.mean() > 0.15
    assert max(overlap(ink, truth) for ink in ink_maps(as_picture(thick))) > 0.9


def test_a_thin_pencil_is_found() -> None:
    thin = page(pen=0.01, ink=(150, 150, 150))
    truth = (thin.mean(axis=2) < 190).astype(np.uint8)
    found = next(iter(ink_maps(as_picture(grain(thin, 2))))).mask
    assert (found & truth).sum() > 0.7 * truth.sum()


def ruled(image: Pixels, squared: bool, slant: int = 0) -> Pixels:
    h, w = image.shape[:2]
    lined = image.copy()
    for y in range(20, h, 45):
        cv2.line(lined, (0, y), (w, y + slant), (110, 130, 190), 2)
    if squared:
        for x in range(20, w, 45):
            cv2.line(lined, (x, 0), (x, h), (110, 130, 190), 2)
    return np.minimum(lined, image)


@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
@pytest.mark.parametrize("ink", [(30, 30, 40), (100, 110, 160)], ids=["darker", "like the rules"])
def test_some_opinion_sees_past_the_ruling(squared: bool, ink: tuple[int, int, int]) -> None:
    assert best(ruled(page(ink=ink), squared)) > 0.6


@pytest.mark.parametrize("place", [(0.31, 0.42), (0.5, 0.5), (0.615, 0.277), (0.73, 0.81)])
@pytest.mark.parametrize("light", [False, True])
def test_a_little_ink_is_dark_or_light_wherever_it_stands(
    place: tuple[float, float], light: bool
) -> None:
    """A sample of single pixels may miss it, and noise alone would decide."""
    colours = ((235, 235, 230), (30, 60, 45)) if light else ((40, 40, 50), (225, 225, 220))
    small = page(4, size=(640, 480), centre=place, height=0.05, ink=colours[0], paper=colours[1])
    found = next(iter(ink_maps(as_picture(grain(small, 1)))))
    truth = np.abs(small.mean(axis=2) - np.mean(colours[1])) > 80
    assert overlap(found, truth.astype(np.uint8)) > 0.6


def test_ink_on_a_wall_stands_out_from_bricks_as_from_mortar() -> None:
    mortar, brick, paint = (185, 180, 170), (150, 80, 65), (20, 20, 22)
    wall = np.full((360, 480, 3), brick, np.uint8)
    for i, y in enumerate(range(0, 360, 40)):
        cv2.line(wall, (0, y), (480, y), mortar, 5)
        for x in range(i % 2 * 40, 480, 80):
            cv2.line(wall, (x, y), (x, y + 40), mortar, 5)
    wall[TRUTH > 0] = paint
    assert best(grain(wall, 6)) > 0.75


def test_slanting_rules_are_erased_and_strokes_kept() -> None:
    mask = (ruled(page(), False, slant=12).mean(axis=2) < 180).astype(np.uint8)
    erased = erase_rules(mask)
    assert erased is not None
    assert erased.sum() < 1.15 * TRUTH.sum() < mask.sum()
    assert (erased & TRUTH).sum() > 0.8 * TRUTH.sum()


def test_a_rule_goes_on_through_a_stroke_that_lies_along_it() -> None:
    mask = np.zeros((130, 170), np.uint8)
    mask[60:76, 55:115] = 1  # a stroke,
    rest = mask.copy()
    mask[66:68] = 1  # and a rule behind it
    assert erase_rules(mask) is None
    erased = erase_rules(mask, along=True)
    assert erased is not None
    assert (erased & rest).sum() == rest.sum()
    assert (erased & (1 - rest)).sum() < 0.1 * (mask & (1 - rest)).sum()


def test_a_thin_stroke_along_a_rule_is_kept_where_it_is_deeper_than_the_rule() -> None:
    mask, depth = np.zeros((2, 360, 480), np.uint8)
    mask[200:203] = mask[100:300, 270:273] = 1  # a rule, a pen as thin as it is,
    depth[200:203] = 60
    depth[100:300, 270:273] = depth[200:203, 180:290] = 160  # and the bar of a 4
    bar, rest = np.s_[201, 185:285], np.s_[200:203, 20:160]
    erased = erase_rules(mask, depth=depth)
    assert erased is not None
    assert erased[bar].all()
    assert not erased[rest].any()
    blind = erase_rules(mask)
    assert blind is not None
    assert blind[bar].mean() < 0.2
    depth[200:203, :300] = 160  # no stroke is so long: it may be another rule
    erased = erase_rules(mask, depth=depth)
    assert erased is not None
    assert erased[bar].mean() < 0.2


def test_what_only_loosened_ink_shows_to_be_a_rule_takes_no_ink() -> None:
    mask = np.ones((8, 40), np.uint8)
    mask[:2] = 0
    erased = erase_rules(mask, depth=mask)
    assert erased is not None
    assert (erased == mask).all()


def test_a_page_without_rules_is_said_to_have_none() -> None:
    assert erase_rules(TRUTH) is None
    assert erase_rules(TRUTH, along=True) is None


@pytest.mark.parametrize("angle", [0, 20, 45, 80])
def test_a_line_is_straight_at_any_angle_and_a_seven_is_not(angle: int) -> None:
    field = np.zeros((200, 200), np.uint8)
    x, y = np.cos(np.radians(angle)) * 90, np.sin(np.radians(angle)) * 90
    cv2.line(field, (round(100 - x), round(100 - y)), (round(100 + x), round(100 + y)), 1, 5)
    assert is_straight(field)
    assert not is_straight(TRUTH)


def test_a_rule_with_digits_on_it_is_no_straight_line() -> None:
    ruled = np.zeros((40, 640), np.uint8)
    ruled[20:23] = 1
    assert is_straight(ruled)
    for x in range(100, 400, 60):
        ruled[2:38, x : x + 4] = 1
    assert not is_straight(ruled)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_paper_has_no_ink(level: int) -> None:
    blank = np.full((100, 140, 3), level, np.uint8)
    assert list(ink_maps(as_picture(blank))) == []


@pytest.mark.parametrize("shape", [(8, 8), (8, 640), (640, 8), (28, 28), (1, 1)])
def test_every_shape_is_taken(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    for ink in ink_maps(as_picture(pixels)):
        assert ink.depth.shape == ink.mask.shape == shape
        assert set(np.unique(ink.mask)) <= {0, 1}
