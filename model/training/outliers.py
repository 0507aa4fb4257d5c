"""What a digit is not: the examples that teach the network to say so.

A softmax over ten digits calls anything a digit; the eleventh class gives it the other answer
(the idea of Hendrycks et al. 2019, arXiv 1812.04606, in its simplest form). Most are glyphs that
the reader itself found in pictures of things (`things.py`); the others are drawn here.
"""

import string

import cv2
import numpy as np

from model.datasets import Pictures
from model.pipeline.normalise import Ink
from model.training.augment import turned
from model.training.printing import in_relief, print_text
from model.training.strokes import FIELD, draw_nonsense

# Letters that a fair person would take for a digit are not held against the network.
_TAKEN_FOR_DIGITS = set("OoIlijSsZzbqgBDQGyYtLJaefhrAT")
_LATIN = "".join(c for c in string.ascii_letters + "&@#%?!+=" if c not in _TAKEN_FOR_DIGITS)
_LETTERS = _LATIN + "αβγδεηκλμξπσφψωΔΘΛΞΣΦΨΩ"
_OF_THINGS = 0.6  # the share of them that were found in pictures


def outlier(digits: Pictures, things: Pictures, rng: np.random.Generator) -> Ink:
    """Ink of something that is no digit.

    Args:
        digits: (n, 28, 28) of them, for cutting up.
        things: (m, 28, 28), as `things.load_things` gives them.
        rng: decides.
    """
    if rng.random() < _OF_THINGS:
        return turned(_some(things, rng), rng.uniform(-10, 10))
    kind = rng.random()
    if kind < 0.15:
        return print_text(_LETTERS[int(rng.integers(len(_LETTERS)))], rng)
    if kind < 0.25:
        return _patchwork(digits, rng)
    if kind < 0.35:
        return _crowd(digits, rng)
    if kind < 0.47:
        ink = _texture(rng)
    elif kind < 0.55:
        ink = _shape(rng)
    else:
        ink = draw_nonsense(rng)
    return in_relief(ink, rng) if rng.random() < 0.4 else ink  # relief is not for digits alone


def _some(digits: Pictures, rng: np.random.Generator) -> Ink:
    return digits[int(rng.integers(len(digits)))].astype(np.float32) / np.float32(255)


def _patchwork(digits: Pictures, rng: np.random.Generator) -> Ink:
    """Four quarters of four digits, each from the wrong corner."""
    quarters = [_some(digits, rng) for _ in range(4)]
    a, b, c, d = (np.rot90(q, int(rng.integers(1, 4))) for q in quarters)
    return np.block([[a[:14, :14], b[:14, 14:]], [c[14:, :14], d[14:, 14:]]])


def _crowd(digits: Pictures, rng: np.random.Generator) -> Ink:
    """Two to four digits in one box: a number is not a digit."""
    row = [_some(digits, rng)[:, 4:24] for _ in range(int(rng.integers(2, 5)))]
    if rng.random() < 0.3:
        row = [np.vstack([r, _some(digits, rng)[:, 4:24]]) for r in row]
    return np.ascontiguousarray(np.hstack(row))


def _texture(rng: np.random.Generator) -> Ink:
    """Blotches of noise: fur, foliage, stains, shadow borders."""
    grain = int(rng.integers(3, 28))
    noise = rng.normal(0, 1, (grain, grain)).astype(np.float32)
    noise = cv2.resize(noise, (FIELD, FIELD), interpolation=cv2.INTER_CUBIC)
    blotches = np.clip((noise - np.float32(rng.uniform(-0.3, 1.0))) * 4 + 0.5, 0, 1)
    if rng.random() < 0.5:
        mask = np.zeros((FIELD, FIELD), np.float32)
        axes = tuple(int(v) for v in rng.integers(30, 66, 2))
        cv2.ellipse(mask, (FIELD // 2, FIELD // 2), axes, rng.uniform(0, 180), 0, 360, 1.0, -1)
        blotches *= mask
    return blotches


def _shape(rng: np.random.Generator) -> Ink:
    """A filled thing with hard edges: a wedge of shadow, a dot, a bar lying down, a phone."""
    page = np.zeros((FIELD, FIELD), np.float32)
    middle = FIELD / 2
    kind = rng.random()
    if kind < 0.35:
        cv2.fillPoly(page, [rng.integers(16, FIELD - 16, (3, 1, 2)).astype(np.int32)], 1.0)
    elif kind < 0.6:
        axes = tuple(int(v) for v in rng.integers(14, 60, 2))
        cv2.ellipse(page, (FIELD // 2, FIELD // 2), axes, 0, 0, 360, 1.0, -1)
    elif kind < 0.8:
        height = rng.uniform(0.02, 0.25)
        corners = cv2.boxPoints(((middle, middle), (110, 110 * height), rng.uniform(-20, 20)))
        cv2.fillPoly(page, [corners.astype(np.int32)], 1.0)
    else:
        size = (rng.uniform(45, 110), rng.uniform(45, 110))
        corners = cv2.boxPoints(((middle, middle), size, rng.uniform(0, 90)))
        cv2.fillPoly(page, [corners.astype(np.int32)], 1.0)
    return page
