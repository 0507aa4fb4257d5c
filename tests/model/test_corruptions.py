"""Damage done on purpose: seeded, growing with severity, and of pictures of any shape."""

import numpy as np
import pytest

from model.evaluation.corruptions import CORRUPTIONS, Corruption, corrupted
from model.pipeline.image import Pixels, decode
from tests.model.pictures import page

IDS = [kind.name for kind in CORRUPTIONS]


def damaged(pixels: Pixels, kind: Corruption, severity: float, seed: int = 1) -> Pixels:
    return decode(corrupted(pixels, kind, severity, (seed,)), 1280).pixels


@pytest.mark.parametrize("kind", CORRUPTIONS, ids=IDS)
def test_the_same_seed_does_the_same(kind: Corruption) -> None:
    first, second = (corrupted(page(7), kind, kind.severities[0], (1, 2)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("kind", CORRUPTIONS, ids=IDS)
@pytest.mark.parametrize("size", [(480, 360), (31, 200), (8, 8)])
def test_a_picture_of_any_shape_stays_one(kind: Corruption, size: tuple[int, int]) -> None:
    for severity in kind.severities:
        result = damaged(page(7, size=size), kind, severity)
        assert min(result.shape[:2]) >= 8
        assert result.dtype == np.uint8


@pytest.mark.parametrize("kind", CORRUPTIONS, ids=IDS)
def test_every_severity_is_named_and_changes_the_picture(kind: Corruption) -> None:
    assert 3 <= len(kind.severities) <= 5
    assert len(set(kind.labels())) == len(kind.severities)
    whole = page(7, size=(640, 480))
    for severity in kind.severities:
        result = damaged(whole, kind, severity)
        assert result.shape != whole.shape or (result != whole).any()


SAME_SHAPE = {
    *("blurred", "shaken", "through glass", "dark", "bright", "shadow edge", "uneven light"),
    *("noisy", "salted", "spattered", "low contrast", "fogged", "tinted", "recompressed"),
}


@pytest.mark.parametrize(
    "kind", [k for k in CORRUPTIONS if k.name in SAME_SHAPE], ids=lambda k: k.name
)
def test_damage_grows_with_severity(kind: Corruption) -> None:
    whole = page(7, size=(320, 240)).astype(float)
    off = [
        np.abs(damaged(page(7, size=(320, 240)), kind, s) - whole).mean() for s in kind.severities
    ]
    assert off == sorted(off)


def test_turning_keeps_the_whole_picture() -> None:
    kind = next(k for k in CORRUPTIONS if k.name == "turned")
    marked = np.full((100, 200, 3), 255, np.uint8)
    for y, x in ((4, 4), (4, 195), (95, 4), (95, 195)):
        marked[y - 3 : y + 4, x - 3 : x + 4] = 0
    turned = damaged(marked, kind, 15)
    assert turned.shape[0] > 140
    assert (turned.min(axis=2) < 60).sum() >= 4 * 30
