"""Who may train, promote and review: those in ADMIN_IDS, whatever anybody is in a group."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.api_server import BotApiServer, ChatWindow
from bot.api_server.callbacks import CallbackAnswer
from bot.api_server.objects import Message
from bot.storage import RunStatus
from bot.texts import training as texts
from bot.texts.words import words_in
from tests.bot.workshop import Workshop, open_workshop

REFUSAL = words_in("en").plain(texts.ADMINS_ONLY)
COMMANDS = ("/train", "/train quick", "/train cancel", "/train resume", "/models", "/corrections")


@pytest.fixture
async def shop(api_server: BotApiServer, tmp_path: Path) -> AsyncIterator[Workshop]:
    async with open_workshop(api_server, tmp_path, "worse") as running:
        yield running


@pytest.fixture
def stranger(shop: Workshop) -> ChatWindow:
    return shop.server.private_chat(shop.server.add_person("Sam", language_code="en"))


async def nothing_happened(shop: Workshop) -> bool:
    return shop.trainer.state is None and not await shop.database.trainings.newest()


async def test_a_stranger_is_refused_politely_and_it_is_logged(
    shop: Workshop, stranger: ChatWindow, caplog: pytest.LogCaptureFixture
) -> None:
    for command in COMMANDS:
        with caplog.at_level(logging.WARNING):
            sent = await stranger.send_text(command)
            assert (await stranger.wait_for_reply(to=sent)).text == REFUSAL
        assert f"{stranger.person.id} may not" in caplog.text
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


FORGED = (
    "1:train/quick",
    "1:train/cancel",
    "1:models",
    "1:models/promote/2999-run-1",
    "1:models/discard/2999-run-1",
    "1:models/rollback",
    "1:models/v/2999-run-1",
    "1:review/accept/1",
)


@pytest.mark.parametrize("data", FORGED)
async def test_a_forged_button_is_refused(shop: Workshop, stranger: ChatWindow, data: str) -> None:
    hello = await stranger.wait_for_reply(to=await stranger.send_text("/start"))
    answer = await forge(shop, stranger, hello, data)
    assert (answer.text, answer.show_alert) == (REFUSAL, True)
    assert await nothing_happened(shop)


@pytest.mark.parametrize(
    "data",
    [
        "1:models/promote/../../etc",
        "1:models/promote/gone",
        "1:models/discard/current",
        "1:train/x",
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
