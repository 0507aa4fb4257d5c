"""Digits, and things that are not digits, drawn by a pen: the forms that MNIST lacks.

MNIST's writers are American. Their 1 is a bar, their 7 has no bar. A European 1 has an upstroke,
often as long as the stem, and sometimes a foot; a 7 is crossed; a 4 is open or closed. Each form
here is a list of strokes, each stroke the points a pen passes through, in a unit square (x to the
right, y down). Every drawing moves the points a little, so no two are alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.normalise import Ink

Point = tuple[float, float]
Stroke = Sequence[Point]
NOT_A_DIGIT = 10  # the class of everything that is no digit
FIELD = 144  # pixels of the square drawn on


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a digit: its strokes, and how often it is drawn among all forms."""

    digit: int
    weight: float
    strokes: tuple[Stroke, ...]
    straight: bool = False  # corners stay corners


def _oval(cx: float, cy: float, rx: float, ry: float, start: float, sweep: float) -> list[Point]:
    """Points on an ellipse, angles in degrees, clockwise on the page, 0 to the right."""
    angles = np.radians(np.linspace(start, start + sweep, 10))
    return [(cx + rx * float(np.cos(a)), cy + ry * float(np.sin(a))) for a in angles]


def _segments(lit: str) -> tuple[Stroke, ...]:
    """What lights up in a display of seven segments, which are called a to g."""
    bars = {"a": (0.24, 0.05, 0.76, 0.05), "b": (0.8, 0.1, 0.8, 0.46), "c": (0.8, 0.54, 0.8, 0.9),
            "d": (0.24, 0.95, 0.76, 0.95), "e": (0.2, 0.54, 0.2, 0.9), "f": (0.2, 0.1, 0.2, 0.46),
            "g": (0.24, 0.5, 0.76, 0.5)}  # fmt: skip
    return tuple(((x, y), (to_x, to_y)) for x, y, to_x, to_y in (bars[name] for name in lit))


