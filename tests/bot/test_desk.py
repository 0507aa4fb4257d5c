"""Turns: albums whole, floods together, nobody faster than allowed; by a clock moved by hand."""

import asyncio
import random
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Message

from bot.services.addressing import Cause, Request
from bot.services.desk import (
    ALBUMS,
    BURST,
    CHATS,
    DEBOUNCE,
    GAP,
    LATER_GAP,
    MINUTE,
    TOGETHER,
    AnswerFailed,
    Batch,
    Desk,
)
from tests.bot.builders import GROUP, PRIVATE, make_photo
from tests.bot.clocks import HandClock

Turn = tuple[float, int, list[int], str | None]  # when, chat, messages, album


class Counter:
    """A desk, and the turns that it has given; each takes `takes` seconds."""

    def __init__(self, takes: float = 0.0, chats: int = CHATS, albums: int = ALBUMS) -> None:
        self.clock = HandClock()
        self.desk = Desk(self.clock, chats=chats, albums=albums)
        self.turns: list[Turn] = []
        self.busy: set[int] = set()
        self._takes = takes
        self._tasks: list[asyncio.Task[None]] = []

    def come(self, *requests: Request) -> None:
        """Let requests come now."""
        self._tasks += [asyncio.create_task(self._ask(request)) for request in requests]

    async def _ask(self, request: Request) -> None:
        async with self.desk.turn(request) as batch:
            if batch.requests:
                await self._answer(batch)

    async def _answer(self, batch: Batch) -> None:
        chat_id = batch.requests[0].message.chat_id
        assert chat_id not in self.busy
        self.busy.add(chat_id)
        if self._takes:
            await self.clock.sleep(self._takes)
        ids = [request.message.message_id for request in batch.requests]
        self.turns.append((self.clock.now(), chat_id, ids, batch.album))
        self.busy.remove(chat_id)

    @property
    def answered(self) -> list[list[int]]:
        return [turn[2] for turn in self.turns]

    @property
    def all_answered(self) -> list[int]:
        return [message_id for ids in self.answered for message_id in ids]

    @property
    def times(self) -> list[float]:
        return [turn[0] for turn in self.turns]

    @property
    def all_done(self) -> bool:
        return all(task.done() for task in self._tasks)

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    counter = Counter()
    yield counter
    await counter.end()


def ask(
    message_id: int,
    chat: dict[str, Any] = PRIVATE,
    *,
    album: str | None = None,
    thread: int | None = None,
    cause: Cause = Cause.CALLED,
) -> Request:
    body: dict[str, Any] = {"message_id": message_id, "date": 1, "chat": chat}
    body |= {"photo": make_photo()}
    if album:
        body["media_group_id"] = album
    if thread:
        body |= {"message_thread_id": thread, "is_topic_message": True}
    message = Message.de_json(body, None)
    return Request(message, message, cause)


async def test_the_first_has_its_turn_at_once(counter: Counter) -> None:
    counter.come(ask(1))
    await counter.clock.settle()
    assert counter.turns == [(0.0, PRIVATE["id"], [1], None)]


async def test_what_comes_meanwhile_shares_the_next_turn_in_order(counter: Counter) -> None:
    counter.come(ask(1))
    await counter.clock.settle()
    counter.come(ask(4), ask(2), ask(3))
    await counter.clock.pass_(GAP)
    assert counter.answered == [[1], [2, 3, 4]]
    assert counter.times == [0.0, GAP]
    assert counter.all_done


async def test_a_second_passes_after_an_answer_is_out(counter: Counter) -> None:
    slow = Counter(takes=0.4)
    slow.come(ask(1))
    await slow.clock.settle()
    slow.come(ask(2))
    await slow.clock.pass_(3)
    assert slow.times == [0.4, 0.4 + GAP + 0.4]
    await slow.end()


