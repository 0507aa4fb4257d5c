"""/health: admins are told in the chat how the bot is, over HTTP; machines by `digitbot run`."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.api_server import BotApiServer, ChatWindow
from bot.app import build_application, polling
from bot.context import Services
from bot.services.health import HealthCheck
from bot.services.heartbeat import Heartbeat
from bot.services.reader_pool import ReaderPool
from bot.settings import load_settings
from bot.storage import Kept, open_database
from bot.storage.inbox import State
from bot.texts import health as texts
from bot.texts.words import LANGUAGES, words_in
from tests.bot.builders import ENGLISH, HEALTHY, make_services
from tests.bot.processes import BotProcess, free_port, run_bot
from tests.bot.readings import FixedModel, draw_seven, encode

POISON = Kept(
    77, 1, 1, datetime(2026, 3, 9, tzinfo=UTC), "{}", State.POISON, 3, error="KeyError: '<b>x'"
)


def test_all_is_well_in_a_few_lines() -> None:
    assert texts.health(ENGLISH, HEALTHY, ()).splitlines() == [
        "✅ All is well.",
        "",
        "Running for 2 hours, with model 20260101-1",
        "Database: it answers",
        "Telegram: last heard from 4 seconds ago",
        "Updates waiting: 0",
        "Updates tried again: 0",
        "Reader processes replaced: 0",
        "Training: none",
    ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"database": "TimeoutError"}, "Database: <b>TimeoutError</b>"),
        ({"heard": 7200.0}, "Telegram: <b>last heard from 2 hours ago</b>"),
        ({"heard": None}, "Telegram: <b>not heard from yet</b>"),
    ],
)
def test_what_is_wrong_stands_out(change: dict[str, object], line: str) -> None:
    lines = texts.health(ENGLISH, replace(HEALTHY, **change), ()).splitlines()  # type: ignore[arg-type]
    assert lines[0] == "⚠️ Something is wrong."
    assert line in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_updates_given_up_are_named_the_latest_of_them(language: str) -> None:
    many = [replace(POISON, update_id=number) for number in range(1000, 1040)]
    text = texts.health(words_in(language), replace(HEALTHY, poisonous=40), many)
    assert "KeyError: &#39;&lt;b&gt;x&#39;" in text, "what fails may be what somebody wrote"
    assert ["1034" in text, "1035" in text, "1039" in text] == [False, True, True]
    assert len(text) < 4096


@dataclass
class Told:
    """A running bot, and its admin's chat with it."""

    server: BotApiServer
    services: Services
    chat: ChatWindow


@pytest.fixture
async def told(api_server: BotApiServer, sevens: ReaderPool, tmp_path: Path) -> AsyncIterator[Told]:
    bot = api_server.add_bot("DigitBot")
    chat = api_server.private_chat(api_server.add_person("Ada", language_code="en"))
    settings = load_settings(
        _env_file=None,
        telegram_bot_token=bot.token,
        telegram_api_url=api_server.url,
        data_dir=tmp_path,
        admin_ids={chat.person.id},
    )
    heartbeat = Heartbeat(tmp_path)
    async with open_database(tmp_path) as database:
        services = make_services(sevens, settings, database)
        check = HealthCheck(database, FixedModel(), sevens, services.inbox, heartbeat)
        services = replace(services, health=check)
        await database.inbox.write([replace(POISON, state=State.WAITING)], [])
        await database.inbox.change([77], state=State.POISON, error=POISON.error, tries=3)
        application = build_application(settings, services, lambda _: heartbeat.beat())
        async with polling(application):
            yield Told(api_server, services, chat)


async def test_an_admin_asks_in_the_chat(told: Told) -> None:
    answer = await told.chat.wait_for_reply(to=await told.chat.send_text("/health"))
    lines = answer.text.splitlines()
    assert lines[0] == "✅ All is well."
    assert "Database: it answers" in lines
    assert "Updates waiting: 0" in lines, "this very question is not counted"
    assert lines[-2:] == [
        "Updates given up after three tries: 1",
        "77, of March 9, 2026: KeyError: '<b>x'",
    ]


async def test_others_are_told_nothing(told: Told) -> None:
    stranger = told.server.private_chat(told.server.add_person("Sam", language_code="en"))
    answer = await stranger.wait_for_reply(to=await stranger.send_text("/health"))
    assert "Only the admins" in answer.text


async def test_photos_are_measured(told: Told) -> None:
    sent = await told.chat.send_photo(encode(draw_seven()))
    await told.chat.wait_for_reply(to=sent)
    sent = await told.chat.send_document(b"nothing to see", file_name="x.png")
    await told.chat.wait_for_reply(to=sent)
    meter = told.services.meter
    async with asyncio.timeout(60):  # an answer arrives a moment before its handler ends
        while sum(meter.stages["whole"].counts) < 2:  # noqa: ASYNC110 - it sends no event
            await asyncio.sleep(0.01)
    assert (meter.photos["digits"], meter.photos["unreadable"]) == (1, 1)
    assert {stage: sum(latency.counts) for stage, latency in meter.stages.items()} == {
        "download": 2,
        "read": 2,
        "send": 2,
        "whole": 2,
    }


async def test_the_process_in_webhook_mode_with_all_its_pages(
    tmp_path: Path, api_server: BotApiServer
) -> None:
    bot = api_server.add_bot("DigitBot")
    chat = api_server.private_chat(api_server.add_person("Anna"))
    hook, monitor = free_port(), free_port()
    settings = {
        "TELEGRAM_BOT_TOKEN": bot.token,
        "TELEGRAM_API_URL": api_server.url,
        "READER_WORKERS": "1",
        "WEBHOOK_URL": f"http://127.0.0.1:{hook}/hook",
        "WEBHOOK_LISTEN": f"127.0.0.1:{hook}",
        "MONITOR_LISTEN": f"127.0.0.1:{monitor}",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "DEBUG",
    }
    async with BotProcess(tmp_path, "run", **settings) as running:
        reply = await chat.wait_for_reply(
            to=await chat.send_photo(encode(draw_seven())), timeout=120
        )
        assert reply.text.startswith("7")
        assert (await run_bot(tmp_path, "health", **settings))[0] == 0
        root = f"http://127.0.0.1:{monitor}"
        async with ClientSession() as session:
            async with session.get(f"{root}/healthz") as answer:
                assert answer.status == 200
            async with session.get(f"{root}/readyz") as answer:
                assert (answer.status, (await answer.json())["ready"]) == (200, True)
            async with session.get(f"{root}/metrics") as answer:
                metrics = await answer.text()
            async with session.get(f"{root}/hook") as answer:
                assert answer.status == 404
        assert 'digitbot_photos_total{result="digits"} 1.0' in metrics
        assert bot.token.partition(":")[2] not in metrics
        code, stderr = await running.stop()
    assert code == 0
    lines = [json.loads(line) for line in stderr.splitlines()]
    assert any(line["message"].startswith("@DigitBot is ready") for line in lines)
    read = [line for line in lines if line["logger"] == "bot.handlers.pictures"]
    assert [type(line["update"]) for line in read] == [int]
    assert bot.token.partition(":")[2] not in stderr
    assert bot.webhook is not None, "what comes meanwhile is kept"