FORMS = (
    Form(0, 1.0, (_oval(0.5, 0.5, 0.3, 0.46, -80, 365),)),
    Form(0, 0.4, (_oval(0.5, 0.5, 0.36, 0.44, -60, -345),)),
    Form(0, 0.3, (_oval(0.5, 0.5, 0.3, 0.45, -80, 365), [(0.72, 0.15), (0.28, 0.85)])),
    Form(0, 0.5, ([(0.44, 0.34), (0.4, 0.16), *_oval(0.5, 0.5, 0.3, 0.46, -95, 390)],)),
    Form(0, 0.3, ([*_oval(0.47, 0.5, 0.24, 0.42, -100, -345),
                   *_oval(0.5, 0.5, 0.3, 0.46, -60, -240)],)),
    Form(1, 6.0, ([(0.5, 0.05), (0.5, 0.95)],), straight=True),
    Form(1, 2.5, ([(0.2, 0.38), (0.55, 0.05), (0.55, 0.95)],), straight=True),
    Form(1, 2.0, ([(0.1, 0.58), (0.6, 0.04), (0.55, 0.96)],), straight=True),
    Form(1, 1.2, ([(0.05, 0.75), (0.62, 0.04), (0.58, 0.96)],), straight=True),
    Form(1, 1.2, ([(0.15, 0.45), (0.42, 0.3), (0.6, 0.04), (0.57, 0.5), (0.55, 0.96)],)),
    Form(
        1,
        2.0,
        ([(0.28, 0.3), (0.52, 0.05), (0.52, 0.94)], [(0.22, 0.95), (0.8, 0.94)]),
        straight=True,
    ),
    Form(
        1,
        1.0,
        ([(0.12, 0.5), (0.55, 0.05), (0.52, 0.93)], [(0.3, 0.95), (0.78, 0.92)]),
        straight=True,
    ),
    Form(1, 0.4, ([(0.5, 0.05), (0.5, 0.94)], [(0.25, 0.95), (0.75, 0.95)]), straight=True),
    Form(1, 2.0, ([(0.32, 0.24), (0.56, 0.05), (0.55, 0.95)],), straight=True),
    Form(1, 1.2, ([(0.28, 0.45), (0.55, 0.05), (0.52, 0.8)], [(0.02, 0.98), (0.98, 0.72)]),
         straight=True),
    Form(1, 0.8, ([(0.34, 0.36), (0.56, 0.05), (0.5, 0.86)], [(0.0, 0.92), (1.0, 0.84)]),
         straight=True),
    Form(1, 1.5, ([(0.3, 0.3), (0.44, 0.24), (0.57, 0.05), (0.55, 0.95)],), straight=True),
    Form(2, 1.0, ([(0.2, 0.28), (0.5, 0.05), (0.78, 0.28), (0.5, 0.65), (0.18, 0.94),
                   (0.5, 0.93), (0.84, 0.93)],)),
    Form(2, 0.6, ([(0.2, 0.25), (0.48, 0.05), (0.74, 0.26), (0.5, 0.62), (0.2, 0.9), (0.25, 0.75),
                   (0.45, 0.86), (0.85, 0.9)],)),
    Form(3, 1.0, ([(0.2, 0.14), (0.5, 0.04), (0.74, 0.24), (0.45, 0.46), (0.78, 0.7),
                   (0.5, 0.95), (0.18, 0.84)],)),
    Form(3, 0.8, ([(0.2, 0.06), (0.76, 0.06), (0.45, 0.42)],
                  [(0.45, 0.42), (0.74, 0.52), (0.76, 0.78), (0.48, 0.95), (0.18, 0.84)])),
    Form(4, 1.5, ([(0.3, 0.05), (0.18, 0.58), (0.82, 0.58)], [(0.66, 0.3), (0.64, 0.95)]),
         straight=True),
    Form(4, 1.2, ([(0.25, 0.08), (0.22, 0.4), (0.42, 0.55), (0.75, 0.5)],
                  [(0.78, 0.06), (0.74, 0.5), (0.7, 0.95)])),
    Form(4, 1.0, ([(0.62, 0.04), (0.12, 0.66), (0.88, 0.66)], [(0.62, 0.04), (0.62, 0.95)]),
         straight=True),
    Form(4, 1.0, ([(0.55, 0.04), (0.12, 0.62), (0.9, 0.6)], [(0.62, 0.42), (0.56, 0.96)]),
         straight=True),
    Form(4, 0.8, ([(0.22, 0.05), (0.2, 0.5), (0.8, 0.5)], [(0.72, 0.05), (0.7, 0.95)]),
         straight=True),
    Form(4, 0.6, ([(0.42, 0.02), (0.06, 0.72)], [(0.14, 0.6), (0.92, 0.16), (0.52, 0.98)]),
         straight=True),
    Form(4, 0.5, ([(0.32, 0.06), (0.16, 0.56), (0.56, 0.56)], [(0.76, 0.04), (0.64, 0.96)]),
         straight=True),
    Form(5, 0.5, ([(0.3, 0.2), (0.24, 0.46), (0.56, 0.42), (0.76, 0.66), (0.48, 0.95),
                   (0.18, 0.86)], [(0.34, 0.04), (0.84, 0.06)])),
    Form(5, 0.8, ([(0.76, 0.06), (0.3, 0.07), (0.26, 0.42), (0.5, 0.37), (0.77, 0.64),
                   (0.5, 0.95), (0.18, 0.86)],)),
    Form(5, 0.8, ([(0.3, 0.08), (0.26, 0.44), (0.55, 0.4), (0.76, 0.66), (0.48, 0.95),
                   (0.18, 0.84)], [(0.3, 0.08), (0.82, 0.06)])),
    Form(6, 1.0, ([(0.7, 0.05), (0.36, 0.32), (0.22, 0.7), (0.48, 0.95), (0.76, 0.72),
                   (0.52, 0.52), (0.24, 0.7)],)),
    Form(6, 0.5, ([(0.82, 0.16), (0.8, 0.04), (0.4, 0.22), (0.16, 0.62), (0.4, 0.86),
                   (0.84, 0.62), (0.62, 0.44), (0.24, 0.6), (0.02, 0.96)],)),
    Form(6, 0.4, ([(0.62, 0.03), (0.3, 0.4), (0.2, 0.74), (0.5, 0.96), (0.78, 0.74), (0.5, 0.6),
                   (0.24, 0.8)],)),
    Form(7, 1.0, ([(0.15, 0.08), (0.82, 0.06), (0.42, 0.95)],), straight=True),
    Form(7, 2.0, ([(0.15, 0.08), (0.82, 0.06), (0.42, 0.95)], [(0.3, 0.5), (0.8, 0.47)]),
         straight=True),
    Form(7, 1.2, ([(0.14, 0.2), (0.18, 0.07), (0.82, 0.06), (0.44, 0.95)],
                  [(0.3, 0.52), (0.78, 0.46)]), straight=True),
    Form(7, 0.8, ([(0.12, 0.16), (0.3, 0.08), (0.55, 0.14), (0.84, 0.06), (0.55, 0.5),
                   (0.4, 0.96)], [(0.28, 0.54), (0.78, 0.48)])),
    Form(7, 0.6, ([(0.16, 0.22), (0.17, 0.07), (0.8, 0.07), (0.55, 0.5), (0.48, 0.95)],)),
    Form(7, 0.8, ([(0.22, 0.2), (0.36, 0.06), (0.76, 0.08), (0.42, 0.95)],
                  [(0.02, 0.8), (0.98, 0.42)])),
    Form(7, 0.6, ([(0.3, 0.14), (0.72, 0.05), (0.46, 0.96)], [(0.06, 0.62), (0.96, 0.5)]),
         straight=True),
    Form(8, 0.8, ([(0.72, 0.2), (0.48, 0.05), (0.26, 0.24), (0.5, 0.46), (0.77, 0.72),
                   (0.5, 0.95), (0.23, 0.72), (0.5, 0.46), (0.72, 0.2)],)),
    Form(8, 0.6, (_oval(0.5, 0.26, 0.22, 0.21, 90, 360), _oval(0.5, 0.71, 0.27, 0.24, -90, 360))),
    Form(9, 0.7, ([(0.75, 0.26), (0.48, 0.05), (0.24, 0.28), (0.48, 0.5), (0.75, 0.26),
                   (0.74, 0.6), (0.68, 0.95)],)),
    Form(9, 0.8, ([(0.74, 0.22), (0.46, 0.05), (0.25, 0.28), (0.48, 0.48), (0.75, 0.24),
                   (0.76, 0.6), (0.55, 0.94), (0.22, 0.86)],)),
    *(Form(digit, 0.12, _segments(lit), straight=True) for digit, lit in enumerate(
        ("abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg"))),
)  # fmt: skip

