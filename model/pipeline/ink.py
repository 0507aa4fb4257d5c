"""Stage 2: which pixels are ink, as a soft map of how much each stands out from its paper.

One image allows several opinions: how far must one look to see paper (past a hair line, past a
marker's stroke), is ink the dark or the light, are pale strokes ink or ruling? `ink_maps` gives
them one by one, the likeliest first, and later stages judge by what the strokes look like.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.frames import FrameParams, erase_frames
from model.pipeline.image import Levels, Picture, Pixels
from model.pipeline.rules import Mask, RuleParams, erase_rules


@dataclass(frozen=True, slots=True)
class Guess:
    """One opinion on what is ink."""

    reach: float  # paper is found within this share of the image's longer side
    pale: float  # strokes down to this share of the ink's threshold belong to ink they touch
    flip: bool = False  # ink is what the first look took for paper
    ruled: bool = False  # there are rules in it, to be taken out
    framed: bool = False  # and boxes; a narrow look for paper would make them of things
    along: bool = False  # and strokes that lie along them
    beyond: bool = False  # paper and shadows go on beyond the edges of the picture
    usual: bool = False  # paper is what most pixels are: there are lighter ones, as between bricks


@dataclass(frozen=True, slots=True)
class InkParams:
    """What decides on ink; all of it goes into the pipeline's fingerprint."""

    guesses: tuple[Guess, ...] = (
        Guess(0.30, 0.6),
        Guess(0.30, 0.6, beyond=True),
        Guess(0.30, 0.6, ruled=True, framed=True),
        Guess(0.08, 0.6),
        Guess(0.08, 0.6, ruled=True),
        Guess(0.30, 1.0),
        Guess(0.75, 0.8),
        Guess(0.30, 0.7, flip=True),
        Guess(0.12, 0.4),
        Guess(0.30, 0.6, ruled=True, framed=True, along=True),
        Guess(0.50, 0.6, usual=True),
    )
    rules: RuleParams = field(default_factory=RuleParams)
    frames: FrameParams = field(default_factory=FrameParams)
    # How wide a median tells light ink from dark. A hard shadow may leave the wide one divided: its
    # edge stands out both ways. The narrow one sees past it to the strokes.
    looks: tuple[float, float] = (0.6, 0.25)  # as shares of the longer side
    black: float = 5.0  # levels about 0 that hardly differ: they are a camera's noise
    missed: float = 16.0  # a sample that strays no further from its paper holds none of the ink
    divided: float = 0.3  # a balance of light and dark nearer to 0 decides nothing
    colour_side: int = 48  # longest side, in pixels, at which the colour of ink is judged
    plain: float = 0.2  # an axis with this much of red, green and blue is hardly one of colour
    paper_side: int = 160  # longest side, nearly, at which paper is smoothed out from under the ink
    lit: float = 0.8  # ink darker than paper by this share of its contrast is seen by the light
    dim: float = 0.45  # pale strokes of light ink may be in shadow: ink down to this share at least
    dimmed: float = 0.6  # and what has a pixel with this share may stand alone
    gloom: float = 0.15  # paper darker than this share of the brightest is not brightened further
    net: float = 0.9  # ink is a pattern's if a piece of it takes up this share of both sides
    noise: float = 4.0  # ink stands out by this many deviations of the paper's grain
    least: float = 7.0  # and by this many levels


DEFAULT = InkParams()


@dataclass(frozen=True, slots=True, eq=False)
class InkMap:
    """One opinion, carried out."""

    depth: Levels  # how far each pixel stands out from the paper around it
    mask: Mask  # where that may be ink
    threshold: float  # the depth from which on it is: a piece of `mask` needs a pixel that deep
    page: Levels  # the picture in one dimension of colour, ink towards 255
    ruled: bool = False  # there were rules in it, which are taken out
    framed: bool = False  # and what frames the writing
    light: bool = False  # it is light on dark: then nothing but itself tells that it is in shadow


def likeliest(picture: Picture, params: InkParams = DEFAULT) -> InkMap | None:
    """Return the first opinion, which looks at lightness only; None if it finds no ink."""
    return _ink(_by_lightness(picture.grey, params), params.guesses[0], params)


