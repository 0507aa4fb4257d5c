"""Scenes of what people draw around, under and beside digits."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.pages import (
    HEIGHT,
    WIDTH,
    Digit,
    Page,
    Random,
    Scene,
    Strokes,
    in_a_row,
    inked,
    somewhere,
)
from model.pipeline.sheet import enclosing
from model.reading import Box

Line = NDArray[np.float64]  # (n, 2), x and y
Mark = Callable[[Box, Random], Line]  # what is drawn for the ink in a box
SLOPPY = 5.0  # pixels that a hand misses its aim by


def _around(box: Box, rng: Random, size: float = 1.6, turn: float = 1.03) -> Line:
    """A circle of so many times the box's longer side, so far around it."""
    angle = rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi * turn, 90)
    radius = size * max(box.w, box.h) / 2 * (1 + 0.04 * np.sin(2 * angle + rng.uniform(0, 6)))
    middle = np.array([box.x + box.w / 2, box.y + box.h / 2]) + rng.normal(0, SLOPPY, 2)
    line: Line = middle + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return line


def _boxed(box: Box, rng: Random, room: float = 0.2) -> Line:
    """A box, so many of the longer side above and below the ink, and wider."""
    high = room * max(box.w, box.h)
    wide = high + 0.25 * box.h
    left, right = box.x - wide, box.x + box.w + wide
    top, bottom = box.y - high, box.y + box.h + high
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    corners += rng.normal(0, SLOPPY, corners.shape) * [1.0, min(1.0, 5 * room)]
    return np.concatenate([corners, corners[:1]])


def _under(box: Box, rng: Random, room: float = 0.12) -> Line:
    """A line underneath, so many of the box's heights away from it."""
    y, beyond = box.y + box.h * (1 + room), 0.2 * box.h
    ends = np.array([(box.x - beyond, y), (box.x + box.w + beyond, y)])
    return ends + rng.normal(0, [0, SLOPPY / 2], ends.shape)


def _bracket(box: Box, rng: Random, side: int = 1) -> Line:
    """A bracket to the left (-1) or right (1)."""
    bow = np.linspace(-1.2, 1.2, 30)
    edge = box.x + box.w if side > 0 else box.x
    x = edge + side * (0.08 + 0.22 * np.cos(bow)) * box.h
    y = box.y + box.h / 2 + 0.68 * box.h * np.sin(bow) + rng.normal(0, SLOPPY / 2)
    return np.stack([x, y], axis=1)


def _with(mark: Mark) -> Scene:
    def draw(digits: Sequence[Digit], rng: Random) -> Page:
        strokes, box = somewhere(digits[0], rng, (WIDTH - 160, HEIGHT - 160), 0.7)
        strokes = np.pad(strokes, 80)
        at = Box(box.x + 80, box.y + 80, box.w, box.h)
        return inked(_drawn(strokes, [mark(at, rng)]))

    return Scene(draw)


def _number(marks: Callable[[list[Box], Random], list[Line]], digits: int, gap: float) -> Scene:
    def draw(row: Sequence[Digit], rng: Random) -> Page:
        strokes, boxes = in_a_row(row, 75, gap, rng)
        return inked(_drawn(strokes, marks(boxes, rng)))

    return Scene(draw, digits)


def _drawn(strokes: Strokes, lines: Sequence[Line], width: int = 5) -> Strokes:
    marked = strokes.copy()
    points = [np.round(16 * line).astype(np.int32) for line in lines]
    cv2.polylines(marked, points, False, 1.0, width, cv2.LINE_AA, 4)
    return marked


def _cells(boxes: list[Box], rng: Random) -> list[Line]:
    """A form's: one box for each digit, wall to wall."""
    middles = [box.x + box.w / 2 for box in boxes]
    walls = [(a + b) / 2 for a, b in pairwise(middles)]
    first, last = 2 * middles[0] - walls[0], 2 * middles[-1] - walls[-1]
    top, bottom = boxes[0].y - 18, boxes[0].y + boxes[0].h + 18
    edges = np.array([first, *walls, last])
    level = [np.array([(first, y), (last, y)]) for y in (top, bottom)]
    return level + [np.array([(x, top), (x, bottom)]) for x in edges]


def _in_brackets(boxes: list[Box], rng: Random) -> list[Line]:
    return [_bracket(boxes[0], rng, -1), _bracket(boxes[-1], rng, 1)]


def _slash(boxes: list[Box], rng: Random) -> list[Line]:
    before, after = boxes[1], boxes[2]
    x, room = (before.x + before.w + after.x) / 2, 0.18 * before.h
    return [np.array([(x + 14, before.y - room), (x - 14, before.y + before.h + room)])]


def _dash(boxes: list[Box], rng: Random) -> list[Line]:
    box = boxes[0]
    y = box.y + box.h / 2
    return [np.array([(box.x - 0.6 * box.h, y), (box.x - 0.2 * box.h, y + rng.normal(0, 2))])]


MARKED: dict[str, Scene] = {
    "circled": _with(_around),
    "in a circle left open": _with(lambda box, rng: _around(box, rng, turn=0.8)),
    "boxed": _with(_boxed),
    "in a box that it touches": _with(lambda box, rng: _boxed(box, rng, 0.0)),
    "underlined": _with(_under),
    "on a line that it touches": _with(lambda box, rng: _under(box, rng, 0.0)),
    "a bracket after it": _with(_bracket),
    "a number in a form's cells": _number(_cells, 4, 0.9),
    "a number, boxed": _number(lambda boxes, rng: [_boxed(enclosing(boxes), rng)], 4, 0.25),
    "a number in brackets": _number(_in_brackets, 3, 0.25),
    "a slash in a number": _number(_slash, 4, 0.55),
    "a minus before a number": _number(_dash, 3, 0.25),
    "a number": _number(lambda boxes, rng: [], 4, 0.25),
}