# Confusable enough to be asked for, clearly no digit: Greek and Latin letters, signs, pictures.
SHAPES = (
    Form(NOT_A_DIGIT, 2, ([(0.85, 0.15), (0.5, 0.75), (0.2, 0.75), (0.12, 0.5), (0.25, 0.22),
                           (0.5, 0.3), (0.9, 0.85)],)),
    Form(NOT_A_DIGIT, 2, ([(0.25, 0.98), (0.28, 0.3), (0.5, 0.05), (0.72, 0.2), (0.4, 0.42),
                           (0.78, 0.6), (0.5, 0.82), (0.28, 0.72)],)),
    Form(NOT_A_DIGIT, 2, ([(0.1, 0.1), (0.3, 0.15), (0.5, 0.6), (0.45, 0.95), (0.52, 0.6),
                           (0.9, 0.08)],)),
    Form(NOT_A_DIGIT, 1, ([(0.5, 0.95), (0.05, 0.4), (0.25, 0.1), (0.5, 0.35), (0.75, 0.1),
                           (0.95, 0.4), (0.5, 0.95)],)),
    Form(NOT_A_DIGIT, 1, (_oval(0.5, 0.5, 0.45, 0.45, 0, 360),
                          _oval(0.35, 0.4, 0.03, 0.03, 0, 360),
                          _oval(0.65, 0.4, 0.03, 0.03, 0, 360),
                          _oval(0.5, 0.5, 0.25, 0.25, 30, 120))),
    *(
        Form(NOT_A_DIGIT, 1, strokes, straight=True)
        for strokes in (
            ([(0.1, 0.9), (0.5, 0.05), (0.9, 0.9)], [(0.28, 0.55), (0.72, 0.55)]),
            ([(0.15, 0.05), (0.15, 0.95)], [(0.15, 0.5), (0.8, 0.05)], [(0.15, 0.5), (0.85, 0.95)]),
            ([(0.1, 0.95), (0.1, 0.05), (0.5, 0.6), (0.9, 0.05), (0.9, 0.95)],),
            ([(0.1, 0.05), (0.3, 0.95), (0.5, 0.3), (0.7, 0.95), (0.9, 0.05)],),
            ([(0.1, 0.1), (0.9, 0.9)], [(0.9, 0.1), (0.1, 0.9)]),
            ([(0.2, 0.05), (0.2, 0.95)], [(0.8, 0.05), (0.8, 0.95)], [(0.2, 0.5), (0.8, 0.5)]),
            ([(0.8, 0.05), (0.2, 0.05), (0.2, 0.95), (0.82, 0.95)], [(0.2, 0.5), (0.7, 0.5)]),
            ([(0.8, 0.05), (0.2, 0.05), (0.2, 0.95)], [(0.2, 0.45), (0.7, 0.45)]),
            ([(0.2, 0.95), (0.2, 0.05), (0.7, 0.1), (0.72, 0.45), (0.2, 0.5), (0.85, 0.95)],),
            ([(0.05, 0.55), (0.35, 0.9), (0.95, 0.05)],),
            ([(0.5, 0.02), (0.8, 0.95), (0.02, 0.35), (0.98, 0.35), (0.2, 0.95), (0.5, 0.02)],),
            ([(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), (0.1, 0.1)],),
            ([(0.5, 0.05), (0.95, 0.9), (0.05, 0.9), (0.5, 0.05)],),
            ([(0.5, 0.05), (0.5, 0.95)], [(0.05, 0.5), (0.95, 0.5)]),
            ([(0.15, 0.2), (0.85, 0.2)], [(0.5, 0.2), (0.5, 0.95)]),
        )
    ),
)  # fmt: skip