def ink_maps(picture: Picture, params: InkParams = DEFAULT) -> Iterator[InkMap]:
    """Yield what may be the ink of a picture, the likeliest first.

    The first opinion looks at lightness only, the others at colour, where there is any. One that
    finds no ink at all yields nothing.
    """
    grey = _by_lightness(picture.grey, params)
    first = _ink(grey, params.guesses[0], params)
    if first is not None:
        yield first
    colour = _by_colour(picture.pixels, params)
    side, guesses = (grey, params.guesses[1:]) if colour is None else (colour, params.guesses)
    for guess in guesses:
        found = _ink(_flipped(side) if guess.flip else side, guess, params)
        if guess.usual and found is not None and _is_net(found.mask, params):
            found = _ink(_flipped(side), guess, params)
        if found is not None:
            yield found


def _is_net(mask: Mask, params: InkParams) -> bool:
    """Whether one piece of ink spans the picture, as what is between bricks does."""
    stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[2]
    sides = stats[1:, [cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH]]
    return bool((sides >= params.net * np.array(mask.shape)).all(axis=1).any())


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """A picture in one dimension of colour, ink towards 255."""

    page: Levels
    darker: float  # in -1 to 1, how much darker ink is than paper


def _flipped(side: _Side) -> _Side:
    return _Side(255 - side.page, -side.darker)


def _by_lightness(grey: Levels, params: InkParams) -> _Side:
    balance = 0.0
    brightness = _brightness(params.black)
    sample = brightness[_sampled(grey, params.colour_side)]
    for share in params.looks:
        off = _strongest(sample, share)
        if np.abs(off).max() < params.missed:
            extremes = _extremes(grey, params.colour_side)
            off = np.concatenate([_strongest(brightness[pixels], share) for pixels in extremes])
        cubes = off**3
        balance = float(cubes.sum()) / max(1.0, float(np.abs(cubes).sum()))
        if abs(balance) > params.divided:
            break
    return _Side(grey, -1.0) if balance > 0 else _Side(cv2.bitwise_not(grey), 1.0)


def _brightness(black: float) -> Levels:
    """For each of the 256 levels how bright it looks, 0 to 255: its logarithm.

    The edge of a shadow, which leaves a part of the light, then stands out less than ink, which
    leaves little of it, in shadow as in the light.
    """
    bright = np.log1p(np.arange(256) / black)
    return np.round(255 / bright[-1] * bright).astype(np.uint8)


def _by_colour(pixels: Pixels, params: InkParams) -> _Side | None:
    """Project colour on the one axis along which ink differs from paper, towards the ink.

    The axis is the first principal component of the strongest deviations from a wide median, so
    that red on green of the same lightness stands out as well as black on white. None if that is
    hardly another axis than lightness, or there is so little ink that the sample missed it.
    """
    off = _strongest(_sampled(pixels, params.colour_side), params.looks[0])
    if np.abs(off).max() < params.missed:
        return None
    _, axes = np.linalg.eigh(off.T @ off)
    axis = axes[:, -1]
    along = off @ axis
    if float((along * along * along).sum()) < 0:
        axis = -axis
    weights = (axis / np.abs(axis).sum()).astype(np.float32)
    if abs(float(weights.sum())) > 1 - 1e-6 and np.abs(weights).min() > params.plain:
        return None
    # Shifted so that no colour leaves 0 to 255.
    shift = -255 * float(np.minimum(weights, 0).sum())
    page = cv2.transform(pixels.astype(np.float32), np.append(weights, shift)[None])
    return _Side(cv2.convertScaleAbs(page).reshape(pixels.shape[:2]), -float(weights.sum()))


