"""The inbox when things go wrong: the bot dies, an update fails, the database is gone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError
from telegram import Update

from bot.services.holdings import Instead
from bot.services.inbox import DEATHS, PAUSES, SUSPICIOUS, TRIES, Inbox
from bot.storage import Database, InboxRepository
from tests.bot.clocks import HandClock
from tests.bot.inbox_bench import (
    NOBODY,
    Bench,
    from_person,
    text,
    told_the_time,
    until,
)

LIVES: list[object] = []

# A crash


async def test_what_was_not_done_is_handled_after_a_crash(database: Database) -> None:
    first = Bench(database.inbox)
    first.gate.clear()
    async with dying(first):
        for number in range(1, 60):
            await first.inbox.put(from_person(number, person_id=1 + number % 3))
    async with Bench(database.inbox).running() as second:
        await second.until_handled(*range(1, 60))
    assert sorted(second.handled) == list(range(1, 60))
    for person in range(3):
        own = [number for number in second.handled if number % 3 == person]
        assert own == sorted(own)


async def test_what_was_answered_is_not_handled_after_a_crash(database: Database) -> None:
    first = Bench(database.inbox)

    async def answer_and_hang(update: Update) -> None:
        await first.inbox.answered([1, 2])
        first.handled.append(update.update_id)
        await asyncio.Event().wait()

    first.work = answer_and_hang
    async with dying(first):
        for number in (1, 2, 3):
            await first.inbox.put(text(number))
        await until(lambda: len(first.handled) == 3)
    async with Bench(database.inbox).running() as second:
        await second.inbox.put(text(4))
        await second.until_handled(3, 4)
    assert second.handled == [3, 4]


@asynccontextmanager
async def dying(bench: Bench) -> AsyncIterator[None]:
    """Let it work; at the end it is gone, and has written nothing any more."""
    life = bench.inbox.running(NOBODY)
    await life.__aenter__()
    LIVES.append(life)  # an end in order would follow if it were forgotten
    fetching = asyncio.create_task(bench._fetch())
    try:
        yield
    finally:
        tasks = [fetching, *bench._tasks, *bench.inbox._chores]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_kills_the_bot_is_found_and_set_aside(database: Database) -> None:
    """Update 3 kills; nobody else is set aside, and everybody else is answered."""
    deaths, handled = 0, list[int]()
    told: list[Instead] = []
    for number in range(1, 7):
        await Inbox(database.inbox, server_time=told_the_time()).put(from_person(number, number))
    for _ in range(20):
        bench, died = Bench(database.inbox), asyncio.Event()

        async def kill(update: Update, bench: Bench = bench, died: asyncio.Event = died) -> None:
            if update.update_id == 3 and bench.inbox.instead(update) is None:
                # Not while an answer is not yet written down: that would come once more.
                await until(lambda: bench.finished == len(bench.handled) + len(bench.instead))
                died.set()
            if died.is_set():  # the dead do nothing more
                await asyncio.Event().wait()
            await bench.note(update)

        bench.work = kill
        async with dying(bench):
            await until(partial(_is_over, bench, died, handled))
        deaths += died.is_set()
        handled += bench.handled
        told += bench.instead
        if not died.is_set():
            break
    assert deaths == SUSPICIOUS + DEATHS
    assert sorted(handled) == [1, 2, 4, 5, 6]
    assert told == [Instead.DEADLY]
    (poison,) = await database.inbox.poisonous()
    assert poison.update_id == 3
    assert poison.error is not None


def _is_over(bench: Bench, died: asyncio.Event, before: Sequence[int]) -> bool:
    """Whether a bot has died, or has handled all that those before it have left."""
    everything = {1, 2, 4, 5, 6} <= {*before, *bench.handled}
    return died.is_set() or (bool(bench.instead) and everything)


async def test_who_dies_twice_by_chance_is_handled_before_others(database: Database) -> None:
    for _ in range(2):
        bench = Bench(database.inbox)
        bench.gate.clear()
        async with dying(bench):
            await bench.inbox.put(text(2))
            await until(lambda bench=bench: bool(bench.under_way))  # type: ignore[misc]
    await Inbox(database.inbox, server_time=told_the_time()).put(from_person(1, 77))
    async with Bench(database.inbox).running() as bench:
        await bench.until_handled(1, 2)
    assert bench.handled == [2, 1]
    assert bench.most == 1


# Failures


async def test_what_fails_is_tried_again_and_then_set_aside(database: Database) -> None:
    clock = HandClock()
    bench, outcomes = Bench(database.inbox, clock), list[bool]()

    async def fail(update: Update) -> None:
        outcomes.append(await bench.inbox.failed(update.update_id, ValueError("no")))

    bench.work = fail
    async with bench.running():
        await bench.inbox.put(text(1))
        for tries, pause in enumerate(PAUSES[:TRIES], start=1):
            await until(lambda tries=tries: bench.finished == tries)  # type: ignore[misc]
            await clock.pass_(pause)
    assert outcomes == [True, True, False]
    (poison,) = await database.inbox.poisonous()
    assert (poison.tries, poison.error) == (TRIES, "ValueError: no")
    assert (bench.inbox.retried, bench.inbox.poisonous) == (2, 1)


async def test_what_is_no_fault_of_its_own_is_tried_for_ever(database: Database) -> None:
    clock = HandClock()
    bench, failures = Bench(database.inbox, clock), 0

    async def fail_for_long(update: Update) -> None:
        nonlocal failures
        if failures < 10:
            failures += 1
            assert await bench.inbox.failed(update.update_id, OSError("gone"), counts=False)
        else:
            await bench.note(update)

    bench.work = fail_for_long
    async with bench.running():
        await bench.inbox.put(text(1))
        for tries in range(1, 11):
            await until(lambda tries=tries: bench.finished >= tries)  # type: ignore[misc]
            await clock.pass_(PAUSES[-1])
        await bench.until_handled(1)
    assert await database.inbox.poisonous() == []


async def test_the_database_may_be_gone_for_a_while(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    repository = Sick(database.inbox)
    async with Bench(cast("InboxRepository", repository)).running() as bench:
        await bench.inbox.put(text(1))
        await bench.until_handled(1)
        repository.failures = 4
        putting = asyncio.create_task(bench.inbox.put(text(2)))
        await until(lambda: repository.failures <= 1)
        assert not putting.done(), "Telegram must not be told that it is received"
        await putting
        await bench.until_handled(2)
    lines = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert len(lines) == 2
    assert "The database fails" in lines[0]
    assert "database or disk is full" in lines[0]
    assert "The database works again" in lines[1]


class Sick:
    """A repository whose next writes fail."""

    def __init__(self, repository: InboxRepository) -> None:
        self._repository = repository
        self.failures = 0

    async def write(self, *arguments: Any) -> Any:
        if self.failures:
            self.failures -= 1
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))
        return await self._repository.write(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._repository, name)
