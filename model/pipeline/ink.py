"""Stage 2: which pixels are ink, as a soft map of how much each stands out from its paper.

One image allows several opinions: how far must one look to see paper (past a hair line, past a
marker's stroke), is ink the dark or the light, are pale strokes ink or ruling? `ink_maps` gives
them one by one, the likeliest first, and later stages judge by what the strokes look like.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.image import Pixels
from model.pipeline.rules import Mask, RuleParams, erase_rules

Depth = NDArray[np.float32]  # (h, w), levels of 0-255 by which a pixel stands out


@dataclass(frozen=True, slots=True)
class Guess:
    """One opinion on what is ink."""

    reach: float  # paper is found within this share of the image's longer side
    pale: float  # strokes down to this share of the ink's threshold belong to ink they touch
    flip: bool = False  # ink is what the first look took for paper
    ruled: bool = False  # there are rules in it, to be taken out


@dataclass(frozen=True, slots=True)
class InkParams:
    """What decides on ink; all of it goes into the pipeline's fingerprint."""

    guesses: tuple[Guess, ...] = (
        Guess(0.30, 0.6),
        Guess(0.30, 0.6, ruled=True),
        Guess(0.08, 0.6),
        Guess(0.08, 0.6, ruled=True),
        Guess(0.30, 1.0),
        Guess(0.75, 0.8),
        Guess(0.30, 0.7, flip=True),
        Guess(0.12, 0.4),
    )
    rules: RuleParams = field(default_factory=RuleParams)
    colour_side: int = 64  # longest side, in pixels, at which the colour of ink is judged
    paper_side: int = 320  # and at which paper is smoothed out from under the ink
    gloom: float = 0.15  # paper darker than this share of the brightest is not brightened further
    noise: float = 4.0  # ink stands out by this many deviations of the paper's grain
    least: float = 7.0  # and by this many levels


DEFAULT = InkParams()


@dataclass(frozen=True, slots=True, eq=False)
class InkMap:
    """One opinion, carried out."""

    depth: Depth  # how far each pixel stands out from the paper around it
    mask: Mask  # where that is enough to be ink
    threshold: float  # the depth that was enough


def ink_maps(pixels: Pixels, params: InkParams = DEFAULT) -> Iterator[InkMap]:
    """Yield what may be the ink of (h, w, 3) RGB pixels, the likeliest first.

    An opinion that finds no ink at all yields nothing.
    """
    page, darker = _along_ink(pixels, params.colour_side)
    for guess in params.guesses:
        sign = -1 if guess.flip else 1
        found = _ink(sign * page, guess, sign * darker, params)
        if found is not None:
            yield found


def _along_ink(pixels: Pixels, side: int) -> tuple[Depth, float]:
    """Project colour on the one axis along which ink differs from paper, towards the ink.

    The second value tells how much darker, in -1 to 1, ink is than paper along that axis.

    The axis is the first principal component of the strongest deviations from a wide median, so
    that red on green of the same lightness stands out as well as black on white.
    """
    small = _shrunk(pixels, side)
    window = max(3, int(0.6 * max(small.shape[:2])) | 1)
    paper = cv2.medianBlur(small, window)
    off = (small.astype(np.float32) - paper).reshape(-1, 3)
    size = np.einsum("ij,ij->i", off, off)
    count = max(12, len(size) // 25)
    strongest = off[np.argpartition(size, -count)[-count:]] if count < len(size) else off
    _, axes = np.linalg.eigh(strongest.T @ strongest)
    axis = axes[:, -1]
    along = off @ axis
    if float((along * along * along).sum()) < 0:
        axis = -axis
    weights = (axis / np.abs(axis).sum()).astype(np.float32)
    page = cv2.transform(pixels.astype(np.float32), weights[None])
    return page.reshape(pixels.shape[:2]).astype(np.float32, copy=False), -float(weights.sum())


def _ink(page: Depth, guess: Guess, darker: float, params: InkParams) -> InkMap | None:
    paper = _paper(page, guess.reach, params.paper_side)
    depth = page - paper
    if darker > 0.8:
        # In shadow, ink and paper are dimmed by the same factor: judge ink by its share of light.
        light = -paper
        brightest = float(light.max())
        depth *= brightest / np.maximum(light, params.gloom * brightest + 1)
    sample = depth[:: max(1, depth.shape[0] // 120), :: max(1, depth.shape[1] // 120)]
    low, ground = (float(v) for v in np.percentile(sample, (5, 35)))
    depth -= np.float32(ground)
    least = max(params.least, params.noise * (ground - low) / 1.2)
    levels = np.clip(depth, 0, 255).astype(np.uint8)
    threshold = _valley(levels, least)
    if threshold is None:
        return None
    strong = (levels >= threshold).astype(np.uint8)
    pale = max(least, guess.pale * threshold)
    mask = strong if pale >= threshold else _joined(strong, (levels >= pale).astype(np.uint8))
    if guess.ruled:
        mask = erase_rules(mask, params.rules)
    return None if mask is None else InkMap(depth, mask, threshold)


def _paper(page: Depth, reach: float, side: int) -> Depth:
    """The paper under the ink: a morphological opening wider than a stroke, at low resolution."""
    h, w = page.shape
    small = _shrunk(page, side)
    width = max(3, int(reach * max(small.shape)) | 1)
    brush = np.ones((width, width), np.uint8)
    paper = cv2.morphologyEx(small, cv2.MORPH_OPEN, brush)
    paper = cv2.GaussianBlur(paper, (0, 0), 1.5)
    return cv2.resize(paper, (w, h), interpolation=cv2.INTER_LINEAR).astype(np.float32, copy=False)


def _shrunk(image: NDArray[Any], side: int) -> NDArray[Any]:
    h, w = image.shape[:2]
    scale = side / max(h, w)
    if scale >= 1:
        return image
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(image.dtype, copy=False)


def _valley(levels: NDArray[np.uint8], least: float) -> float | None:
    """Otsu's threshold (1979) among the pixels that stand out at all; None if there are too few."""
    counts = cv2.calcHist([levels], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    counts[: int(np.ceil(least))] = 0
    if counts.sum() < 4:
        return None
    values = np.arange(256)
    below = np.cumsum(counts)
    sums = np.cumsum(counts * values)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums[-1] * below / below[-1] - sums) ** 2 / (below * above)
    best = int(np.nanargmax(np.where((below > 0) & (above > 0), between, -1.0)))
    return float(max(least, best + 1))


def _joined(strong: Mask, weak: Mask) -> Mask:
    """The parts of `weak` that touch `strong`."""
    count, labels = cv2.connectedComponents(weak, connectivity=8, ltype=cv2.CV_16U)
    keep = np.zeros(count, np.uint8)
    keep[labels[strong > 0]] = 1
    keep[0] = 0
    return keep[labels]
