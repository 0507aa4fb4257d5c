"""The contract's checker finds what is wrong: with a request, a result, an update or the server."""

from typing import Any

import pytest

from bot.api_server import ApiError, BotAccount, BotApiServer, ChatWindow, Exchange
from bot.api_server.exchanges import SentFile
from tests.api_server.conftest import RawCall
from tests.contract import Contract, violations

CHAT = {"id": 1, "type": "private", "first_name": "Anna"}
MESSAGE = {"message_id": 1, "date": 1, "chat": CHAT, "text": "x"}


def exchange(method: str, params: dict[str, Any], result: Any) -> Exchange:
    bot = BotApiServer().add_bot("DigitBot")
    return Exchange(bot, method, params, result)


@pytest.mark.parametrize(
    "params",
    [
        {"chat_id": "1", "text": "[1]"},  # a text that only looks like JSON
        {"chat_id": 1, "text": "x", "reply_parameters": '{"message_id": 1}'},
        {"chat_id": 1, "text": "x", "reply_parameters": {"message_id": 1}},
    ],
)
def test_sound_exchanges(params: dict[str, Any]) -> None:
    assert violations(exchange("sendMessage", params, MESSAGE)) == []


@pytest.mark.parametrize(
    ("method", "params", "result", "complaint"),
    [
        ("sendMesage", {}, True, "no such method"),
        ("sendMessage", {"chat_id": 1, "text": "x", "txt": "y"}, MESSAGE, "txt: Extra inputs"),
        ("sendMessage", {"chat_id": 1}, MESSAGE, "text: Field required"),
        ("sendMessage", {"chat_id": 1, "text": "x"}, True, "result of sendMessage"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_parameters": '{"message_id": "one"}'},
            MESSAGE,
            "reply_parameters.message_id",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_parameters": '{"message_id": 1, "extra": 1}'},
            MESSAGE,
            "reply_parameters.extra: Extra inputs",
        ),
        ("getUpdates", {}, [{"update_id": 1, "mesage": MESSAGE}], "mesage: Extra inputs"),
        (
            "getUpdates",
            {},
            [{"update_id": 1, "message": MESSAGE | {"chat": CHAT | {"colour": "red"}}}],
            "message.chat.colour: Extra inputs",
        ),
        (
            "getUpdates",
            {},
            [{"update_id": 1, "message": {"text": "x"}}],
            "message_id: Field required",
        ),
        (
            "sendDocument",
            {"chat_id": 1, "photo": SentFile("a", None, 1)},
            MESSAGE,
            "document: Field",
        ),
    ],
)
def test_violations(method: str, params: dict[str, Any], result: Any, complaint: str) -> None:
    found = violations(exchange(method, params, result))
    assert found
    assert complaint in "; ".join(found)


def test_a_failure_of_the_server_is_a_violation() -> None:
    failed = Exchange(exchange("getMe", {}, None).bot, "getMe", {}, error=ApiError(500, "Oops"))
    assert "the server itself failed" in violations(failed)[0]


async def test_a_server_reports_every_exchange(
    contract: Contract, account: BotAccount, chat: ChatWindow, raw: RawCall
) -> None:
    await chat.send_text("/start")
    await raw("sendMessage", chat_id=chat.person.id, text="x")
    assert (contract.checked, contract.violations) == (1, [])
    await raw("sendMessage", chat_id=chat.person.id, text="x", tex="y")
    assert len(contract.violations) == 1
    contract.violations.clear()  # it was on purpose