async def test_no_turn_has_more_than_an_album_may_have(counter: Counter) -> None:
    counter.come(ask(1))
    await counter.clock.settle()
    counter.come(*[ask(n) for n in range(2, 27)])
    await counter.clock.pass_(10)
    assert [len(ids) for ids in counter.answered] == [1, TOGETHER, TOGETHER, 5]
    assert counter.all_answered == list(range(1, 27))
    assert counter.times == [0.0, 1.0, 2.0, 3.0]


async def test_chats_do_not_wait_for_each_other(counter: Counter) -> None:
    counter.come(*[ask(n, {**PRIVATE, "id": n}) for n in range(1, 50)])
    await counter.clock.settle()
    assert len(counter.turns) == 49


async def test_topics_do_not_share_a_turn(counter: Counter) -> None:
    counter.come(ask(1, GROUP))
    await counter.clock.settle()
    counter.come(*[ask(n, GROUP, thread=n % 2 + 1) for n in range(2, 6)])
    await counter.clock.pass_(10)
    assert counter.answered == [[1], [2, 4], [3, 5]]


async def test_an_album_waits_until_no_more_comes(counter: Counter) -> None:
    counter.come(ask(3, album="a"))
    await counter.clock.pass_(DEBOUNCE * 0.9)
    counter.come(ask(1, album="a"), ask(2, album="a"))
    await counter.clock.pass_(DEBOUNCE * 0.9)
    assert counter.turns == []
    await counter.clock.pass_(DEBOUNCE * 0.2)
    assert [turn[2:4] for turn in counter.turns] == [([1, 2, 3], "a")]


async def test_interleaved_albums_are_kept_apart(counter: Counter) -> None:
    items = [ask(n, album="ab"[n % 2]) for n in range(20)]
    random.Random(1).shuffle(items)
    counter.come(*items, ask(100))
    await counter.clock.pass_(10)
    assert sorted(counter.answered) == [list(range(0, 20, 2)), list(range(1, 20, 2)), [100]]


async def test_the_same_album_id_in_two_chats_is_two_albums(counter: Counter) -> None:
    counter.come(ask(1, album="a"), ask(2, GROUP, album="a"))
    await counter.clock.pass_(10)
    assert sorted(counter.answered) == [[1], [2]]


async def test_an_item_that_comes_late_brings_the_album_with_it(counter: Counter) -> None:
    counter.come(ask(1, album="a"), ask(3, album="a"))
    await counter.clock.pass_(10)
    counter.come(ask(2, album="a"))
    await counter.clock.pass_(10)
    assert counter.answered == [[1, 3], [1, 2, 3]]


async def test_an_album_that_nobody_asks_about_has_no_turn(counter: Counter) -> None:
    counter.come(*[ask(n, GROUP, album="a", cause=Cause.ALBUM) for n in (1, 2)])
    await counter.clock.pass_(10)
    assert counter.all_done
    assert counter.turns == []
    counter.come(ask(3, GROUP, album="a"))
    await counter.clock.pass_(10)
    assert counter.answered == [[1, 2, 3]]


async def test_one_item_asks_for_all_whichever_comes_first(counter: Counter) -> None:
    counter.come(ask(2, GROUP, album="a", cause=Cause.ALBUM), ask(1, GROUP, album="a"))
    counter.come(ask(3, GROUP, album="a", cause=Cause.ALBUM))
    await counter.clock.pass_(10)
    assert counter.answered == [[1, 2, 3]]


async def test_a_reason_once_given_stays(counter: Counter) -> None:
    counter.come(ask(1, GROUP, album="a"))
    counter.come(ask(1, GROUP, album="a", cause=Cause.ALBUM))
    await counter.clock.pass_(10)
    assert counter.answered == [[1]]


