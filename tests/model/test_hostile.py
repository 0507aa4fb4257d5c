"""Hostile files, straight through decoder stage and reader: a reading or a plain refusal."""

import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from bench import fuzz
from bench.hostile import hostile_file, hostile_files
from bench.hostile.crafted import CRAFTED
from bench.hostile.strange import strange_pictures
from model import DigitReader, UnreadableImage
from model.preview import draw_preview

EACH_ONCE = len(CRAFTED) + len(strange_pictures())
# Minutes of a test for what the workers' limits are there for, see tests/bot/test_reader_pool.py.
DEAR = {"PNG of a million chunks", "BMP packed in small steps"}


@pytest.mark.slow
def test_no_file_makes_the_reader_fail() -> None:
    reader = DigitReader.load()
    outcomes: Counter[str] = Counter()
    for file in hostile_files(EACH_ONCE + 60):
        if file.kind in DEAR:
            continue
        try:
            reading = reader.read(file.data)
            draw_preview(file.data, reading)
            outcomes[reading.status] += 1
        except UnreadableImage as error:
            outcomes[type(error).__name__] += 1
        except Exception as error:
            raise AssertionError(f"{file.kind} makes it fail") from error
    assert outcomes["NotAnImage"] > 30
    assert outcomes["ok"] > 5, "some are left readable"
    assert {"ImageTooLarge", "ImageTooSmall", "no_digit"} <= set(outcomes)


def test_the_same_seed_makes_the_same_files() -> None:
    first = [hostile_file(n, 5) for n in range(EACH_ONCE, EACH_ONCE + 40)]
    again = [hostile_file(n, 5) for n in range(EACH_ONCE, EACH_ONCE + 40)]
    assert first == again
    assert first != [hostile_file(n, 6) for n in range(EACH_ONCE, EACH_ONCE + 40)]
    assert [file.kind for file in hostile_files(20)] == list(CRAFTED)[:20]


def test_the_fuzz_target_passes_over_what_is_only_broken(tmp_path: Path) -> None:
    files = [(file.kind, file.data) for file in hostile_files(160) if file.kind not in DEAR]
    assert fuzz.try_each(files[::3], folder=tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_the_fuzz_target_keeps_what_it_finds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def chokes_on_seven(data: bytes) -> None:
        if data == b"7":
            raise RuntimeError("choked")

    files = [("six", b"6"), ("seven", b"7"), ("eight", b"8")]
    assert fuzz.try_each(files, chokes_on_seven, tmp_path) == 1
    assert [kept.read_bytes() for kept in tmp_path.iterdir()] == [b"7"]
    assert "seven: RuntimeError('choked')" in capsys.readouterr().err


def test_hatching_takes_no_more_memory_than_a_worker_has() -> None:
    reader = DigitReader.load()
    tracemalloc.start()
    assert reader.read(strange_pictures()["fine hatching"]).status == "no_digit"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300 * 2**20