def _sampled(pixels: Pixels, size: int) -> Pixels:
    """Single pixels of a picture, about `size` to its longest side."""
    step = max(1, round(max(pixels.shape[:2]) / size))
    sample = pixels[step // 2 :: step, step // 2 :: step]
    # A frame along the edge would be taken to go on beyond it, and so for paper.
    margin = min(sample.shape[:2]) // 16
    return np.ascontiguousarray(
        sample[margin : sample.shape[0] - margin, margin : sample.shape[1] - margin]
    )


def _extremes(pixels: Levels, size: int) -> tuple[Levels, Levels]:
    """Like `_sampled`, of the darkest and the lightest of the pixels around: none is missed."""
    step = max(1, round(max(pixels.shape) / size))
    around = np.ones((step, step), np.uint8)
    dark, light = (change(pixels, around) for change in (cv2.erode, cv2.dilate))
    return _sampled(dark, size), _sampled(light, size)


def _strongest(sample: NDArray[np.uint8], share: float) -> NDArray[np.float32]:
    """The strongest deviations from a median as wide as this share, (n, channels)."""
    paper = cv2.medianBlur(sample, max(3, int(share * max(sample.shape[:2])) | 1))
    off = (sample.astype(np.float32) - paper).reshape(sample.shape[0] * sample.shape[1], -1)
    size_of = np.einsum("ij,ij->i", off, off)
    count = max(12, len(off) // 25)
    return off[np.argpartition(size_of, -count)[-count:]] if count < len(off) else off


def _ink(side: _Side, guess: Guess, params: InkParams) -> InkMap | None:
    paper = _paper(side.page, guess, params.paper_side)
    depth = cv2.subtract(side.page, paper)
    if side.darker > params.lit:
        # In shadow, ink and paper are dimmed by the same factor: judge ink by its share of light.
        light = 255 - paper
        brightest = float(light.max())
        light = cv2.max(light, max(1.0, params.gloom * brightest))
        depth = cv2.divide(depth, light, scale=brightest)
    # Every other row tells as much as all, in half the time.
    rows = depth[::2] if len(depth) > 64 else depth
    counts = cv2.calcHist([rows], [0], None, [256], [0, 256]).ravel()
    low, ground = np.searchsorted(np.cumsum(counts), np.array((0.05, 0.35)) * rows.size)
    least = float(ground + max(params.least, params.noise * (ground - low) / 1.2))
    threshold = _valley(counts.astype(np.float64), least)
    if threshold is None:
        return None
    # Light ink in shadow is dimmer than in the light, and its dark paper cannot tell by how much.
    is_light = side.darker < -params.lit and not guess.flip
    share = min(guess.pale, params.dim) if is_light and guess.pale < 1 else guess.pale
    pale = max(least, float(ground) + share * (threshold - float(ground)))
    if is_light:
        threshold = max(pale, params.dimmed * threshold)
    _, mask = cv2.threshold(depth, pale - 1, 1, cv2.THRESH_BINARY)
    unframed = erase_frames(mask, params.rules, params.frames) if guess.framed else None
    rest = unframed
    if guess.ruled:
        boxless = mask if rest is None else rest
        bare = erase_rules(boxless, params.rules, depth=depth, along=guess.along)
        rest = rest if bare is None else bare
    if guess.framed or guess.ruled:
        if rest is None:  # another opinion has the same
            return None
        mask = rest
    if not mask.any():
        return None
    return InkMap(depth, mask, threshold, side.page, guess.ruled, unframed is not None, is_light)


def _paper(page: Levels, guess: Guess, side: int) -> Levels:
    """The paper under the ink: a morphological opening wider than a stroke, at low resolution.

    Where a slanting shadow meets an edge no square fits in its corner, and the corner would be ink:
    with `beyond` there is room for the square. A stroke along an edge would be paper then.
    """
    h, w = page.shape
    # By a whole number: OpenCV averages blocks of whole pixels three times as fast.
    step = max(1, round(max(h, w) / side))
    size = (max(1, w // step), max(1, h // step))
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA) if step > 1 else page
    width = max(3, int(guess.reach * max(small.shape)) | 1)
    room = width if guess.beyond or guess.usual else 0
    if room:
        # What is at an edge goes on beyond it if it is a shadow, but not if it is of a pattern.
        border = cv2.BORDER_REPLICATE if guess.beyond else cv2.BORDER_REFLECT
        small = cv2.copyMakeBorder(small, room, room, room, room, border)
    if guess.usual:
        paper = cv2.medianBlur(small, width).astype(np.uint8, copy=False)
    else:
        paper = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((width, width), np.uint8))
    paper = paper[room : room + size[1], room : room + size[0]]
    paper = cv2.GaussianBlur(paper, (0, 0), 1.0)
    return cv2.resize(paper, (w, h), interpolation=cv2.INTER_LINEAR) if step > 1 else paper


def _valley(counts: NDArray[np.float64], least: float) -> float | None:
    """Otsu's threshold (1979) among the levels from `least` up; None if too few pixels are there.

    Args:
        counts: (256,) pixels of each level.
        least: the level that ink has at least.
    """
    counts = np.where(np.arange(256) < least, 0, counts)
    if counts.sum() < 4:
        return None
    below = np.cumsum(counts)
    sums = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    split = (below > 0) & (above > 0)
    between = (sums[-1] * below / below[-1] - sums) ** 2 / np.where(split, below * above, 1)
    best = int(np.argmax(np.where(split, between, -1.0)))
    return max(least, float(best + 1))
