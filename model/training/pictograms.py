"""Signs and pictograms, which stickers and screens are full of: as bold and as simple as digits.

An outline is filled, or drawn with a pen, and things are put into it or beside it, or cut out.
"""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.pipeline.normalise import Ink
from model.training.strokes import FIELD

Outline = NDArray[np.float64]  # (n, 2), x to the right and y down, around 0


def draw_pictogram(rng: np.random.Generator) -> Ink:
    """Draw one, ink of (FIELD, FIELD) in [0, 1]; every third is made its own mirror image."""
    page = _drawn(rng)
    while _may_be_a_nought(page):
        page = _drawn(rng)
    return page


def _may_be_a_nought(page: Ink) -> bool:
    """Whether it is one piece with one hole, as a ring is, a 6 and a 9; or nothing at all."""
    ink = (page > 0.5).astype(np.uint8)
    pieces = cv2.connectedComponents(ink)[0] - 1
    holes = cv2.connectedComponents(1 - ink, connectivity=4)[0] - 2
    return pieces == 0 or (pieces == 1 and holes == 1)


def _drawn(rng: np.random.Generator) -> Ink:
    page = np.zeros((FIELD, FIELD), np.float32)
    pen = int(rng.integers(4, 17))
    kind = rng.random()
    if kind < 0.35:
        _body(page, rng, pen)
    elif kind < 0.6:
        for _ in range(int(rng.integers(2, 5))):
            _part(page, rng, 42, rng.uniform(10, 34), pen, 1.0)
    elif kind < 0.8:
        _put(page, _blob(rng, rng.uniform(40, 60)), (0, 0), 0, 1.0)
        if rng.random() < 0.4:
            _part(page, rng, 25, rng.uniform(6, 20), pen, 0.0)
    else:
        outline = (_arrow, _star, _bolt)[int(rng.integers(3))](rng, rng.uniform(45, 62))
        filled = rng.random() < 0.7
        _put(
            page, _turned(outline, rng.uniform(0, 360)), (0, 0), 0 if filled else pen // 2 + 1, 1.0
        )
    return _mirrored(page, rng) if rng.random() < 0.3 else page


def _body(page: Ink, rng: np.random.Generator, pen: int) -> None:
    """Something with things in it: a face, a lens, a screen."""
    size = rng.uniform(38, 60)
    filled = rng.random() < 0.5
    _put(page, _outline(rng, size), (0, 0), 0 if filled else pen, 1.0)
    for _ in range(int(rng.integers(2, 5))):
        _part(page, rng, size * 0.5, size * rng.uniform(0.2, 0.5), pen, 0.0 if filled else 1.0)


def _part(
    page: Ink, rng: np.random.Generator, spread: float, size: float, pen: int, level: float
) -> None:
    outline = _outline(rng, size) if rng.random() < 0.75 else _blob(rng, size)
    at = rng.uniform(-spread, spread, 2)
    _put(page, outline, at, 0 if rng.random() < 0.6 else max(3, pen // 2), level)


def _put(page: Ink, outline: Outline, at: ArrayLike, pen: int, level: float) -> None:
    """Draw an outline around a point off the middle with a pen so wide; 0 fills it."""
    points = np.round(outline + FIELD / 2 + np.asarray(at)).astype(np.int32)
    if pen:
        cv2.polylines(page, [points], True, level, pen, cv2.LINE_AA)
    else:
        cv2.fillPoly(page, [points], level, cv2.LINE_AA)


def _mirrored(page: Ink, rng: np.random.Generator) -> Ink:
    half = page[:, : FIELD // 2] if rng.random() < 0.5 else page[:, FIELD // 2 :][:, ::-1]
    return np.hstack([half, half[:, ::-1]])


def _outline(rng: np.random.Generator, size: float) -> Outline:
    kind = rng.random()
    if kind < 0.35:
        return _round(40) * size * rng.uniform(0.6, 1.0, 2)
    if kind < 0.6:
        return np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * size * rng.uniform(0.35, 1.0, 2)
    return (_arrow, _star, _polygon, _bolt)[int(rng.integers(4))](rng, size)


def _round(points: int, degrees: float = 0.0) -> Outline:
    angles = 2 * np.pi * np.arange(points) / points + np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _polygon(rng: np.random.Generator, size: float) -> Outline:
    return _round(int(rng.integers(3, 7)), rng.uniform(0, 360)) * size


def _star(rng: np.random.Generator, size: float) -> Outline:
    star = _round(2 * int(rng.integers(4, 13)), rng.uniform(0, 360)) * size
    star[1::2] *= rng.uniform(0.35, 0.85)
    return star


def _arrow(rng: np.random.Generator, size: float) -> Outline:
    head, neck, width = rng.uniform(0.3, 0.9), rng.uniform(-0.4, 0.4), rng.uniform(0.08, 0.4)
    upper = np.array([(-1, width), (neck, width), (neck, head), (1, 0)])
    lower = upper[-2::-1] * (1, -1)
    return _turned(np.vstack([upper, lower]) * size, 90 * int(rng.integers(4)))


def _bolt(rng: np.random.Generator, size: float) -> Outline:
    inner, jag = rng.uniform(0.1, 0.4), rng.uniform(0.05, 0.25)
    half = np.array([(0.35, -1), (-0.6, jag), (-inner, jag)]) + rng.normal(0, 0.07, (3, 2))
    return np.vstack([half, -half]) * size * (1 if rng.random() < 0.5 else (-1, 1))


def _blob(rng: np.random.Generator, size: float) -> Outline:
    """A smooth outline that comes round to where it began: a fruit, a foot, a cloud."""
    angles = 2 * np.pi * np.arange(60) / 60
    waves = [
        rng.normal(0, 0.45 / k) * np.cos(k * angles + rng.uniform(0, 6.3)) for k in range(2, 7)
    ]
    radius = np.clip(1 + np.sum(waves, axis=0), 0.15, 2.2)[:, None]
    return _round(60) * radius / radius.max() * size * rng.uniform(0.6, 1.0, 2)


def _turned(outline: Outline, degrees: float) -> Outline:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return outline @ turn