def draw_digit(rng: np.random.Generator) -> tuple[Ink, int]:
    """Draw one of `FORMS`; returns its ink, (FIELD, FIELD) in [0, 1], and the digit."""
    form = _choose(FORMS, rng)
    return _draw(form, rng), form.digit


def draw_nonsense(rng: np.random.Generator) -> Ink:
    """Draw something that is no digit: a letter or sign of `SHAPES`, or a scribble."""
    if rng.random() < 0.5:
        return _draw(_choose(SHAPES, rng), rng)
    count = int(rng.integers(1, 5))
    points = 9 if count == 1 else 4
    scribble = [rng.uniform(0, 1, (int(rng.integers(points, points + 6)), 2)) for _ in range(count)]
    return _ink([_smooth(stroke) for stroke in scribble], rng)


def _choose(forms: Sequence[Form], rng: np.random.Generator) -> Form:
    weights = np.array([form.weight for form in forms])
    return forms[int(rng.choice(len(forms), p=weights / weights.sum()))]


def _draw(form: Form, rng: np.random.Generator) -> Ink:
    strokes = [_shaky(stroke, rng, 0.03) for stroke in form.strokes]
    # A quick hand rounds the corners of a digit; of a square it would make a nought.
    hasty = form.digit != NOT_A_DIGIT and rng.random() < 0.4
    return _ink([s if form.straight and not hasty else _smooth(s) for s in strokes], rng)


def _shaky(stroke: Stroke, rng: np.random.Generator, amount: float) -> NDArray[np.float64]:
    points = np.asarray(stroke, float)
    shifted: NDArray[np.float64] = points + rng.normal(0, amount, points.shape)
    return shifted


def _smooth(points: NDArray[np.float64], steps: int = 10) -> NDArray[np.float64]:
    """A Catmull-Rom spline through `points` (Catmull and Rom 1974)."""
    p = np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [
        0.5
        * (
            2 * p[i]
            + (p[i + 1] - p[i - 1]) * t
            + (2 * p[i - 1] - 5 * p[i] + 4 * p[i + 1] - p[i + 2]) * t**2
            + (3 * p[i] - p[i - 1] - 3 * p[i + 1] + p[i + 2]) * t**3
        )
        for i in range(1, len(p) - 2)
    ]
    return np.vstack([*pieces, points[-1:]])


def _ink(strokes: list[NDArray[np.float64]], rng: np.random.Generator) -> Ink:
    """Draw with a pen of random width, narrow or wide, on a page with a margin."""
    margin = FIELD * 0.17
    narrow, flat = (
        (rng.uniform(0.55, 1.0), 1.0) if rng.random() < 0.85 else (1.0, rng.uniform(0.45, 1))
    )
    width = int(np.exp(rng.uniform(np.log(2), np.log(20))))
    page = np.zeros((FIELD, FIELD), np.uint8)
    for stroke in strokes:
        unit = (stroke - 0.5) * (narrow, flat) + 0.5
        scaled = unit * (FIELD - 2 * margin) + margin
        fixed = np.round(scaled * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(page, [fixed], False, 255, width, cv2.LINE_AA, 4)
    return page.astype(np.float32) / np.float32(255)
