"""`digitbot doctor`: each thing that can be wrong is found, and says what to do."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from bot.api_server import BotAccount, BotApiServer, Fault
from bot.commands.doctor import Finding, Surroundings, examine
from bot.settings import Settings, load_settings
from bot.storage import open_database
from bot.storage.database import FILE_NAME
from tests.bot.builders import TOKEN
from tests.bot.processes import BotProcess

Configured = Callable[..., Settings]


@pytest.fixture
def account(api_server: BotApiServer) -> BotAccount:
    return api_server.add_bot("DigitBot")


@pytest.fixture
def configured(api_server: BotApiServer, account: BotAccount, tmp_path: Path) -> Configured:
    def configure(**more: object) -> Settings:
        return load_settings(
            _env_file=None,
            **{
                "telegram_bot_token": account.token,
                "telegram_api_url": api_server.url,
                "data_dir": tmp_path / "data",
                "model_path": tmp_path,  # loading the real one takes time, and one test does
                **more,
            },
        )

    return configure


TOPICS = ("settings", "folder", "model", "database", "token", "clock", "privacy", "webhook")


async def found(settings: Settings, topic: str, around: Surroundings | None = None) -> Finding:
    """Return what is found of a topic; all others, but for the model, are good."""
    findings = [finding async for finding in examine(settings, around)]
    told = dict(zip(TOPICS, findings, strict=False))
    assert [t for t, f in told.items() if not f.is_good and t not in {topic, "model"}] == []
    return told[topic]


async def call(server: BotApiServer, account: BotAccount, method: str, **params: str) -> None:
    async with (
        ClientSession() as session,
        session.post(f"{server.url}/bot{account.token}/{method}", data=params) as answer,
    ):
        assert answer.status == 200


async def test_all_is_well(api_server: BotApiServer, account: BotAccount, tmp_path: Path) -> None:
    settings = {"TELEGRAM_BOT_TOKEN": account.token, "TELEGRAM_API_URL": api_server.url}
    async with BotProcess(tmp_path, "doctor", **settings, ADMIN_IDS="1,2") as process:
        stdout, stderr = await process.process.communicate()
    lines = stdout.decode().splitlines()
    assert {line[0] for line in lines} == {"✓"}, (lines, stderr)
    for line, word in zip(
        lines,
        (
            "Admins: 2",
            "can be written",
            "loads",
            "no database yet",
            "@DigitBot",
            "clock",
            "Privacy",
        ),
        strict=False,
    ):
        assert word in line
    assert "polling" in lines[-1]
    assert process.process.returncode == 0
    assert not (tmp_path / "data").exists(), "it changes nothing"


async def test_what_is_wrong_is_the_exit_code(
    api_server: BotApiServer, account: BotAccount, tmp_path: Path
) -> None:
    settings = {"TELEGRAM_BOT_TOKEN": account.token, "TELEGRAM_API_URL": api_server.url}
    async with BotProcess(tmp_path, "doctor", **settings, MODEL_PATH=str(tmp_path)) as process:
        stdout, _ = await process.process.communicate()
    assert "✗ The model in " in stdout.decode()
    assert "Set another MODEL_PATH" in stdout.decode()
    assert process.process.returncode == 1


async def test_settings_are_told_first_and_alone(tmp_path: Path) -> None:
    async with BotProcess(tmp_path, "doctor", LOG_LEVEL="LOUD") as process:
        stdout, _ = await process.process.communicate()
    assert [line.split()[:2] for line in stdout.decode().splitlines()] == [
        ["✗", "TELEGRAM_BOT_TOKEN"],
        ["✗", "LOG_LEVEL"],
    ]
    assert process.process.returncode == 1


async def test_a_token_that_is_refused(configured: Configured) -> None:
    finding = await found(configured(telegram_bot_token=TOKEN), "token")
    assert not finding.is_good
    assert "@BotFather" in finding.text
    assert TOKEN.partition(":")[2] not in finding.text


@pytest.mark.parametrize("fault", [Fault.server_error(), Fault.torn_connection()])
async def test_a_server_that_does_not_answer(
    api_server: BotApiServer, configured: Configured, fault: Fault
) -> None:
    api_server.faults.add("getMe", fault, times=2)  # aiohttp itself tries twice
    finding = await found(configured(), "token")
    assert not finding.is_good
    assert api_server.url in finding.text
    assert "TELEGRAM_API_URL" in finding.text


@pytest.mark.parametrize(("hours", "word"), [(2, "fast"), (-2, "slow")])
async def test_a_clock_that_is_wrong(configured: Configured, hours: int, word: str) -> None:
    wrong = Surroundings(now=lambda: datetime.now(UTC) + timedelta(hours=hours))
    finding = await found(configured(), "clock", wrong)
    assert not finding.is_good
    assert word in finding.text
    assert "NTP" in finding.text
    assert (await found(configured(), "clock")).is_good


@pytest.mark.parametrize(("sees_all", "word"), [(True, "off"), (False, "/setprivacy")])
async def test_privacy_mode_is_told(
    api_server: BotApiServer, configured: Configured, sees_all: bool, word: str
) -> None:
    other = api_server.add_bot("Other", reads_all_group_messages=sees_all)
    finding = await found(configured(telegram_bot_token=other.token), "privacy")
    assert finding.is_good
    assert word in finding.text


async def test_a_webhook_in_the_way_of_polling(
    api_server: BotApiServer, account: BotAccount, configured: Configured
) -> None:
    await call(api_server, account, "setWebhook", url="http://localhost:1/hook")
    finding = await found(configured(), "webhook")
    assert not finding.is_good
    assert "localhost" in finding.text
    assert "another bot may run" in finding.text


async def test_the_webhook_as_it_should_be(
    api_server: BotApiServer, account: BotAccount, configured: Configured
) -> None:
    settings = configured(webhook_url="http://localhost:1/hook")
    assert "will be set at the start" in (await found(settings, "webhook")).text
    await call(api_server, account, "setWebhook", url="http://localhost:1/hook")
    finding = await found(settings, "webhook")
    assert finding.is_good
    assert account.webhook is not None
    account.webhook.last_error_date = 1_780_000_000
    account.webhook.last_error_message = "Connection refused"
    assert (await found(settings, "webhook")).is_good, "that was long ago, and nothing waits"
    await api_server.private_chat(api_server.add_person("Anna")).send_text("hello")
    async with asyncio.timeout(60):
        while account.webhook.last_error_date == 1_780_000_000:  # noqa: ASYNC110 - it sends no event
            await asyncio.sleep(0.01)
    finding = await found(settings, "webhook")
    assert not finding.is_good
    assert "UTC: Connection failed" in finding.text
    assert "Updates waiting at Telegram: 1." in finding.text


async def test_half_a_certificate(configured: Configured) -> None:
    url = "https://localhost/hook"
    finding = await found(configured(webhook_url=url, webhook_certificate=__file__), "webhook")
    assert not finding.is_good
    assert "both or neither" in finding.text


async def test_the_webhook_of_another_bot(
    api_server: BotApiServer, account: BotAccount, configured: Configured
) -> None:
    await call(api_server, account, "setWebhook", url="http://127.0.0.1:1/hook")
    finding = await found(configured(webhook_url="http://localhost:1/hook"), "webhook")
    assert not finding.is_good
    assert "stop the bot that has set it" in finding.text


@pytest.mark.parametrize("url", ["http://bot.example.org/hook", "https://bot.example.org:9000/"])
async def test_an_address_that_telegram_does_not_call(configured: Configured, url: str) -> None:
    settings = configured(webhook_url=url)
    around = Surroundings(telegram=settings.telegram_api_url)
    finding = await found(settings, "webhook", around)
    assert not finding.is_good
    assert "443, 80, 88 and 8443" in finding.text


async def test_a_folder_that_cannot_be_written_to(configured: Configured, tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    finding = await found(configured(), "folder")
    assert not finding.is_good
    assert "DATA_DIR" in finding.text


async def test_a_disk_that_is_full(configured: Configured) -> None:
    finding = await found(configured(), "folder", Surroundings(free=lambda _: 42 << 20))
    assert not finding.is_good
    assert finding.text.startswith("Only 42 MB")


async def test_the_database_is_looked_at(
    configured: Configured, database_url: SecretStr | None, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    settings = configured(database_url=database_url)
    async with open_database(settings.data_dir, settings.database_url):
        pass
    finding = await found(settings, "database")
    assert finding.is_good
    assert "up to date" in finding.text


async def test_a_database_that_is_none(configured: Configured, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILE_NAME).write_text("not a database, nor anything like it")
    finding = await found(configured(), "database")
    assert not finding.is_good
    assert "restore a backup" in finding.text


async def test_a_database_of_a_newer_version(configured: Configured, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    async with open_database(tmp_path / "data"):
        pass
    with sqlite3.connect(tmp_path / "data" / FILE_NAME) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    finding = await found(configured(), "database")
    assert not finding.is_good
    assert "newer version" in finding.text


async def test_a_postgresql_that_is_not_there(configured: Configured) -> None:
    url = SecretStr("postgresql://anna:secret@127.0.0.1:1/digits")
    finding = await found(configured(database_url=url), "database")
    assert not finding.is_good
    assert "secret" not in finding.text