async def test_a_turn_that_fails_has_failed_for_all_who_share_it(counter: Counter) -> None:
    clock, desk = counter.clock, counter.desk

    async def fail(request: Request) -> None:
        async with desk.turn(request) as batch:
            if batch.requests:
                raise RuntimeError("no answer is out")

    counter.come(ask(1))
    await clock.settle()
    tasks = [asyncio.create_task(fail(ask(n))) for n in (2, 3, 4)]
    await clock.pass_(GAP)
    errors = [task.exception() for task in tasks]
    assert [type(error) for error in errors] == [RuntimeError, AnswerFailed, AnswerFailed]
    assert [error.__cause__ for error in errors if error] == [None, errors[0], errors[0]]
    counter.come(ask(2), ask(3), ask(4))  # again
    await clock.pass_(GAP)
    assert counter.answered == [[1], [2, 3, 4]]


async def test_a_turn_that_fails_ends_all_the_same(counter: Counter) -> None:
    desk, clock = counter.desk, counter.clock
    with pytest.raises(RuntimeError):
        async with desk.turn(ask(1)):
            raise RuntimeError
    counter.come(ask(2))
    await clock.pass_(GAP)
    assert counter.answered == [[2]]


async def test_who_gives_up_waiting_leaves_the_others_a_turn(counter: Counter) -> None:
    counter.come(ask(1))
    await counter.clock.settle()
    waiting = asyncio.create_task(counter._ask(ask(2)))
    await counter.clock.settle()
    waiting.cancel()
    await counter.clock.settle()
    counter.come(ask(3))
    await counter.clock.pass_(5)
    assert counter.answered == [[1], [3]]


async def test_nobody_waits_for_time_once_the_bot_stops(counter: Counter) -> None:
    counter.come(*[ask(n, {**GROUP, "id": n % 2}) for n in range(1, 30)], ask(40, album="a"))
    await counter.clock.settle()
    assert not counter.all_done
    counter.desk.close()
    for _ in range(10):
        await counter.clock.settle()
    assert counter.all_done
    assert sorted(counter.all_answered) == [*range(1, 30), 40]


async def test_memory_is_bounded() -> None:
    counter = Counter(chats=10, albums=10)
    for n in range(1, 100):
        counter.come(ask(n, {**PRIVATE, "id": n}, album=str(n)))
        await counter.clock.pass_(DEBOUNCE * 2)
    assert len(counter.turns) == 99
    assert len(counter.desk._chats) <= 11
    assert len(counter.desk._albums) == 10


async def test_a_group_has_at_most_twenty_answers_in_any_minute(counter: Counter) -> None:
    for n in range(180):
        counter.come(ask(n, GROUP))
        await counter.clock.pass_(GAP)
    times = counter.times
    assert len(times) > 2 * BURST
    for start in times:
        assert len([t for t in times if start <= t < start + MINUTE]) <= 2 * BURST


@settings(max_examples=100)
@given(st.lists(st.floats(0, 8), min_size=1, max_size=60), st.booleans())
def test_never_more_than_one_a_second_nor_twenty_a_minute(gaps: list[float], slow: bool) -> None:
    async def flood() -> Counter:
        counter = Counter(takes=0.3 if slow else 0.0)
        for n, gap in enumerate(gaps):
            await counter.clock.pass_(gap)
            counter.come(ask(n, GROUP))
        await counter.clock.pass_(30 * LATER_GAP)
        assert counter.all_done
        return counter

    counter = asyncio.run(flood())
    times = counter.times
    assert sorted(counter.all_answered) == list(range(len(gaps)))
    for before, after in pairwise(times):
        assert after - before >= GAP - 1e-9
    for start in times:
        assert len([t for t in times if start <= t < start + MINUTE - 1e-9]) <= 2 * BURST


async def test_silence_is_no_answer_and_an_album_is_many(counter: Counter) -> None:
    clock, desk = counter.clock, counter.desk
    for n in range(1, 20):
        async with desk.turn(ask(n, GROUP)) as batch:
            batch.messages = 0
    before = clock.now()
    async with desk.turn(ask(20, GROUP)) as batch:
        batch.messages = TOGETHER
    assert clock.now() == before, "nobody was answered so far"
    counter.come(ask(21, GROUP))
    await clock.pass_(TOGETHER * LATER_GAP - 1)
    assert counter.answered == []
    await clock.pass_(1)
    assert counter.answered == [[21]]
