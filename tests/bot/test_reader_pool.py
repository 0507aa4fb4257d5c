"""The reader pool: what a worker does with a file stays with that file."""

import asyncio
import gc
import itertools
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import psutil
import pytest

from bot.errors import ReaderFailed
from bot.services import reader_worker
from bot.services.limits import Limits
from bot.services.reader_pool import ReaderPool
from model import ArtifactError, ModelError
from model.errors import ImageTooLarge, NotAnImage
from tests.bot.readers import always_seven, busy, deadly, missing_model, named, troublemaker
from tests.bot.readings import (
    draw_seven,
    encode,
)

# Of fixtures that last longer than a test.
_others: set[int] = set()


@pytest.fixture(autouse=True)
def note_others() -> None:
    """Know which worker processes are none of this test's."""
    _others.clear()
    _others.update(worker.pid for worker in workers())


def workers() -> list[psutil.Process]:
    """Return the worker processes of this test."""
    return [
        child
        for child in psutil.Process().children()
        if any("spawn_main" in word for word in child.cmdline()) and child.pid not in _others
    ]


async def test_a_photo_is_read_and_its_preview_drawn_in_a_worker() -> None:
    photo = encode(draw_seven())
    async with ReaderPool(always_seven, workers=1) as pool:
        plain = await pool.read(photo)
        with_preview = await pool.read(photo, preview=True)
    assert plain.number == "7"
    assert [digit.digit for digit in plain.digits] == [7]
    assert plain.preview is None
    assert with_preview.preview is not None
    assert with_preview.preview.startswith(b"\x89PNG")


async def test_a_digit_is_cut_out_in_a_worker() -> None:
    async with ReaderPool(always_seven, workers=1) as pool:
        cut = await pool.cut_out(encode(draw_seven()), 0)
        assert await pool.cut_out(encode(draw_seven()), 1) is None, "there is no second one"
    assert cut is not None
    assert cut.number == "7"
    assert cut.glyph.startswith(b"\x89PNG")
    assert cut.crop.startswith(b"\xff\xd8")


async def test_what_the_reader_raises_arrives_as_it_is() -> None:
    async with ReaderPool(troublemaker, workers=1) as pool:
        with pytest.raises(NotAnImage, match="no image"):
            await pool.read(b"broken")
        with pytest.raises(RuntimeError, match="a bug"):
            await pool.read(b"bug")
        assert (await pool.read(b"fine")).number


async def test_a_crash_is_tried_once_more(tmp_path: Path) -> None:
    async with ReaderPool(troublemaker, workers=1) as pool:
        answer = await pool.read(f"crash-once {tmp_path / 'crashed'}".encode())
    assert answer.number


async def test_a_photo_that_crashes_every_worker_is_given_up_and_others_are_not() -> None:
    async with ReaderPool(troublemaker, workers=2) as pool:
        results = await asyncio.gather(
            pool.read(b"crash"),
            *(pool.read(b"fine") for _ in range(10)),
            return_exceptions=True,
        )
        assert isinstance(results[0], ReaderFailed)
        assert not [result for result in results[1:] if isinstance(result, BaseException)]
        assert (await pool.read(b"fine")).number


async def test_a_photo_that_hangs_is_given_up_and_others_are_not() -> None:
    async with ReaderPool(troublemaker, workers=2, limits=Limits(wall=1.0)) as pool:
        hanging = asyncio.create_task(pool.read(b"hang"))
        assert (await pool.read(b"fine")).number
        with pytest.raises(ReaderFailed):
            await hanging
        assert (await pool.read(b"fine")).number


@pytest.mark.parametrize("command", [b"segfault", b"hang-in-c", b"spin"])
async def test_what_no_python_could_end_is_ended(command: bytes) -> None:
    async with ReaderPool(troublemaker, workers=1, limits=Limits(wall=2.0, processor=0.5)) as pool:
        with pytest.raises(ReaderFailed):
            await pool.read(command)
        assert pool.restarts == 2
        assert (await pool.read(b"fine")).number
        assert pool.restarts == 2


async def test_time_on_the_processor_is_counted_anew_for_each_image() -> None:
    async with ReaderPool(busy, workers=1, limits=Limits(processor=0.5)) as pool:
        for _ in range(4):
            assert (await pool.read(b"0.2")).number
        assert pool.restarts == 0


@pytest.mark.parametrize("command", [b"eat", b"swallow"])
async def test_an_image_that_takes_too_much_memory_is_refused_by_a_worker_that_lives_on(
    command: bytes,
) -> None:
    async with ReaderPool(troublemaker, workers=1, limits=Limits(memory=2**28)) as pool:
        before = workers()
        with pytest.raises(ImageTooLarge):
            await pool.read(command)
        assert (await pool.read(b"fine")).number
        assert workers() == before
        assert pool.restarts == 0


async def test_a_worker_that_has_grown_is_replaced_and_loses_no_image() -> None:
    async with ReaderPool(troublemaker, workers=1, limits=Limits(growth=2**26)) as pool:
        before = workers()
        for _ in range(3):
            assert (await pool.read(b"keep 50000000")).number
        assert pool.restarts == 1
        assert workers() != before


async def test_a_pool_that_is_stuck_is_started_anew() -> None:
    async with ReaderPool(troublemaker, workers=2, limits=Limits(wall=1.0), stall=1.0) as pool:
        for worker in workers():
            os.kill(worker.pid, signal.SIGSTOP)  # takes no image, and does not die
        assert (await pool.read(b"fine")).number
        assert pool.restarts == 2


