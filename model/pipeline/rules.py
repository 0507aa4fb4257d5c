"""Part of stage 2: ruled, squared and framed paper."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.image import Levels

Mask = NDArray[np.uint8]  # (h, w), 1 where there is ink
Names = NDArray[np.uint16]  # (h, w), a number for each rule, 0 where there is none


@dataclass(frozen=True, slots=True)
class RuleParams:
    """What makes a rule; all of it goes into the pipeline's fingerprint."""

    span: float = 0.6  # a rule runs over this share of the picture's side
    run: float = 0.07  # it is made of straight runs of at least this share
    width: float = 0.03  # and is at most this share wide
    along: float = 0.5  # a stroke along it may hide it for this share of the side
    thicker: float = 1.5  # ink that is higher than a rule by this factor is a stroke's
    deeper: float = 1.8  # and so is what is deeper by this factor,
    lasting: float = 0.03  # if it goes on along the rule for this share of the side
    crack: tuple[int, int] = (3, 5)  # pixels down and across that are mended where a rule was
    slack: int = 1  # pixels by which it may stray from straight within a run


DEFAULT = RuleParams()


def erase_rules(
    mask: Mask,
    params: RuleParams = DEFAULT,
    *,
    depth: Levels | None = None,
    along: bool = False,
) -> Mask | None:
    """Take lines out of an ink mask that run across most of the picture, level or upright.

    Strokes that cross a rule are kept where they go on beyond it, are thicker, or stand out from
    the paper more, if `depth` says how far each pixel does. With `along`, a rule goes on through a
    stroke that lies along it; the bar of a pale 4 may be lost then. None if there is no rule.
    """
    rest = mask
    for upright in (False, True):
        page = np.ascontiguousarray(rest.T if upright else rest)
        rules = _rules(page, params, along=along)
        if rules is not None:
            lines = (rules > 0).astype(np.uint8)
            strokes = _thicker(page, lines, params)
            if depth is not None:
                strokes |= _deeper(page, rules, depth.T if upright else depth, params)
            bare = page & (1 - lines | strokes)
            # Ink above and below a rule bridges it, no wider than one may be; ink along it a crack.
            for reach in (
                np.ones((_tall(page, params), 1), np.uint8),
                np.ones(params.crack, np.uint8),
            ):
                bare = page & cv2.morphologyEx(bare, cv2.MORPH_CLOSE, reach)
            rest = bare.T if upright else bare
    return None if rest is mask else np.ascontiguousarray(rest)


def _thicker(mask: Mask, lines: Mask, params: RuleParams) -> Mask:
    """Where the ink at a level rule is higher than the rule: a stroke crosses it, or runs along."""
    own = mask & lines
    usual = int(own.sum()) // 2
    most = _tall(mask, params)
    for height in range(2, most):
        higher = _open(mask, height)
        if int((higher & own).sum()) < usual:  # most of the rule is lower than this
            return _open(mask, round(params.thicker * (height - 1)) + 2)
    return _open(mask, most)


def _deeper(mask: Mask, rules: Names, depth: Levels, params: RuleParams) -> Mask:
    """Where the ink at a level rule is deeper than the rest of it: a thin stroke runs along."""
    deep = np.zeros_like(mask)
    rows, columns = np.nonzero(mask & (rules > 0))
    if not len(rows):  # all that is left of the rules is what loosened them
        return deep
    names, depths = rules[rows, columns], depth[rows, columns]
    order = np.argsort(names)
    for own in np.split(order, np.flatnonzero(np.diff(names[order])) + 1):
        deeper = own[depths[own] > params.deeper * np.median(depths[own])]
        deep[rows[deeper], columns[deeper]] = 1
    side = mask.shape[1]
    least = np.ones((1, max(3, round(params.lasting * side))), np.uint8)
    most = np.ones((1, round(params.along * side) | 1), np.uint8)
    whole = cv2.morphologyEx(deep, cv2.MORPH_CLOSE, least)
    # What is deep for longer is another rule, to which this one was joined.
    longer = cv2.morphologyEx(whole, cv2.MORPH_OPEN, most)
    return cv2.morphologyEx(whole, cv2.MORPH_OPEN, least) & (1 - longer)


def _open(mask: Mask, height: int) -> Mask:
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((height, 1), np.uint8))


def _tall(mask: Mask, params: RuleParams) -> int:
    """The most pixels that a rule, loosened by the slack, is high."""
    return max(3, round(params.width * mask.shape[0])) + 2 * params.slack + 1


def _rules(mask: Mask, params: RuleParams, *, along: bool) -> Names | None:
    """Level rules in a mask; None if there are none."""
    height, width = mask.shape
    # A row of few ink pixels cannot hold a rule, even a slanting one spread over its neighbours.
    band = max(1, round(0.1 * height))
    rows = np.convolve(mask.sum(axis=1, dtype=np.int32), np.ones(band, np.int32), "same")
    if rows.max() < params.span * width:
        return None
    run = max(9, round(params.run * width))
    loose = cv2.dilate(mask, np.ones((2 * params.slack + 1, 1), np.uint8))
    runs = cv2.morphologyEx(loose, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    upright = np.ones((_tall(mask, params), 1), np.uint8)
    thick = cv2.morphologyEx(runs, cv2.MORPH_OPEN, upright)
    runs = runs & (1 - thick)
    parts = runs
    if along:
        hidden = np.ones((1, round(params.along * width) | 1), np.uint8)
        parts = runs | loose & cv2.morphologyEx(runs, cv2.MORPH_CLOSE, hidden)
    # Runs of one rule are broken by strokes and by its slant: join them along it.
    joined = cv2.morphologyEx(parts, cv2.MORPH_CLOSE, np.ones((1, 2 * run + 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_16U)
    spans = stats[:, cv2.CC_STAT_WIDTH] >= params.span * width
    flat = stats[:, cv2.CC_STAT_HEIGHT] <= 0.25 * stats[:, cv2.CC_STAT_WIDTH]
    names = np.arange(len(stats), dtype=np.uint16) * (spans & flat)
    names[0] = 0
    if not names.any():
        return None
    return names[labels] * runs
