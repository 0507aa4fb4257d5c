"""Updates are numbered, wait, are confirmed by offset, and go stale."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api_server.errors import Conflict
from bot.api_server.updates import DAY, UpdateQueue
from tests.api_server.clock import Clock


@pytest.fixture
def queue(clock: Clock) -> UpdateQueue:
    return UpdateQueue(clock)


def texts(updates: list[object]) -> list[str]:
    return [update.body["text"] for update in updates]  # type: ignore[attr-defined]


def put(queue: UpdateQueue, *words: str) -> None:
    for word in words:
        queue.put("message", {"text": word})


async def test_what_is_not_confirmed_comes_again(queue: UpdateQueue) -> None:
    put(queue, "one", "two")
    first = await queue.poll()
    assert texts([*first]) == ["one", "two"]
    assert await queue.poll() == first
    assert await queue.poll(offset=first[0].update_id) == first
    assert texts([*await queue.poll(offset=first[0].update_id + 1)]) == ["two"]
    assert await queue.poll(offset=first[1].update_id + 1) == []


async def test_a_negative_offset_keeps_the_last(queue: UpdateQueue) -> None:
    put(queue, "one", "two", "three")
    assert texts([*await queue.poll(offset=-1)]) == ["three"]
    assert len(queue) == 1


async def test_limit(queue: UpdateQueue) -> None:
    put(queue, "one", "two", "three")
    assert texts([*await queue.poll(limit=2)]) == ["one", "two"]
    assert len(queue) == 3


async def test_a_poll_waits_for_the_first(queue: UpdateQueue) -> None:
    poll = asyncio.create_task(queue.poll(timeout=30))
    await asyncio.sleep(0)
    assert not poll.done()
    put(queue, "late")
    assert texts([*await poll]) == ["late"]


async def test_a_poll_gives_up_in_the_end(queue: UpdateQueue) -> None:
    assert await queue.poll(timeout=0.01) == []


async def test_a_second_poll_ends_the_first(queue: UpdateQueue) -> None:
    first = asyncio.create_task(queue.poll(timeout=30))
    await asyncio.sleep(0)
    second = asyncio.create_task(queue.poll(timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    put(queue, "for the second")
    assert texts([*await second]) == ["for the second"]


async def test_updates_go_stale(queue: UpdateQueue, clock: Clock) -> None:
    queue.put("message", {"text": "a day"})
    queue.put("callback_query", {"text": "a moment"}, lifetime=150)
    clock.now += 151
    assert texts([*await queue.poll()]) == ["a day"]
    clock.now += DAY
    assert await queue.poll() == []


async def test_only_what_was_asked_for(queue: UpdateQueue) -> None:
    put(queue, "kept, as it came before")
    queue.allowed = ("callback_query",)
    put(queue, "lost")
    queue.put("callback_query", {"text": "asked for"})
    assert texts([*await queue.poll()]) == ["kept, as it came before", "asked for"]


async def test_some_kinds_come_on_request_only(queue: UpdateQueue) -> None:
    queue.put("message_reaction", {"text": "lost"})
    queue.allowed = ("message_reaction",)
    queue.put("message_reaction", {"text": "asked for"})
    assert texts([*await queue.poll()]) == ["asked for"]


async def test_the_queue_is_bounded(clock: Clock) -> None:
    queue = UpdateQueue(clock, limit=2)
    put(queue, "one", "two", "three")
    assert texts([*await queue.poll()]) == ["two", "three"]


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 4))
def test_a_bot_that_confirms_gets_everything_once_and_in_order(
    arrivals: list[int], limit: int
) -> None:
    async def scenario() -> None:
        queue = UpdateQueue(Clock())
        numbers = iter(range(1000))
        sent: list[int] = []
        received: list[int] = []
        offset = 0

        async def poll() -> None:
            nonlocal offset
            for update in await queue.poll(offset=offset, limit=limit):
                received.append(update.body["number"])
                offset = update.update_id + 1

        for count in arrivals:
            for _ in range(count):
                sent.append(next(numbers))
                queue.put("message", {"number": sent[-1]})
            await poll()
        while len(received) < len(sent):
            await poll()
        assert received == sent
        await poll()
        assert len(queue) == 0

    asyncio.run(scenario())
