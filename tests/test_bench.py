"""The benchmark's own sums: a figure that flatters us would be worse than none."""

import time
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bench.comparison import Comparison, Goal, alternate
from bench.photos import DRAW, photo
from bench.processes import python
from bench.watched_bot import longest
from bot.api_server import BotApiServer


@pytest.mark.parametrize(
    ("ours", "goal", "met"),
    [
        (2.0, Goal(Fraction(1, 4)), True),
        (3.0, Goal(Fraction(1, 4)), False),
        (20.0, Goal(Fraction(2), at_least=True), True),
        (15.0, Goal(Fraction(2), at_least=True), False),
    ],
)
def test_tells_whether_the_goal_is_met(ours: float, goal: Goal, met: bool) -> None:
    cells = Comparison("start", ours, "rival", 10.0, "s", goal).cells()
    assert cells[-1] == ("met" if met else "NOT MET")
    assert cells[-3] == f"{ours / 10:.3g}"


def test_measures_in_turns_and_forgets_the_warm_up() -> None:
    turns: list[str] = []
    ours, theirs = iter([100.0, 1.0, 2.0, 9.0]), iter([100.0, 10.0, 20.0, 90.0])

    def take_ours() -> float:
        turns.append("ours")
        return next(ours)

    def take_theirs() -> float:
        turns.append("theirs")
        return next(theirs)

    assert alternate(take_ours, take_theirs, times=3, warm_up=1) == (2.0, 20.0)
    assert turns == ["ours", "theirs"] * 4


@pytest.mark.parametrize("digit", DRAW)
def test_photos_are_as_telegram_delivers_them(digit: int) -> None:
    data = photo(digit)
    assert data == photo(digit)
    assert 80_000 < len(data) < 130_000
    with Image.open(BytesIO(data)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (1280, 960), "RGB")


@pytest.mark.slow
async def test_a_watched_bot_starts_in_any_folder_and_notes_how_long_its_loop_was_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    noted, began = tmp_path / "held.json", time.monotonic()
    async with BotApiServer() as server:
        settings = {
            "TELEGRAM_BOT_TOKEN": server.add_bot("WatchedBot").token,
            "TELEGRAM_API_URL": server.url,
            "READER_WORKERS": "1",
        }
        arguments = ("-m", "bench.watched_bot", f"{noted}")
        async with python(*arguments, ready="is ready", folder=tmp_path, settings=settings):
            chat = server.private_chat(server.add_person("Anna"))
            await chat.wait_for_reply(to=await chat.send_photo(photo(7)), timeout=60)
    assert longest(noted, began, time.monotonic()) > 0
    assert longest(noted, began - 2, began - 1) == 0
