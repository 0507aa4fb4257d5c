"""The server misbehaves as asked, as often as asked, and seen through python-telegram-bot."""

from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TimedOut

from bot.api_server import DOWNLOAD, BotApiServer, ChatWindow, Fault


async def test_too_many_requests(api_server: BotApiServer, chat: ChatWindow, bot: Bot) -> None:
    await chat.send_text("/start")
    api_server.faults.add("sendMessage", Fault.too_many_requests(7), times=2)
    for _ in range(2):
        with pytest.raises(RetryAfter) as refused:
            await bot.send_message(chat.person.id, "x")
        assert refused.value.retry_after == timedelta(seconds=7)
    await bot.send_message(chat.person.id, "third time lucky")
    assert [reply.text for reply in chat.replies] == ["third time lucky"]


@pytest.mark.parametrize("acts", [False, True])
async def test_a_torn_connection_may_hide_a_success(
    api_server: BotApiServer, chat: ChatWindow, bot: Bot, acts: bool
) -> None:
    await chat.send_text("/start")
    api_server.faults.add("sendMessage", Fault.torn_connection(acts=acts))
    with pytest.raises(NetworkError):
        await bot.send_message(chat.person.id, "x")
    assert len(chat.replies) == acts


async def test_server_errors(api_server: BotApiServer, chat: ChatWindow, bot: Bot) -> None:
    api_server.faults.add("*", Fault.server_error(502))
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.get_me()
    assert (await bot.get_me()).username == "DigitBot"


async def test_silence(api_server: BotApiServer, chat: ChatWindow, bot: Bot) -> None:
    await chat.send_text("/start")
    api_server.faults.add("sendMessage", Fault.silent(60, acts=True))
    with pytest.raises(TimedOut):
        await bot.send_message(chat.person.id, "x", read_timeout=0.2)
    assert [reply.text for reply in chat.replies] == ["x"]


async def test_downloads_can_fail(api_server: BotApiServer, chat: ChatWindow, bot: Bot) -> None:
    sent = await chat.send_document(b"bytes")
    assert sent.media is not None
    file = await bot.get_file(sent.media.file_id)
    api_server.faults.add(DOWNLOAD, Fault.torn_connection())
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    assert await file.download_as_bytearray() == b"bytes"


async def test_faults_are_on_record(api_server: BotApiServer, bot: Bot) -> None:
    api_server.faults.add("getMe", Fault.too_many_requests(1))
    with pytest.raises(RetryAfter):
        await bot.get_me()
    error = api_server.exchanges[-1].error
    assert error is not None
    assert error.parameters == {"retry_after": 1}
