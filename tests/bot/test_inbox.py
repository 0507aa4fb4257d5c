"""The inbox: nothing is lost, nothing handled twice, nobody in each other's way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from telegram import Bot, Update

from bot.services import backlog
from bot.services import inbox as inbox_module
from bot.services.holdings import Instead
from bot.services.inbox import DEATHS, PAUSES, SUSPICIOUS, TRIES, Inbox
from bot.services.lanes import OF_CHAT, OF_PERSON, Bucket, Lanes
from bot.services.server_time import ServerTime
from bot.storage import Database, InboxRepository, Lane, open_database
from bot.storage.inbox import State
from tests.bot.builders import ANNA, GROUP, NOW, PRIVATE, TOKEN, make_message
from tests.bot.clocks import HandClock

NOBODY = Bot(TOKEN)
LIVES: list[object] = []
DATE = "Thu, 28 May 2026 20:26:40 GMT"  # NOW
ANNA_ID: int = PRIVATE["id"]
PATIENCE = 30.0


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.01)


@pytest.fixture
async def database(tmp_path: Path, database_url: SecretStr | None) -> AsyncIterator[Database]:
    async with open_database(tmp_path, database_url) as database:
        yield database


def text(number: int, chat: dict[str, Any] = PRIVATE, **content: Any) -> Update:
    body = {**make_message(chat, text=f"text {number}"), **content}
    update = Update.de_json({"update_id": number, "message": body}, None)
    assert update is not None
    return update


def from_person(number: int, person_id: int, chat: dict[str, Any] | None = None) -> Update:
    sender = {**ANNA, "id": person_id}
    return text(number, chat or {**PRIVATE, "id": person_id}, **{"from": sender})


def told_the_time() -> ServerTime:
    server_time = ServerTime()
    server_time.hear(DATE)
    return server_time


Work = Callable[[Update], Awaitable[None]]


class Bench:
    """An inbox in the hands of something that handles updates as PTB does."""

    def __init__(self, repository: InboxRepository, clock: HandClock | None = None) -> None:
        self.inbox = Inbox(repository, clock, told_the_time())
        self.handled: list[int] = []
        self.instead: list[Instead] = []
        self.under_way: set[int] = set()
        self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.finished = 0
        self.work: Work = self.note
        self._tasks: set[asyncio.Task[None]] = set()

    async def note(self, update: Update) -> None:
        instead = self.inbox.instead(update)
        if instead is not None:
            self.instead.append(instead)
            return
        await self.gate.wait()
        self.handled.append(update.update_id)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Bench"]:
        """Handle what comes; the end is that of a bot which stops in order."""
        async with self.inbox.running(NOBODY):
            fetching = asyncio.create_task(self._fetch())
            try:
                yield self
            finally:
                self.inbox.close()
                await self.inbox.join()
                fetching.cancel()
                with suppress(asyncio.CancelledError):
                    await fetching

    async def _fetch(self) -> None:
        while True:
            update = await self.inbox.get()
            assert isinstance(update, Update)
            task = asyncio.create_task(self._handle(update))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _handle(self, update: Update) -> None:
        async with self.inbox.handling(update):
            self.under_way.add(update.update_id)
            self.most = max(self.most, len(self.under_way))
            try:
                await self.work(update)
            finally:
                self.under_way.discard(update.update_id)
        self.finished += 1

    async def until_handled(self, *numbers: int) -> None:
        await until(lambda: set(numbers) <= set(self.handled))


async def kept_as(database: Database, state: State) -> list[int]:
    kept = [*await database.inbox.of(ANNA_ID), *await database.inbox.poisonous()]
    return sorted({each.update_id for each in kept if each.state is state})


# Coming in and going out


async def test_what_was_put_is_handed_out_once_however_often_it_comes(database: Database) -> None:
    async with Bench(database.inbox).running() as bench:
        for number in (5, 6, 5, 5, 7):
            await bench.inbox.put(text(number))
        await bench.until_handled(5, 6, 7)
        await bench.inbox.put(text(6))
        await bench.inbox.put(text(8))
        await bench.until_handled(8)
    assert bench.handled == [5, 6, 7, 8]
    assert bench.inbox.waiting == 0


async def test_it_is_written_down_when_put_returns(database: Database) -> None:
    inbox = Inbox(database.inbox, server_time=told_the_time())
    await inbox.put(text(1))
    (kept,) = await database.inbox.of(ANNA_ID)
    assert (kept.update_id, kept.lane) == (1, Lane(ANNA_ID, ANNA_ID))
    assert kept.sent_at == datetime.fromtimestamp(NOW, UTC)


async def test_nothing_of_a_person_is_left_of_what_is_done(database: Database) -> None:
    async with Bench(database.inbox).running() as bench:
        await bench.inbox.put(text(1))
        await bench.until_handled(1)
    assert await database.inbox.of(ANNA_ID) == []
    assert await database.inbox.of(0) != []  # its number
    assert all(not kept.body and not kept.chat_id for kept in await database.inbox.of(0))


async def test_what_is_no_update_passes_through(database: Database) -> None:
    inbox, signal = Inbox(database.inbox), object()
    inbox.close()
    await inbox.put(signal)
    assert await inbox.get() is signal
    assert inbox.empty()


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
                died.set()
                await asyncio.Event().wait()
            if not died.is_set():
                await bench.note(update)

        bench.work = kill
        async with dying(bench):
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    await died.wait()
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
    assert (bench.inbox.retried, bench.inbox.set_aside, bench.inbox.poisonous) == (2, 1, 1)


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


# Fairness


async def test_a_flooder_holds_few_in_memory_and_nobody_up(database: Database) -> None:
    bench = Bench(database.inbox)
    bench.gate.clear()
    async with bench.running():
        for number in range(1, 101):
            await bench.inbox.put(text(number))
        assert len(bench.inbox._held) == OF_PERSON
        assert bench.inbox.waiting == 100
        bench.work = bench_without_gate(bench)
        await bench.inbox.put(from_person(200, 7))
        await bench.until_handled(200)
        assert 21 not in bench.handled
        bench.gate.set()
        await bench.until_handled(*range(1, 101))
    own = [number for number in bench.handled if number != 200]
    assert own == sorted(own)


def bench_without_gate(bench: Bench) -> Work:
    async def work(update: Update) -> None:
        bench.handled.append(update.update_id)

    return work


async def test_a_busy_group_holds_up_no_other_chat(database: Database) -> None:
    bench = Bench(database.inbox)
    bench.gate.clear()
    async with bench.running():
        for number in range(1, 1 + 2 * OF_CHAT):
            await bench.inbox.put(from_person(number, 5000 + number, GROUP))
        assert len(bench.inbox._held) == OF_CHAT
        bench.gate.set()
        await bench.until_handled(*range(1, 1 + 2 * OF_CHAT))


async def test_who_sends_without_end_is_told_and_then_not_kept(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "LONGEST_LANE", 5)
    bench = Bench(database.inbox)
    bench.gate.clear()
    async with bench.running():
        for number in range(1, OF_PERSON + 11):
            await bench.inbox.put(text(number))
        await until(lambda: bool(bench.instead))
        assert bench.instead == [Instead.TOO_MANY]
        bench.gate.set()
        await bench.until_handled(*range(1, OF_PERSON + 6))
    assert len(bench.handled) == OF_PERSON + 5


async def test_what_came_first_in_a_group_goes_first_and_groups_wait_for_nobody_else() -> None:
    lanes: Lanes[int] = Lanes(HandClock())
    for number, person in enumerate((1, 1, 1, 2, 2, 3)):
        lanes.queue(Lane(-1, person), number, number)
    lanes.queue(Lane(9, 9), 9, 9)
    order = [lanes.next() for _ in range(7)]
    assert [number for number in order if number != 9] == [0, 1, 2, 3, 4, 5]
    assert order.index(9) == 3, "three of the group's lanes were before it"


async def test_tokens_pace_a_lane_and_lanes_take_turns() -> None:
    clock = HandClock()
    lanes: Lanes[str] = Lanes(clock)
    for n in range(30):
        lanes.queue(Lane(1, 1), n, f"a{n}")
    lanes.queue(Lane(2, 2), 99, "b")
    first = [lanes.next() for _ in range(3)]
    assert first == ["a0", "b", "a1"]
    rest = 0
    while isinstance(lanes.next(), str):
        rest += 1
    assert rest + 2 == 20
    assert lanes.next() == pytest.approx(0.1)
    await clock.pass_(0.1)
    assert lanes.next() == "a20"


def test_a_bucket_never_has_more_than_it_holds() -> None:
    bucket = Bucket(rate=2.0, most=3.0, tokens=0.0, counted_at=0.0)
    assert bucket.wait(0.0) == 0.5
    assert bucket.wait(1e6) == 0.0
    assert bucket.tokens == 3.0
    assert bucket.wait(0.0) == 0.0  # a clock that goes back takes nothing away


# Old ones


async def test_what_is_older_than_an_hour_at_the_start_is_late(database: Database) -> None:
    inbox = Inbox(database.inbox, server_time=told_the_time())
    await inbox.put(text(1, date=NOW - 3_700))
    await inbox.put(text(2, date=NOW - 3_500))
    async with Bench(database.inbox).running() as bench:
        await bench.inbox.put(text(3, date=NOW - 3_700))
        await bench.inbox.put(text(4, date=NOW))
        await until(lambda: len(bench.handled) + len(bench.instead) == 4)
    assert sorted(bench.handled) == [2, 4]
    assert bench.instead == [Instead.LATE] * 2


async def test_a_clock_that_is_wrong_makes_nothing_late(database: Database) -> None:
    """Ours is months off the server's, see NOW; what the server says counts."""
    assert abs(datetime.now(UTC) - datetime.fromtimestamp(NOW, UTC)) > timedelta(days=1)
    async with Bench(database.inbox).running() as bench:
        await bench.inbox.put(text(1, date=NOW))
        await bench.until_handled(1)
    assert bench.instead == []


# The end


async def test_the_end_waits_for_what_is_under_way_and_leaves_the_rest(database: Database) -> None:
    bench = Bench(database.inbox)
    bench.gate.clear()
    async with bench.running():
        for number in range(1, OF_PERSON + 11):
            await bench.inbox.put(text(number))
        await until(lambda: len(bench.under_way) == OF_PERSON)
        bench.inbox.close()
        await bench.inbox.put(text(100))  # Telegram may still bring some
        bench.gate.set()
    assert bench.handled == list(range(1, OF_PERSON + 1))
    assert await kept_as(database, State.WAITING) == [*range(OF_PERSON + 1, OF_PERSON + 11), 100]


async def test_what_takes_too_long_is_broken_off_and_taken_up_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "GRACE", 0.1)
    bench = Bench(database.inbox)
    bench.gate.clear()
    async with bench.running():
        await bench.inbox.put(text(1))
        await until(lambda: bool(bench.under_way))
    (kept,) = await database.inbox.of(ANNA_ID)
    assert (kept.state, kept.deaths) == (State.WAITING, 0)
    async with Bench(database.inbox).running() as bench:
        await bench.until_handled(1)
