"""The inbox: nothing is lost, nothing handled twice, nobody in each other's way."""

from datetime import UTC, datetime, timedelta

from telegram import Update

from bot.services.holdings import Instead
from bot.services.housekeeping import KNOWN_FOR, SET_ASIDE_FOR, forget_old_updates
from bot.services.inbox import GRACE, Inbox
from bot.services.lanes import OF_CHAT, OF_PERSON
from bot.storage import Database, Kept, Lane
from bot.storage.inbox import State
from tests.bot.builders import GROUP, NOW
from tests.bot.clocks import HandClock
from tests.bot.inbox_bench import (
    ANNA_ID,
    Bench,
    Work,
    from_person,
    kept_as,
    text,
    told_the_time,
    until,
)

SECOND = timedelta(seconds=1)

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


async def test_who_sends_without_end_is_told_and_then_not_kept(database: Database) -> None:
    bench = Bench(database.inbox, longest_lane=5)
    bench.gate.clear()
    async with bench.running():
        for number in range(1, OF_PERSON + 11):
            await bench.inbox.put(text(number))
        await until(lambda: bool(bench.instead))
        assert bench.instead == [Instead.TOO_MANY]
        bench.gate.set()
        await bench.until_handled(*range(1, OF_PERSON + 6))
    assert len(bench.handled) == OF_PERSON + 5


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


async def test_what_takes_too_long_is_broken_off_and_taken_up_again(database: Database) -> None:
    clock = HandClock()
    bench = Bench(database.inbox, clock)
    bench.gate.clear()
    async with bench.running():
        await bench.inbox.put(text(1))
        await until(lambda: bool(bench.under_way))
        bench.inbox.close()
        await clock.pass_(GRACE)
    (kept,) = await database.inbox.of(ANNA_ID)
    assert (kept.state, kept.deaths) == (State.WAITING, 0)
    async with Bench(database.inbox).running() as bench:
        await bench.until_handled(1)


# What is kept of it


async def test_the_daily_chore_forgets_what_is_done_and_later_what_was_set_aside(
    database: Database,
) -> None:
    inbox = Inbox(database.inbox)
    sent = datetime.fromtimestamp(NOW, UTC)
    states = {1: State.WAITING, 2: State.DONE, 3: State.POISON}
    kept = [Kept(n, ANNA_ID, ANNA_ID, sent, "{}", state) for n, state in states.items()]
    await database.inbox.write(kept, [])

    async def known_after(age: timedelta) -> set[int]:
        await forget_old_updates(inbox, lambda: sent + age)()
        new = await database.inbox.write(kept, [])
        return set(states) - set(new)

    assert await known_after(KNOWN_FOR) == {1, 2, 3}
    assert await known_after(KNOWN_FOR + SECOND) == {1, 3}
    assert inbox.poisonous == 1
    assert await known_after(SET_ASIDE_FOR) == {1, 3}
    assert await known_after(SET_ASIDE_FOR + SECOND) == {1}, "what waits is kept, however old"
    assert inbox.poisonous == 0
