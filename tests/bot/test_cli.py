"""`digitbot run` and `digitbot health` as processes: what starts, what does not, and why."""

import asyncio
from pathlib import Path

import psutil
import pytest

from bot.api_server import BotApiServer, Fault
from bot.storage.database import FILE_NAME
from tests.bot.builders import (
    TOKEN,
)
from tests.bot.processes import BotProcess, run_bot
from tests.bot.readings import (
    draw_seven,
    encode,
)

SECRET = TOKEN.partition(":")[2]


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_without_a_token_it_says_so(tmp_path: Path) -> None:
    code, stderr = await run_bot(tmp_path, "run")
    assert code == 2
    assert stderr.startswith("TELEGRAM_BOT_TOKEN is not set")
    assert len(stderr.splitlines()) == 1


async def test_each_malformed_setting_is_a_line(tmp_path: Path) -> None:
    code, stderr = await run_bot(
        tmp_path,
        "run",
        TELEGRAM_BOT_TOKEN="nonsense",
        ADMIN_IDS="me",
        MODEL_PATH=str(tmp_path / "nowhere"),
    )
    assert code == 2
    assert [line.split()[0] for line in stderr.splitlines()] == [
        "TELEGRAM_BOT_TOKEN",
        "ADMIN_IDS",
        "MODEL_PATH",
    ]


async def test_a_data_folder_that_cannot_be_written_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, stderr = await run_bot(
        tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN, DATA_DIR=str(tmp_path / "file")
    )
    assert code == 2
    assert stderr.startswith("DATA_DIR must be a folder that can be written to")
    assert len(stderr.splitlines()) == 1


async def test_a_folder_without_a_model_is_a_line(tmp_path: Path) -> None:
    code, stderr = await run_bot(
        tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN, MODEL_PATH=str(tmp_path)
    )
    assert code == 2
    assert stderr.startswith("The model cannot be used: ")
    assert len(stderr.splitlines()) == 1


async def test_an_unforeseen_end_is_logged_without_the_token(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILE_NAME).write_text(f"no database, but a token: {TOKEN}")
    code, stderr = await run_bot(tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN)
    assert code == 1
    assert "CRITICAL bot.commands.run: The bot had to stop." in stderr
    assert "file is not a database" in stderr
    assert SECRET not in stderr


async def test_a_refused_token_is_a_line_without_the_token(
    tmp_path: Path, api_server: BotApiServer
) -> None:
    code, stderr = await run_bot(
        tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=api_server.url
    )
    assert code == 2
    assert stderr.startswith("The server refuses the token")
    assert len(stderr.splitlines()) == 1
    assert SECRET not in stderr


@pytest.mark.parametrize("optimize", ["", "2"])  # as `make run` starts it: without docstrings
async def test_it_reads_a_photo_is_healthy_and_stops_when_asked(
    tmp_path: Path, api_server: BotApiServer, optimize: str
) -> None:
    bot = api_server.add_bot("DigitBot")
    chat = api_server.private_chat(api_server.add_person("Anna"))
    settings = {
        "TELEGRAM_BOT_TOKEN": bot.token,
        "TELEGRAM_API_URL": api_server.url,
        "LOG_LEVEL": "DEBUG",
        "READER_WORKERS": "1",
        "PYTHONOPTIMIZE": optimize,
    }
    code, stderr = await run_bot(tmp_path, "health", **settings)
    assert (code, stderr) == (1, "No bot is running on this DATA_DIR.\n")

    api_server.faults.add("getMe", Fault.server_error())  # an unreachable server is waited for
    async with BotProcess(tmp_path, "run", **settings) as running:
        sent = await chat.send_photo(encode(draw_seven()))
        reply = await chat.wait_for_reply(to=sent, timeout=120)
        assert reply.text.startswith("7")
        assert (await run_bot(tmp_path, "health", **settings))[0] == 0
        workers = psutil.Process(running.process.pid).children()
        assert workers
        code, stderr = await running.stop()
    assert code == 0
    assert "next try" in stderr
    assert "Traceback" not in stderr
    assert bot.token.partition(":")[2] not in stderr
    async with asyncio.timeout(60):
        while any(map(is_alive, workers)):  # noqa: ASYNC110 - processes send no event
            await asyncio.sleep(0.1)
    assert (await run_bot(tmp_path, "health", **settings))[0] == 1


async def test_a_token_revoked_meanwhile_ends_the_bot(
    tmp_path: Path, api_server: BotApiServer
) -> None:
    bot = api_server.add_bot("DigitBot")
    chat = api_server.private_chat(api_server.add_person("Anna"))
    async with BotProcess(
        tmp_path, "run", TELEGRAM_BOT_TOKEN=bot.token, TELEGRAM_API_URL=api_server.url
    ) as running:
        sent = await chat.send_text("/start")
        await chat.wait_for_reply(to=sent, timeout=120)
        api_server.faults.add("getUpdates", Fault.server_error(401))
        await asyncio.gather(running.process.wait(), chat.send_text("wake up"))
        code, stderr = await running.stop()
    assert code == 2
    assert "The server refuses the token" in stderr
    assert bot.token.partition(":")[2] not in stderr


async def test_a_data_folder_that_is_none_is_a_line_for_every_command(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in (("models", "prune"), ("export", "out"), ("backup", "b.tar.gz")):
        code, stderr = await run_bot(tmp_path, *command, DATA_DIR=str(tmp_path / "file"))
        assert code == 2, command
        assert len(stderr.splitlines()) == 1, command
        assert str(tmp_path / "file") in stderr


async def test_the_env_file_counts_for_the_commands_about_digits_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MODEL_PATH=gone\n")
    (tmp_path / "7.png").write_bytes(encode(draw_seven(), "PNG"))
    code, stderr = await run_bot(tmp_path, "classify", "7.png")
    assert code == 2
    assert stderr.startswith("gone is not a model")
