"""What is for those in ADMIN_IDS alone, and that nobody else gets at it by any way."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, TypeHandler

from bot.api_server import BotApiServer, ChatWindow, Fault
from bot.api_server.callbacks import CallbackAnswer
from bot.api_server.errors import Forbidden
from bot.api_server.objects import Message
from bot.handlers import FOR_ADMINS, FOR_ALL, HANDLERS
from bot.handlers.gate import Handler
from bot.storage import RunStatus
from bot.texts import bans as texts
from bot.texts.words import words_in
from tests.bot.workshop import Workshop, open_workshop

REFUSAL = words_in("en").plain(texts.ADMINS_ONLY)
COMMANDS = (
    "/train",
    "/train quick",
    "/train cancel",
    "/train resume",
    "/models",
    "/corrections",
    "/health",
    "/ban 5001",
    "/unban 5001",
)
BUTTONS = (
    "1:train/quick",
    "1:train/cancel/1",
    "1:models",
    "1:models/promote/2999-run-1",
    "1:models/discard/2999-run-1",
    "1:models/rollback/2999-run-1",
    "1:models/v/2999-run-1",
    "1:review/accept/1",
    "1:unban/5001",
)
# Whoever adds to these has thought about whom it is for.
FOR_EVERYBODY = {
    *("start", "help", "about", "settings", "reset", "stats", "privacy", "mydata", "forget"),
}


def modules(handlers: tuple[Handler, ...]) -> set[str]:
    return {handler.callback.__module__ for handler in handlers}


def commands(handlers: tuple[Handler, ...]) -> set[str]:
    named = [handler.commands for handler in handlers if isinstance(handler, CommandHandler)]
    return set().union(*named)


def test_the_gate_comes_before_all_else_and_knows_all_that_admins_have() -> None:
    first, *_, last = sorted(HANDLERS)
    (gate,) = HANDLERS[first]
    assert isinstance(gate, TypeHandler)
    assert gate.type is Update  # callbacks included
    assert gate.block  # or it could stop nothing
    assert [*HANDLERS[last]] == [*FOR_ADMINS, *FOR_ALL]


def test_what_is_for_admins_is_not_registered_for_everybody() -> None:
    assert not modules(tuple(FOR_ADMINS)) & modules(tuple(FOR_ALL))
    assert commands(tuple(FOR_ALL)) == FOR_EVERYBODY


def test_each_handler_of_the_admins_is_tried_by_the_tests_below() -> None:
    assert {command.partition(" ")[0][1:] for command in COMMANDS} == commands(tuple(FOR_ADMINS))
    for handler in FOR_ADMINS:
        if isinstance(handler, CallbackQueryHandler):
            assert isinstance(handler.pattern, re.Pattern)
            assert any(handler.pattern.match(data) for data in BUTTONS), handler.pattern
        else:
            assert isinstance(handler, CommandHandler)


@pytest.fixture
async def shop(
    api_server: BotApiServer, tmp_path: Path, database_url: SecretStr | None
) -> AsyncIterator[Workshop]:
    async with open_workshop(api_server, tmp_path, "worse", database_url=database_url) as running:
        yield running


@pytest.fixture
def stranger(shop: Workshop) -> ChatWindow:
    return shop.server.private_chat(shop.server.add_person("Sam", language_code="en"))


async def nothing_happened(shop: Workshop) -> bool:
    database = shop.database
    return (
        shop.trainer.state is None
        and not await database.trainings.newest()
        and not await database.bans.all()
    )


async def test_a_stranger_is_refused_politely_and_it_is_logged(
    shop: Workshop, stranger: ChatWindow, caplog: pytest.LogCaptureFixture
) -> None:
    for command in COMMANDS:
        with caplog.at_level(logging.WARNING):
            sent = await stranger.send_text(command)
            assert (await stranger.wait_for_reply(to=sent)).text == REFUSAL
        assert f"{stranger.person.id} is no admin and may not '{command}'" in caplog.text
        caplog.clear()
    assert await nothing_happened(shop)


@pytest.mark.parametrize("is_anonymous", [False, True])
async def test_a_groups_admin_is_nobody_here_and_gets_no_answer(
    shop: Workshop, stranger: ChatWindow, is_anonymous: bool
) -> None:
    group = shop.server.group("Lab", [shop.chat.person, stranger.person])
    await group.add(shop.bot)
    await group.promote(stranger.person, is_anonymous=is_anonymous)
    window = group.as_member(stranger.person)
    for command in COMMANDS:
        name, _, argument = command.partition(" ")
        await window.send_text(f"{name}@DigitBot {argument}")
    last = await window.send_text("/about@DigitBot")
    await window.wait_for(lambda m: m.from_bot and m.message_id > last.message_id)
    assert not [m for m in window.replies if m.text == REFUSAL or "raining" in m.text]
    assert await nothing_happened(shop)


async def test_an_admin_who_writes_as_the_group_cannot_be_known(shop: Workshop) -> None:
    group = shop.server.group("Lab", [shop.chat.person])
    await group.add(shop.bot)
    await group.promote(shop.chat.person, is_anonymous=True)
    window = group.as_member(shop.chat.person)
    await window.send_text("/train@DigitBot quick")
    last = await window.send_text("/about@DigitBot")
    await window.wait_for(lambda m: m.from_bot and m.message_id > last.message_id)
    assert await nothing_happened(shop)


async def test_others_cannot_press_an_admins_buttons(shop: Workshop, stranger: ChatWindow) -> None:
    group = shop.server.group("Lab", [shop.chat.person, stranger.person])
    await group.add(shop.bot)
    await group.promote(stranger.person)
    inside = group.as_member(shop.chat.person)
    panel = await inside.wait_for_reply(to=await inside.send_text("/train@DigitBot"))
    models = await inside.wait_for_reply(to=await inside.send_text("/models@DigitBot"))
    other = group.as_member(stranger.person)
    for message in (panel, models):
        for button in message.buttons:
            answer = await other.press(message, button)
            assert (answer.text, answer.show_alert) == (REFUSAL, True)
    assert await nothing_happened(shop)


async def forge(shop: Workshop, window: ChatWindow, message: Message, data: str) -> CallbackAnswer:
    """Press a button that is not there, as a client of one's own can."""
    async with asyncio.timeout(60):
        return await shop.server.world.callbacks.ask(
            shop.bot, window.person, window.chat, message, data
        )


