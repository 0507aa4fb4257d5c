"""Whose turn it is: what came first, lanes in turn, tokens."""

import pytest

from bot.services.lanes import Bucket, Lanes
from bot.storage import Lane
from tests.bot.clocks import HandClock


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
