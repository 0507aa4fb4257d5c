"""The playground as a process: what it says, and that it starts and ends."""

import asyncio
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.playground import views
from bot.texts import chat
from bot.texts.words import words_in
from model import ArtifactError, DigitReader
from tests.bot.processes import BotProcess, run_bot
from tests.playground.conftest import Playground


async def test_listening_beyond_this_machine_is_told_loudly(tmp_path: Path) -> None:
    elsewhere = "192.0.2.1"  # for documentation: no machine has it, so nothing is listened on
    code, stderr = await run_bot(tmp_path, "playground", "--host", elsewhere, "--no-browser")
    assert code == 2
    assert f"WARNING: the playground listens on {elsewhere}" in stderr


async def test_a_missing_model_is_told_in_a_sentence(tmp_path: Path) -> None:
    code, stderr = await run_bot(tmp_path, "playground", "--no-browser", MODEL_PATH=str(tmp_path))
    assert code == 2
    assert "The model cannot be used" in stderr
    assert "Traceback" not in stderr
    assert "WARNING" not in stderr


async def test_a_taken_port_is_told_in_a_sentence_and_the_page_is_served(tmp_path: Path) -> None:
    try:
        DigitReader.load()
    except ArtifactError as error:
        pytest.skip(f"needs the shipped model: {error}")
    async with BotProcess(tmp_path, "playground", "--port", "0", "--no-browser") as first:
        assert first.process.stdout is not None
        async with asyncio.timeout(120):
            line = (await first.process.stdout.readline()).decode()
        assert "The playground is at http://127.0.0.1:" in line
        url = line.split()[4]
        async with ClientSession() as session, session.get(url) as response:
            assert response.status == 200
            assert "DigitBot playground" in await response.text()
        port = url.rpartition(":")[2]
        code, stderr = await run_bot(tmp_path, "playground", "--port", port, "--no-browser")
        assert code == 2
        assert (
            f"--port: the bot cannot listen on 127.0.0.1:{port}, address already in use" in stderr
        )
        first.process.send_signal(signal.SIGTERM)
        code, stderr = await first.ended()
    assert code == 0, stderr
    assert "Traceback" not in stderr


async def test_an_empty_chat_shows_each_person_the_description_in_their_language(
    playground: Playground,
) -> None:
    shown = [views.person(user, playground.cast)["description"] for user in playground.cast.people]
    assert shown == [words_in(code)(chat.DESCRIPTION) for code in ("en", "zh", "de")]
