"""Makes of one clean glyph what the pipeline yields from a photo of it.

Everything here happens to the ink before stage 4, at a photo's resolution, so that `normalise`
sees in training what it sees in serving. The result is always `normalise(...)`, never an image
made in another way.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.focus import DEFAULT as FOCUS
from model.pipeline.focus import unsharp
from model.pipeline.normalise import DEFAULT, Ink, NormaliseParams, normalise

FIELD = 144  # pixels of the square that distortions happen in
GLYPH = 96  # pixels of the longest side of an undistorted glyph in it


def gentle(ink: Ink, rng: np.random.Generator, params: NormaliseParams = DEFAULT) -> Ink:
    """Turn and shift by a little, at the glyph's own resolution: MNIST stays MNIST.

    Rotation and translation alone are what the best plain networks use (arXiv 2008.10400).
    """
    leaning = turned(ink, rng.uniform(-15, 15), rng.uniform(0.95, 1.05))
    return _nudge(normalise(leaning, params), rng, 2)


def turned(ink: Ink, degrees: float, scale: float = 1.0) -> Ink:
    """Ink turned about its middle, counter-clockwise, and scaled, on a page as large as it."""
    h, w = ink.shape
    turn = cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), degrees, scale)
    moved: Ink = np.clip(cv2.warpAffine(ink, turn, (w, h)), 0, 1)
    return moved


def photographed(ink: Ink, rng: np.random.Generator, params: NormaliseParams = DEFAULT) -> Ink:
    """Distort as hands, pens, paper and cameras do, then normalise."""
    page = _warp(ink, rng)
    if rng.random() < 0.6:
        page = _change_stroke(page, rng)
    if rng.random() < 0.25:
        page = _leave_remains(page, rng)
    if rng.random() < 0.06:
        page = _cut_off(page, rng)
    if rng.random() < 0.4:
        page = _wear(page, rng)
    small = rng.random()
    if small < 0.28:
        page = _coarsen(page, rng)
    elif small < 0.35:
        page = _defocus(page, rng)
    glyph = normalise(np.clip(page, 0, 1).astype(np.float32, copy=False), params)
    return _nudge(glyph, rng, 1)


def _warp(ink: Ink, rng: np.random.Generator) -> Ink:
    """Rotate, shear, stretch and bend, while scaling to the field; edges come out crisp."""
    h, w = ink.shape
    scale = GLYPH / max(h, w) * (1.25 if h == w == DEFAULT.side else 1.0)
    angle = np.radians(np.clip(rng.normal(0, 10), -27, 27))
    shear = np.clip(rng.normal(0, 0.16), -0.45, 0.45)
    # Who draws in a wide window fills it.
    stretch = np.exp(rng.uniform(-0.25, 0.45) if rng.random() < 0.1 else rng.normal(0, 0.13))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    forward = turn @ np.array([[1, shear], [0, 1]]) @ np.diag([stretch, 1 / stretch]) * scale
    back = np.linalg.inv(forward)
    xs, ys = _from_the_middle()
    bend = rng.uniform(0, 5.5) if rng.random() < 0.6 else 0.0
    if bend:
        # A coarse grid of random shifts, smoothly enlarged (Simard et al. 2003, in effect).
        coarse = rng.normal(0, 1, (2, 5, 5)).astype(np.float32)
        xs = xs + np.float32(bend) * cv2.resize(
            coarse[0], (FIELD, FIELD), interpolation=cv2.INTER_CUBIC
        )
        ys = ys + np.float32(bend) * cv2.resize(
            coarse[1], (FIELD, FIELD), interpolation=cv2.INTER_CUBIC
        )
    map_x = (back[0, 0] * xs + back[0, 1] * ys + (w - 1) / 2).astype(np.float32)
    map_y = (back[1, 0] * xs + back[1, 1] * ys + (h - 1) / 2).astype(np.float32)
    page = cv2.remap(ink, map_x, map_y, cv2.INTER_CUBIC)
    gain, middle = rng.uniform(2.0, 6.0), rng.uniform(0.35, 0.6)
    return _contrast(page, gain, middle) if scale > 1 else page  # enlarged, it is blurred


@cache
def _from_the_middle() -> tuple[Ink, Ink]:
    """How far each pixel of the field lies to the right of its middle, and below it."""
    ys, xs = np.mgrid[0:FIELD, 0:FIELD].astype(np.float32) - np.float32(FIELD / 2)
    return xs, ys


def _contrast(page: Ink, gain: float, middle: float) -> Ink:
    return np.clip((page - np.float32(middle)) * np.float32(gain) + np.float32(0.5), 0, 1)


def _change_stroke(page: Ink, rng: np.random.Generator) -> Ink:
    """A thicker or a thinner pen; a thinner one only while something stays of the line."""
    thicken = rng.random() < 0.55
    longest = max(cv2.boundingRect((page > 0.5).astype(np.uint8))[2:])
    size = int(rng.integers(2, max(3, round((0.2 if thicken else 0.12) * longest))))
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    if thicken:
        thicker = cv2.dilate(page, brush)
        # A loop that runs full may pass, but blots are not what a digit looks like.
        return thicker if rng.random() < 0.25 or _loops(thicker) >= _loops(page) else page
    thinner = cv2.erode(page, brush)
    return thinner if thinner.sum() > 0.35 * page.sum() else page


def _loops(page: Ink) -> int:
    """How many pieces of paper the ink encloses."""
    pieces: int = cv2.connectedComponents((page < 0.5).astype(np.uint8), connectivity=4)[0]
    return pieces - 2  # ink, and the paper around


def _leave_remains(page: Ink, rng: np.random.Generator) -> Ink:
    """What the glyph stage may leave: a piece of a rule, specks, the edge of a frame."""
    page = page.copy()
    where = cv2.boundingRect((page > 0.5).astype(np.uint8))
    x, y, w, h = where
    if not w or not h:
        return page
    strength = float(rng.uniform(0.4, 1.0))
    kind = rng.random()
    if kind < 0.5:
        width = int(rng.integers(1, 4))
        if rng.random() < 0.6:
            level = int(rng.integers(y, y + h))
            start = int(rng.integers(x - 6, x + w // 2 + 1))
            cv2.line(
                page,
                (start, level),
                (start + int(rng.integers(6, w // 2 + 10)), level),
                strength,
                width,
            )
        else:
            at = int(rng.integers(x, x + w))
            start = int(rng.integers(y - 6, y + h // 2 + 1))
            cv2.line(
                page, (at, start), (at, start + int(rng.integers(6, h // 2 + 10))), strength, width
            )
    else:
        for _ in range(int(rng.integers(1, 5))):
            centre = (int(rng.integers(x - 4, x + w + 4)), int(rng.integers(y - 4, y + h + 4)))
            cv2.circle(page, centre, int(rng.integers(1, 4)), strength, -1)
    return page


def _cut_off(page: Ink, rng: np.random.Generator) -> Ink:
    """The edge of the picture, or of a form's cell, took the end of a stroke away."""
    turns = int(rng.integers(4))
    turned = np.rot90(page, turns).copy()
    _, top, _, height = cv2.boundingRect((turned > 0.5).astype(np.uint8))
    turned[: top + max(1, round(float(rng.uniform(0.02, 0.14)) * height))] = 0
    return np.ascontiguousarray(np.rot90(turned, -turns))