async def test_forged_buttons_are_refused(shop: Workshop, stranger: ChatWindow) -> None:
    hello = await stranger.wait_for_reply(to=await stranger.send_text("/start"))
    for data in BUTTONS:
        answer = await forge(shop, stranger, hello, data)
        assert (answer.text, answer.show_alert) == (REFUSAL, True), data
    assert await nothing_happened(shop)


async def test_forged_buttons_of_a_groups_admins_are_refused(
    shop: Workshop, stranger: ChatWindow
) -> None:
    group = shop.server.group("Lab", [stranger.person])
    await group.add(shop.bot)
    window = group.as_member(stranger.person)
    hello = await window.wait_for(lambda m: m.from_bot)
    for is_anonymous in (False, True):
        await group.promote(stranger.person, is_anonymous=is_anonymous)
        for data in BUTTONS:
            answer = await forge(shop, window, hello, data)
            assert (answer.text, answer.show_alert) == (REFUSAL, True), data
    assert await nothing_happened(shop)


async def test_where_the_refusal_cannot_be_said_the_gate_stays_shut(
    shop: Workshop, stranger: ChatWindow
) -> None:
    shop.server.faults.add("sendMessage", Fault(Forbidden("bot was blocked by the user")), times=1)
    await stranger.send_text("/train quick")
    async with asyncio.timeout(60):
        while not [e for e in shop.server.exchanges if e.error is not None]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await stranger.wait_for_reply(to=await stranger.send_text("/about"))
    assert await nothing_happened(shop)


@pytest.mark.parametrize(
    "data",
    [
        "1:models/promote/../../etc",
        "1:models/promote/gone",
        "1:models/discard/current",
        "1:train/x",
        "1:unban/x",
    ],
)
async def test_an_admins_own_forgery_finds_nothing(shop: Workshop, data: str) -> None:
    hello = await shop.say("/start")
    answer = await forge(shop, shop.chat, hello, data)
    assert answer.show_alert
    assert await nothing_happened(shop)


async def test_only_the_served_model_cannot_be_discarded(shop: Workshop) -> None:
    await shop.say("/train quick")
    report = await shop.says("significantly worse", button="Promote")
    await shop.chat.press(report, "Promote")
    answer = await forge(shop, shop.chat, report, "1:models/discard/2999-run-1")
    assert "stays" in answer.text
    assert (await shop.last_run()).status is RunStatus.PROMOTED
