"""The small services: heartbeat, patience, outages, Telegram's clock, chores, the chat action."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from telegram import Message
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.services import chat_action
from bot.services.heartbeat import Heartbeat
from bot.services.housekeeping import DAY, housekeeping
from bot.services.outage import Outage
from bot.services.patience import LONGEST_PAUSE, TRIES, Patience
from bot.services.server_time import ServerTime
from tests.bot.clocks import HandClock


def test_heartbeat_tells_the_age_of_the_last_beat(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path)
    assert heartbeat.age() is None
    heartbeat.beat()
    os.utime(tmp_path / "heartbeat", (1000, 1000))
    assert heartbeat.age(now=1030) == 30
    heartbeat.beat()
    age = heartbeat.age()
    assert age is not None
    assert age < 1000
    heartbeat.stop()
    assert heartbeat.age() is None
    heartbeat.stop()


class Server:
    """Fails with these, one after the other, then answers True."""

    def __init__(self, *failures: TelegramError) -> None:
        self.failures = list(failures)
        self.calls = 0
        self.waits: list[float] = []
        self.patience = Patience(self.sleep)

    async def answer(self) -> bool:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return True

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def ask(self, endpoint: str = "sendMessage", tries: int | None = None) -> Any:
        return await self.patience.process_request(self.answer, (), {}, endpoint, {}, tries)


async def test_429_is_waited_for_as_long_as_telegram_says_and_as_often() -> None:
    server = Server(*[RetryAfter(2)] * 20, RetryAfter(3600))
    assert await server.ask() is True
    assert server.waits == [2.0] * 20 + [3600.0]


@pytest.mark.parametrize("endpoint", ["sendPhoto", "editMessageText", "getFile"])
async def test_what_is_needed_is_tried_until_it_arrives(endpoint: str) -> None:
    server = Server(NetworkError("torn"), TimedOut(), NetworkError("Bad Gateway"), RetryAfter(7))
    assert await server.ask(endpoint) is True
    assert server.waits == [1.0, 2.0, 4.0, 7.0]


async def test_pauses_grow_up_to_half_a_minute() -> None:
    server = Server(*[NetworkError("gone")] * 40)
    assert await server.ask() is True
    assert server.waits == sorted(server.waits)
    assert server.waits[-1] == LONGEST_PAUSE


@pytest.mark.parametrize("error", [BadRequest("chat not found"), Forbidden("blocked")])
async def test_what_telegram_refuses_is_not_tried_again(error: TelegramError) -> None:
    server = Server(error)
    with pytest.raises(type(error)):
        await server.ask()
    assert server.calls == 1


async def test_an_outage_is_two_lines_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    clock = HandClock()
    outage = Outage("The post", calm=5.0, clock=clock)
    for _ in range(10):
        outage.failed(NetworkError("gone"))
        await clock.pass_(60)
    outage.failed(NetworkError("gone"))
    outage.worked()  # one success among failures
    await clock.pass_(6)
    outage.worked()
    outage.worked()
    assert [record.message for record in caplog.records] == [
        "The post fails, and will be tried until it works again: NetworkError('gone')",
        "The post works again, after 606 s.",
    ]


async def test_once_the_bot_stops_nothing_is_tried_again() -> None:
    server = Server(NetworkError("gone"), RetryAfter(5))
    server.patience.end()
    for kind in (NetworkError, RetryAfter):
        with pytest.raises(kind):
            await server.ask()
    assert server.waits == []


@pytest.mark.parametrize(("endpoint", "tries"), [("sendChatAction", None), ("setMyCommands", 1)])
async def test_some_requests_are_not_worth_waiting(endpoint: str, tries: int | None) -> None:
    for failure in (RetryAfter(2), NetworkError("gone")):
        server = Server(failure)
        with pytest.raises(type(failure)):
            await server.ask(endpoint, tries)
        assert server.calls == 1


@pytest.mark.parametrize(
    "failure", [NetworkError("gone"), BadRequest("Query is too old and response timeout expired")]
)
async def test_a_button_that_cannot_be_told_so_spins_on(failure: TelegramError) -> None:
    assert await Server(failure).ask("answerCallbackQuery") is True


async def test_what_nobody_waits_for_is_given_up() -> None:
    server = Server(*[RetryAfter(1)] * 10)
    with pytest.raises(RetryAfter):
        await server.ask("setMyCommands")
    assert server.calls == TRIES


async def test_the_time_is_that_of_the_server_whatever_our_clock_does() -> None:
    clock = HandClock()
    time = ServerTime(clock)
    assert abs(time.now() - datetime.now(UTC)) < timedelta(minutes=1)
    time.hear("Mon, 09 Mar 2026 12:00:00 GMT")
    await clock.pass_(90)
    assert time.now() == datetime(2026, 3, 9, 12, 1, 30, tzinfo=UTC)
    time.hear("nonsense")
    assert time.now() == datetime(2026, 3, 9, 12, 1, 30, tzinfo=UTC)


class MovingServer:
    """Says that the group has become a supergroup, until it is asked there."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {"chat_id": -1, "text": "7", "reply_parameters": {}}

    async def answer(self) -> bool:
        if self.data["chat_id"] == -1:
            raise ChatMigrated(-1002)
        return True

    async def ask(self, endpoint: str) -> Any:
        return await Patience().process_request(self.answer, (), {}, endpoint, self.data, None)


async def test_what_is_sent_to_a_migrated_group_goes_to_the_supergroup() -> None:
    server = MovingServer()
    assert await server.ask("sendMessage") is True
    assert server.data == {"chat_id": -1002, "text": "7"}


async def test_what_is_edited_there_stays_behind() -> None:
    with pytest.raises(ChatMigrated):
        await MovingServer().ask("editMessageText")


async def test_chores_are_done_every_day_whatever_becomes_of_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, done = HandClock(), 0

    async def chore() -> None:
        nonlocal done
        done += 1

    async def broken() -> None:
        raise OSError("disk full")

    async with housekeeping(broken, chore, clock=clock):
        await clock.pass_(0)
        assert done == 1
        await clock.pass_(2.5 * DAY)
        assert done == 3
    await clock.pass_(10 * DAY)
    assert done == 3
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 3


class FakeMessage:
    """Counts chat actions; `answered` ends the waiting of each request."""

    def __init__(self) -> None:
        self.actions: list[str] = []
        self.changed = asyncio.Event()
        self.answered = asyncio.Event()

    async def reply_chat_action(self, action: str) -> None:
        self.actions.append(action)
        self.changed.set()
        await self.answered.wait()


async def test_the_action_is_shown_again_while_work_lasts() -> None:
    message = FakeMessage()
    message.answered.set()
    async with asyncio.timeout(30):
        async with chat_action.showing(ChatAction.TYPING, cast("Message", message), 0.001):
            while len(message.actions) < 3:
                message.changed.clear()
                await message.changed.wait()
    shown = len(message.actions)
    await asyncio.sleep(0.02)
    assert len(message.actions) == shown, "and no longer"


async def test_the_work_does_not_wait_for_the_action() -> None:
    message = FakeMessage()  # whose server never answers
    async with asyncio.timeout(30):
        async with chat_action.showing(ChatAction.TYPING, cast("Message", message)):
            assert message.actions == ["typing"]
    message.answered.set()
