"""The small services: heartbeat, patience with 429, and the chat action."""

import asyncio
import os
from pathlib import Path
from typing import Any, cast

import pytest
from telegram import Message
from telegram.constants import ChatAction
from telegram.error import ChatMigrated, RetryAfter

from bot.services import chat_action
from bot.services.heartbeat import Heartbeat
from bot.services.housekeeping import DAY, housekeeping
from bot.services.patience import LONGEST_WAIT, TRIES, Patience
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
    """Refuses with 429 as often as it is told, then answers True."""

    def __init__(self, refusals: int, retry_after: int = 2) -> None:
        self.refusals = refusals
        self.retry_after = retry_after
        self.calls = 0
        self.waits: list[float] = []

    async def answer(self) -> bool:
        self.calls += 1
        if self.calls <= self.refusals:
            raise RetryAfter(self.retry_after)
        return True

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def ask(self, endpoint: str = "sendMessage", tries: int | None = None) -> Any:
        patience = Patience(self.sleep)
        return await patience.process_request(self.answer, (), {}, endpoint, {}, tries)


async def test_429_is_waited_for_as_long_as_telegram_says() -> None:
    server = Server(refusals=TRIES - 1)
    assert await server.ask() is True
    assert server.waits == [2.0] * (TRIES - 1)


async def test_patience_ends() -> None:
    server = Server(refusals=100)
    with pytest.raises(RetryAfter):
        await server.ask()
    assert server.calls == TRIES


async def test_nobody_waits_for_minutes() -> None:
    server = Server(refusals=1, retry_after=int(LONGEST_WAIT) + 1)
    with pytest.raises(RetryAfter):
        await server.ask()
    assert server.waits == []


@pytest.mark.parametrize(("endpoint", "tries"), [("sendChatAction", None), ("setMyCommands", 1)])
async def test_some_requests_are_not_worth_waiting(endpoint: str, tries: int | None) -> None:
    server = Server(refusals=1)
    with pytest.raises(RetryAfter):
        await server.ask(endpoint, tries)
    assert server.calls == 1


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


async def test_the_action_is_shown_again_while_work_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_action, "REPEAT", 0.001)
    message = FakeMessage()
    message.answered.set()
    async with asyncio.timeout(30):
        async with chat_action.showing(ChatAction.TYPING, cast("Message", message)):
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