def _wear(page: Ink, rng: np.random.Generator) -> Ink:
    """Dry ink, pencil on rough paper, ragged edges: ink thinned by noise of a random grain."""
    grain = int(rng.integers(8, 72))
    noise = rng.normal(0, 1, (grain, grain)).astype(np.float32)
    noise = cv2.resize(noise, (FIELD, FIELD), interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(page, (0, 0), float(rng.uniform(0.6, 2.5)))
    worn = _contrast(soft + noise * np.float32(rng.uniform(0.03, 0.16)) * (soft > 0.05), 2.5, 0.45)
    return worn


def _coarsen(page: Ink, rng: np.random.Generator) -> Ink:
    """A small or blurred digit: few pixels, soft edges, uneven depth."""
    side = int(rng.integers(26, 80))
    small = cv2.resize(page, (side, side), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.4, 1.3)))
    return small * np.float32(rng.uniform(0.7, 1.0)) if rng.random() < 0.3 else small


def _defocus(page: Ink, rng: np.random.Generator) -> Ink:
    """A digit out of focus, under the unsharp mask that `refocused` puts on such pages.

    It leaves loops full: without this lesson, a 4 of that kind is taken for a thing.
    """
    side = int(rng.integers(40, 120))
    small = cv2.resize(page, (side, side), interpolation=cv2.INTER_AREA)
    blur = float(rng.uniform(0.03, 0.12)) * side * GLYPH / FIELD
    soft = cv2.GaussianBlur(small, (0, 0), blur)
    sharp = np.clip(unsharp(soft, blur * float(rng.uniform(0.6, 1.2)), FOCUS.gain), 0, 1)
    return _contrast(sharp / max(0.1, float(sharp.max())), rng.uniform(1.2, 3.0), 0.4)


def _nudge(glyph: Ink, rng: np.random.Generator, most: int) -> Ink:
    """Move by up to `most` pixels: centring by mass is only as good as the ink that was found."""
    dx, dy = (int(v) for v in rng.integers(-most, most + 1, 2))
    return np.roll(glyph, (dy, dx), (0, 1))


def distort(
    ink: Ink, rng: np.random.Generator, plain: float, params: NormaliseParams = DEFAULT
) -> NDArray[np.float32]:
    """One training picture, (28, 28): `gentle` with probability `plain`, else `photographed`."""
    return (gentle if rng.random() < plain else photographed)(ink, rng, params)
