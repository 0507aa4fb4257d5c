"""Scenes of what digits are met on: badges, charts, walls, forms, the screen of a demonstration."""

from collections.abc import Sequence

import cv2
import numpy as np

from bench.pages import (
    HEIGHT,
    PEN,
    WIDTH,
    Digit,
    Page,
    Random,
    Scene,
    blank,
    in_a_row,
    inked,
    put,
    somewhere,
)
from model.reading import Box

WHITE, BLACK = (250, 250, 250), (20, 20, 22)
DESK = (95, 80, 70)
BRICK, MORTAR = (150, 75, 60), (185, 178, 168)
NOTES = ((250, 235, 110), (180, 230, 250), (250, 190, 210))
FIELD = Box(190, 110, 100, 100)


def _print(page: Page, text: str, x: int, y: int, scale: float = 0.8) -> None:
    line = np.zeros(page.shape[:2], np.uint8)
    cv2.putText(line, text, (x, y), cv2.FONT_HERSHEY_COMPLEX, scale, 255, 1, cv2.LINE_AA)
    put(page, (line / 255).astype(np.float32), (40, 40, 45))


def _badge(digits: Sequence[Digit], rng: Random) -> Page:
    """Light digits in a disc of some colour."""
    page = blank()
    disc = np.zeros((HEIGHT, WIDTH), np.float32)
    centre = int(rng.integers(180, 460)), int(rng.integers(170, 310))
    cv2.circle(disc, centre, int(rng.integers(120, 160)), 1.0, -1, cv2.LINE_AA)
    put(page, disc, rng.integers(0, 150, 3))
    strokes, boxes = in_a_row(digits, 100 if len(digits) > 1 else 130, 0.12, rng)
    left, top, bottom = boxes[0].x, boxes[0].y, boxes[0].y + boxes[0].h
    right = boxes[-1].x + boxes[-1].w
    cut = strokes[top:bottom, left:right]
    h, w = cut.shape
    put(page, cut, WHITE, centre[0] - w // 2, centre[1] - h // 2)
    return page


def _chart(digits: Sequence[Digit], rng: Random) -> Page:
    """A digit as a plotting library shows it: as it is in MNIST, numbers along both axes."""
    page = blank((255, 255, 255))
    side, x, y = 364, 130, 50
    large = cv2.resize(digits[0], (side, side), interpolation=cv2.INTER_NEAREST)
    page[y : y + side, x : x + side] = large[..., None]
    for i in range(6):
        _print(page, str(5 * i), x - 40, y + 12 + 65 * i, 0.5)
        _print(page, str(5 * i), x + 65 * i, y + side + 24, 0.5)
    return page


def _tiles(digits: Sequence[Digit], rng: Random) -> Page:
    """Pictures of digits side by side, as they are in MNIST, with gaps between them."""
    page = blank((255, 255, 255))
    side = 140
    for i, digit in enumerate(digits):
        large = cv2.resize(digit, (side, side), interpolation=cv2.INTER_LINEAR)
        page[170 : 170 + side, 12 + 157 * i : 12 + 157 * i + side] = large[..., None]
    return page


def _notes(digits: Sequence[Digit], rng: Random) -> Page:
    page = blank(DESK)
    for i, digit in enumerate(digits):
        size = 210, 200
        strokes, _ = somewhere(digit, rng, size, 0.8)
        note = inked(strokes, NOTES[int(rng.integers(len(NOTES)))], PEN)
        x, y = 60 + 300 * i + int(rng.integers(-15, 15)), 130 + int(rng.integers(-20, 20))
        page[y : y + size[1], x : x + size[0]] = note
    return page


def _wall(digits: Sequence[Digit], rng: Random) -> Page:
    """Paint on bricks."""
    page = blank(BRICK)
    rough = rng.normal(0, 40, page.shape[:2]).astype(np.float32)
    page += cv2.GaussianBlur(rough, (0, 0), 2)[..., None]
    for row, y in enumerate(range(int(rng.integers(-40, 0)), HEIGHT, 46)):
        cv2.line(page, (0, y), (WIDTH, y), MORTAR, 5)
        for x in range(row % 2 * 50 - 40, WIDTH, 100):
            cv2.line(page, (x, y), (x, y + 46), MORTAR, 5)
    strokes, _ = somewhere(digits[0], rng, share=0.95)
    put(page, cv2.GaussianBlur(strokes, (0, 0), 2), BLACK)
    return page


def _form(digits: Sequence[Digit], rng: Random) -> Page:
    """A field among print."""
    page = blank()
    for line, y in (("Name:", 60), ("Age group:", 170), ("Please write in blue ink.", 280)):
        _print(page, line, 30, y)
    x, y, w, h = FIELD
    cv2.rectangle(page, (x, y), (x + w, y + h), (40, 40, 40), 3)
    strokes, _ = somewhere(digits[0], rng, (w - 14, h - 14), 0.98)
    put(page, strokes, (30, 40, 130), x + 7, y + 7)
    return page


def _canvas(digits: Sequence[Digit], rng: Random) -> Page:
    """A web page that one draws on."""
    page = blank((255, 255, 255))
    _print(page, "Draw a digit from 0 to 9", 120, 50, 1.0)
    x, y, side = 180, 80, 280
    strokes, _ = somewhere(digits[0], rng, (side, side), 0.8)
    put(page, strokes, (0, 0, 0), x, y)
    cv2.rectangle(page, (x, y), (x + side, y + side), (60, 60, 60), 2)
    for left, tint in ((190, (40, 120, 220)), (330, (220, 60, 60))):
        cv2.rectangle(page, (left, 390), (left + 110, 426), tint, -1)
    return page


def _far(digits: Sequence[Digit], rng: Random) -> Page:
    """A page with a digit of a twenty-fifth of its height."""
    strokes, _ = somewhere(digits[0], rng, (1600, 1200), 0.06)
    return inked(strokes)


def _left_of(place: int, digit: Digit, rng: Random) -> Page:
    """A page with a digit left of a column."""
    page = blank()
    strokes, _ = somewhere(digit, rng, (place, HEIGHT), 0.55)
    put(page, strokes, PEN)
    return page


def _pen(digits: Sequence[Digit], rng: Random) -> Page:
    """A pen lies beside the digit."""
    page = _left_of(480, digits[0], rng)
    pen = np.zeros(page.shape[:2], np.float32)
    foot, lean = int(rng.integers(520, 580)), int(rng.integers(-30, 31))
    length, broad = int(rng.integers(300, 400)), int(rng.integers(11, 17))
    cv2.line(pen, (foot + lean, 440 - length), (foot, 440), 1.0, broad, cv2.LINE_AA)
    put(page, pen, rng.integers(0, 150, 3))
    return page


def _border(digits: Sequence[Digit], rng: Random) -> Page:
    """The paper ends beside the digit, and its shadow falls on what is behind it."""
    end = int(rng.integers(500, 580))
    page = _left_of(end - 20, digits[0], rng)
    page[:, end:] = rng.integers(110, 190)
    shadow = np.zeros(page.shape[:2], np.float32)
    cv2.line(shadow, (end, 60), (end + int(rng.integers(-6, 7)), 420), 1.0, 9, cv2.LINE_AA)
    put(page, cv2.GaussianBlur(shadow, (0, 0), 1.5), (70, 66, 62))
    return page


def _coloured(digits: Sequence[Digit], rng: Random) -> Page:
    """Each digit in a colour of its own, dark or not so dark."""
    page = blank()
    strokes, boxes = in_a_row(digits, 90, 0.3, rng)
    for box in boxes:
        tint = rng.integers(0, 170, 3)
        tint[rng.integers(3)] = 20
        columns = slice(box.x, box.x + box.w)
        put(page[:, columns], strokes[:, columns], tint)
    return page


SURFACES: dict[str, Scene] = {
    "a badge": Scene(_badge),
    "a badge with two digits": Scene(_badge, 2),
    "a chart with axes": Scene(_chart),
    "four pictures side by side": Scene(_tiles, 4),
    "two notes": Scene(_notes, 2),
    "a wall of bricks": Scene(_wall),
    "a field of a form": Scene(_form),
    "a canvas with buttons": Scene(_canvas),
    "far away": Scene(_far),
    "a pen beside it": Scene(_pen),
    "where the paper ends": Scene(_border),
    "four digits in four colours": Scene(_coloured, 4),
}
