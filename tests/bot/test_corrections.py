"""What becomes of people's verdicts: rows and files, together and no more than that."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.services.correction_files import STRAY, CorrectionFiles
from bot.services.corrections import Corrections, Forgotten, Judged, ReadsDifferently
from bot.services.reader import CutOut
from bot.storage import Database, Score
from tests.bot.builders import FakeReader
from tests.bot.databases import memory_database
from tests.bot.readings import make_digit, make_reading

ANNA, BEN = 1001, 1002
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


class Cutter(FakeReader):
    """Reads a number in everything, and cuts out the image itself."""

    def __init__(self, number: str) -> None:
        super().__init__(make_reading(*(make_digit(int(digit)) for digit in number)))

    async def cut_out(self, data: bytes, position: int) -> CutOut | None:
        cut = await super().cut_out(data, position)
        return cut and replace(cut, glyph=b"glyph of " + data, crop=b"crop of " + data)


def judged(number: str = "7", message_id: int = 10, sender_id: int | None = ANNA) -> Judged:
    return Judged(ANNA, message_id, sender_id, number, "m1")


def make(database: Database, folder: Path, number: str = "7") -> Corrections:
    files = CorrectionFiles(folder / "corrections")
    return Corrections(database.corrections, files, Cutter(number), lambda: NOON)


def kept(folder: Path) -> list[str]:
    return sorted(path.name.partition(".")[2] for path in folder.rglob("*.*"))


PAIR = ["crop.jpg", "glyph.png"]


async def test_a_correction_keeps_the_glyph_and_the_crop(tmp_path: Path) -> None:
    async with memory_database() as database:
        corrections = make(database, tmp_path)
        await corrections.correct(judged(), ANNA, 0, 1, b"photo")
        (correction,) = await corrections.repository.list()
        assert correction.verdict.answer == 7
        assert correction.verdict.truth == 1
        assert correction.verdict.said_at == NOON
        found = await corrections.files.load(correction.picture)
        assert found == (b"glyph of photo", b"crop of photo")
        assert corrections.files.glyph(correction.picture).read_bytes() == b"glyph of photo"
    assert kept(tmp_path) == PAIR


async def test_right_keeps_no_picture_and_counts_each_digit(tmp_path: Path) -> None:
    async with memory_database() as database:
        corrections = make(database, tmp_path)
        await corrections.confirm(judged("12|7"), ANNA)
        assert await corrections.scores() == [Score("m1", right=3, wrong=0)]
        assert await corrections.repository.list() == []
    assert kept(tmp_path) == []


async def test_a_change_of_mind_leaves_no_file_behind(tmp_path: Path) -> None:
    async with memory_database() as database:
        corrections = make(database, tmp_path, "71")
        for truth in (2, None):
            await corrections.correct(judged("71"), ANNA, 0, truth, b"photo")
            assert kept(tmp_path) == PAIR
        await corrections.correct(judged("71"), ANNA, 1, 3, b"photo")
        await corrections.confirm_digit(judged("71"), BEN, 0)
        assert kept(tmp_path) == PAIR
        said = await corrections.said_of(ANNA, 10)
        assert [(verdict.answer, verdict.truth) for verdict in said] == [(7, 7), (1, 3)]
        await corrections.confirm(judged("71"), ANNA)
    assert kept(tmp_path) == []


@pytest.mark.parametrize("number", ["", "71"])
async def test_a_model_that_sees_other_digits_now_gets_no_correction(
    tmp_path: Path, number: str
) -> None:
    async with memory_database() as database:
        corrections = make(database, tmp_path, number)
        with pytest.raises(ReadsDifferently):
            await corrections.correct(judged("7"), ANNA, 0, 1, b"photo")
        assert await corrections.scores() == []
    assert kept(tmp_path) == []


async def test_a_person_is_forgotten_with_their_files(tmp_path: Path) -> None:
    async with memory_database() as database:
        corrections = make(database, tmp_path)
        await corrections.correct(judged(message_id=1), ANNA, 0, 1, b"photo")
        await corrections.correct(judged(message_id=2, sender_id=BEN), BEN, 0, 1, b"photo")
        await corrections.confirm(judged(message_id=3), ANNA)
        assert await corrections.forget(ANNA) == Forgotten(verdicts=2, pictures=1)
        assert kept(tmp_path) == PAIR
        (left,) = await corrections.repository.list()
        assert left.verdict.user_id == BEN


async def test_what_is_old_goes_and_strays_with_it(tmp_path: Path) -> None:
    async with memory_database() as database:
        corrections = make(database, tmp_path)
        await corrections.correct(judged(message_id=1), ANNA, 0, 1, b"photo")
        stray, fresh = [await corrections.files.save(b"glyph", b"crop") for _ in range(2)]
        for path in (corrections.files.glyph(stray), corrections.files.crop(stray)):
            then = path.stat().st_mtime - STRAY - 1
            os.utime(path, (then, then))
        assert await corrections.forget_older(NOON) == Forgotten(verdicts=0, pictures=0)
        assert not corrections.files.glyph(stray).exists()
        assert not corrections.files.crop(stray).exists()
        assert corrections.files.glyph(fresh).exists(), "its row may be about to be written"
        late = NOON + timedelta(seconds=1)
        assert await corrections.forget_older(late) == Forgotten(verdicts=1, pictures=1)
    assert kept(tmp_path) == PAIR


async def test_files_that_are_gone_already_are_no_problem(tmp_path: Path) -> None:
    files = CorrectionFiles(tmp_path / "never made")
    await files.delete(["nothing"])
    assert await files.sweep([]) == 0
    picture = await files.save(b"glyph", b"crop")
    files.crop(picture).unlink()
    await files.delete([picture])
    assert not files.glyph(picture).exists()