async def test_workers_that_die_idle_are_replaced() -> None:
    async with ReaderPool(troublemaker, workers=2) as pool:
        await pool.read(b"fine")
        dead = workers()
        assert len(dead) == 2
        for worker in dead:
            os.kill(worker.pid, signal.SIGKILL)
        assert (await pool.read(b"fine")).number


async def test_a_model_that_cannot_be_loaded_is_told_at_start() -> None:
    with pytest.raises(ArtifactError, match="There is no model"):
        async with ReaderPool(missing_model, workers=1):
            pass
    assert workers() == []


def lengths_of_what_is_told(times: int) -> list[int]:
    """Initialise this process as a worker without a model, and ask it so many times."""
    edition = reader_worker.Edition(1, missing_model)
    reader_worker.initialise(edition, Limits())
    lengths = []
    for _ in range(times):
        with pytest.raises(ArtifactError, match="There is no model") as told:
            reader_worker.ready(edition)
        lengths.append(len(told.traceback))
    return lengths


def test_a_model_that_cannot_be_loaded_is_told_each_time_at_the_same_length() -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        lengths = process.submit(lengths_of_what_is_told, 3).result()
    assert len(lengths) == 3
    assert lengths[0] == lengths[2]


async def test_no_worker_outlives_the_pool() -> None:
    async with ReaderPool(troublemaker, workers=2) as pool:
        await pool.read(b"fine")
        assert len(workers()) == 2
    assert workers() == []


async def test_no_worker_outlives_a_start_that_is_given_up() -> None:
    pool = ReaderPool(troublemaker, workers=2)
    async with AsyncExitStack() as stack:
        stack.push_async_exit(pool)
        pool.start()
        async with asyncio.timeout(60):
            while not workers():  # noqa: ASYNC110 - processes send no event
                await asyncio.sleep(0.01)
    assert workers() == []


async def test_the_loop_runs_on_while_a_photo_is_read() -> None:
    async with ReaderPool(troublemaker, workers=1, limits=Limits(wall=2.0)) as pool:
        reading = asyncio.create_task(pool.read(b"hang"))
        turns = 0
        while not reading.done():
            turns += 1
            await asyncio.sleep(0.01)
        assert turns > 20
        assert isinstance(reading.exception(), ReaderFailed)


async def test_a_swap_lets_old_photos_finish_and_new_ones_meet_the_new_model() -> None:
    async with ReaderPool(partial(named, "old"), workers=2) as pool:
        slow = [asyncio.create_task(pool.read(b"1")) for _ in range(4)]  # two begun, two waiting
        await asyncio.sleep(0)  # they are scheduled before the swap is
        await pool.swap(partial(named, "new"))
        after = await asyncio.gather(*(pool.read(b"0.01") for _ in range(40)))
        before = await asyncio.gather(*slow)
    assert {answer.model_version for answer in before} == {"old"}
    assert {answer.model_version for answer in after} == {"new"}


async def test_photos_that_come_during_swaps_are_all_answered_by_versions_in_order() -> None:
    seen: list[str] = []

    async def keep_reading(pool: ReaderPool) -> None:
        while not done.is_set():
            seen.append((await pool.read(b"0.002")).model_version)

    done = asyncio.Event()
    async with ReaderPool(partial(named, "0"), workers=2) as pool:
        reading = [asyncio.create_task(keep_reading(pool)) for _ in range(4)]
        for version in range(1, 6):
            await pool.swap(partial(named, str(version)))
            last = await pool.read(b"0")
            assert last.model_version == str(version)
        done.set()
        await asyncio.gather(*reading)
    assert set(seen) <= set("012345")
    falls = sum(a > b for a, b in itertools.pairwise(seen))
    assert falls <= 5 * 4  # only what was under way at a swap may come in after it


async def test_a_model_that_cannot_be_loaded_changes_nothing(tmp_path: Path) -> None:
    async with ReaderPool(partial(named, "old"), workers=2) as pool:
        with pytest.raises(ArtifactError, match="There is no model"):
            await pool.swap(missing_model)
        with pytest.raises(ModelError, match="does not survive"):
            await pool.swap(partial(deadly, str(tmp_path / "tried")))
        assert (tmp_path / "tried").exists()
        answers = await asyncio.gather(*(pool.read(b"0") for _ in range(10)))
    assert {answer.model_version for answer in answers} == {"old"}


async def test_a_worker_that_replaces_a_dead_one_reads_with_the_new_model() -> None:
    async with ReaderPool(partial(named, "old"), workers=2) as pool:
        await pool.swap(partial(named, "new"))
        for worker in workers():
            os.kill(worker.pid, signal.SIGKILL)
        answers = await asyncio.gather(*(pool.read(b"0") for _ in range(10)))
    assert {answer.model_version for answer in answers} == {"new"}


async def test_an_error_does_not_keep_the_image_that_it_is_about() -> None:
    image = b"broken " + bytes(1000)
    async with ReaderPool(troublemaker, workers=1) as pool:
        gc.disable()
        try:
            before = sys.getrefcount(image)
            with suppress(NotAnImage):
                await pool.read(image)
            await pool.read(b"fine")  # Pebble holds the last task
            assert sys.getrefcount(image) == before
        finally:
            gc.enable()
