"""The live panel's pictures: real stages of the pipeline, drawn."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from bot.playground.stages import LookingGlass, Stage, draw
from model import UnreadableImage
from model.reader import Trace
from tests.bot.readers import always_seven
from tests.bot.readings import draw_seven, encode


def pixels(stage: Stage) -> np.ndarray:
    assert stage.picture is not None
    return np.asarray(Image.open(io.BytesIO(stage.picture)))


def test_each_stage_of_a_digit_is_drawn() -> None:
    trace = always_seven().trace(encode(draw_seven(640, 480)))
    look = draw(trace)
    decoded, ink, boxes, glyph, scores = look.stages
    names = [stage.name for stage in look.stages]
    assert names == ["decoded", "ink", "boxes", "glyph", "scores"]
    assert look.number == "7"
    assert look.scores[7] == max(look.scores)
    assert pixels(decoded).shape == pixels(boxes).shape == trace.decoded.pixels.shape
    assert trace.chosen is not None
    x, y, w, h = trace.chosen.glyph.box
    bright = pixels(ink) > 128
    assert bright[y : y + h, x : x + w].any()
    assert not bright[:, : x - 5].any()
    reddish = (pixels(boxes)[..., 0] > 200) & (pixels(boxes)[..., 1] < 120)
    rows, columns = np.nonzero(reddish)
    assert rows.min() < y <= y + h <= rows.max() + 1
    assert columns.min() < x <= x + w <= columns.max() + 1
    assert pixels(glyph).shape == (28, 28)
    assert scores.picture is None
    assert look.to_json()["milliseconds"] == pytest.approx(trace.reading.timings.total)


def test_every_digit_has_its_box_and_its_glyph() -> None:
    page = Image.new("RGB", (1200, 400), "white")
    for left in (0, 400, 800):
        page.paste(draw_seven(400, 400), (left, 0))
    trace = always_seven().trace(encode(page))
    look = draw(trace)
    assert look.number == "777"
    *_, boxes, glyphs, _scores = look.stages
    assert pixels(glyphs).shape == (28, 3 * 28)
    reddish = (pixels(boxes)[..., 0] > 200) & (pixels(boxes)[..., 1] < 120)
    for digit in trace.reading.digits:
        x, y, _w, h = (round(side / trace.decoded.scale) for side in digit.box)
        assert reddish[y + h // 2, max(0, x - 4) : x + 1].any()
    assert look.confidence == min(digit.confidence for digit in trace.reading.digits)


def test_blank_paper_has_a_first_stage_and_no_scores() -> None:
    look = draw(always_seven().trace(encode(Image.new("RGB", (200, 200), "white"))))
    assert [stage.picture is not None for stage in look.stages] == [True] + [False] * 4
    assert look.number == ""
    assert look.reason == "blank"
    assert set(look.scores) == {0.0}


class Fragile:
    """Reads pictures; anything else ends its process."""

    def trace(self, data: bytes) -> Trace:
        if data == b"crash":
            os._exit(3)
        return always_seven().trace(data)


async def test_a_picture_that_ends_the_process_is_told_and_the_next_is_read() -> None:
    async with LookingGlass(Fragile) as glass:
        with pytest.raises(LookupError, match="broke down"):
            await glass.look(b"crash")
        assert (await glass.look(encode(draw_seven()))).number == "7"


async def test_what_is_no_picture_is_refused(glass: LookingGlass) -> None:
    with pytest.raises(UnreadableImage):
        await glass.look(b"no picture")
