"""Draws how each version of the model fared by people's verdicts: bars without a word on them.

The words are said beside the picture, in the language of whoever asked.
"""
# ruff: noqa: PLC0415 - Pillow is needed for this alone

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.storage import Score

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

MOST = 8  # versions, the newest of them
LONGEST_NAME = 20  # characters
WIDTH, ROW, EDGE = 640, 92, 24  # pixels
BAR = (20, 14)  # its height, and its distance below the text

GROUND, INK, PALE = (255, 255, 255), (33, 37, 41), (108, 117, 125)
RIGHT, WRONG = (46, 160, 67), (218, 54, 51)


def draw_scores(scores: Sequence[Score]) -> bytes:
    """Draw a PNG: of each version its name, a bar of right and wrong, the share and the counts."""
    from PIL import Image, ImageDraw

    shown = scores[-MOST:]
    image = Image.new("RGB", (WIDTH, ROW * len(shown) + 2 * EDGE), GROUND)
    draw = ImageDraw.Draw(image)
    for n, score in enumerate(shown):
        _draw_row(draw, score, EDGE + n * ROW)
    encoded = io.BytesIO()
    image.save(encoded, "PNG", optimize=True)
    return encoded.getvalue()


def _draw_row(draw: "ImageDraw", score: Score, top: int) -> None:
    from PIL import ImageFont

    large, small = ImageFont.load_default(30), ImageFont.load_default(24)
    total = score.right + score.wrong
    share = score.right / total
    base, left, right = top + 36, EDGE, WIDTH - EDGE
    counts = f"{score.right} / {total}"
    draw.text((left, base), score.model_version[:LONGEST_NAME], INK, large, "ls")
    draw.text((right, base), counts, PALE, small, "rs")
    draw.text((right - 150, base), f"{share:.0%}", INK, large, "rs")
    height, gap = BAR
    start, end = base + gap, base + gap + height
    split = left + round(share * (right - left))
    draw.rectangle((left, start, right, end), WRONG)
    if score.right:
        draw.rectangle((left, start, split, end), RIGHT)
