"""The server refuses what Telegram refuses, in Telegram's words."""

from typing import Any

import pytest
from aiohttp import ClientSession

from bot.api_server import BotAccount, BotApiServer, ChatWindow
from tests.api_server.conftest import RawCall
from tests.api_server.images import picture
from tests.contract import Contract


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


def described(answer: dict[str, Any]) -> str:
    assert not answer["ok"], answer
    assert answer["description"].startswith(
        {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}[
            answer["error_code"]
        ]
    )
    return str(answer["description"])


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "x", "reply_markup": "no JSON"}, "can't parse reply_markup JSON object"),
        ({"text": "x", "reply_markup": [1]}, "object expected as reply markup"),
        (
            {"text": "x", "reply_markup": keyboard(text="b", callback_data="x" * 65)},
            "BUTTON_DATA_INVALID",
        ),
        (
            {"text": "x", "reply_markup": keyboard(text="b", callback_data="ж" * 33)},
            "BUTTON_DATA_INVALID",
        ),
        (
            {"text": "x", "reply_markup": keyboard(text="b")},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
    ],
)
async def test_bad_messages(
    chat: ChatWindow, raw: RawCall, params: dict[str, Any], reason: str
) -> None:
    await chat.send_text("/start")
    answer = await raw("sendMessage", chat_id=chat.person.id, **params)
    assert described(answer) == f"Bad Request: {reason}"
    assert chat.replies == ()


async def test_what_is_just_within_the_limits_passes(chat: ChatWindow, raw: RawCall) -> None:
    await chat.send_text("/start")
    button = keyboard(text="b", callback_data="ж" * 32)
    text = "<b>" + "x" * 4096 + "</b>"
    answer = await raw(
        "sendMessage", chat_id=chat.person.id, text=text, parse_mode="HTML", reply_markup=button
    )
    assert answer["ok"], answer


@pytest.mark.parametrize("chat_id", [12345, -100123, "@nobody"])
async def test_unknown_chats(raw: RawCall, chat_id: int | str) -> None:
    answer = await raw("sendMessage", chat_id=chat_id, text="x")
    assert described(answer) == "Bad Request: chat not found"


async def test_no_chat_at_all(raw: RawCall) -> None:
    assert described(await raw("sendMessage", text="x")) == "Bad Request: chat_id is empty"


async def test_a_bot_cannot_begin(chat: ChatWindow, raw: RawCall) -> None:
    answer = await raw("sendMessage", chat_id=chat.person.id, text="x")
    assert described(answer) == "Forbidden: bot can't initiate conversation with a user"


async def test_captions_have_their_own_limit(chat: ChatWindow, raw: RawCall) -> None:
    sent = await chat.send_photo(picture())
    assert sent.media is not None
    answer = await raw(
        "sendPhoto", chat_id=chat.person.id, photo=sent.media.file_id, caption="x" * 1025
    )
    assert described(answer) == "Bad Request: message caption is too long"


async def test_edits(chat: ChatWindow, raw: RawCall) -> None:
    asked = await chat.send_text("/start")
    here = {"chat_id": chat.person.id}
    sent = await raw("sendMessage", **here, text="one", reply_markup=keyboard(text="b", url="a.b"))
    own = here | {"message_id": sent["result"]["message_id"]}
    same = await raw(
        "editMessageText", **own, text="one", reply_markup=keyboard(text="b", url="a.b")
    )
    assert described(same) == (
        "Bad Request: message is not modified: specified new message content and reply markup are"
        " exactly the same as a current content and reply markup of the message"
    )
    no_caption = await raw("editMessageCaption", **own, caption="two")
    assert described(no_caption) == "Bad Request: there is no caption in the message to edit"
    others = await raw("editMessageText", **here, message_id=asked.message_id, text="two")
    assert described(others) == "Bad Request: message can't be edited"
    missing = await raw("editMessageText", **here, message_id=999, text="two")
    assert described(missing) == "Bad Request: message to edit not found"
    gone = await raw("editMessageText", **own, text="one")  # the keyboard was not given again
    assert "reply_markup" not in gone["result"]
    assert (await raw("deleteMessage", **own))["result"] is True
    again = await raw("deleteMessage", **own)
    assert described(again) == "Bad Request: message to delete not found"


async def test_files(chat: ChatWindow, raw: RawCall) -> None:
    large = await chat.send_document(b"MZ", file_name="large.png", claimed_size=21 * 2**20)
    assert large.media is not None
    answer = await raw("getFile", file_id=large.media.file_id)
    assert described(answer) == "Bad Request: file is too big"
    unknown = await raw("getFile", file_id="AgAC")
    assert described(unknown) == (
        "Bad Request: wrong file_id or the file is temporarily unavailable"
    )
    mismatch = await raw("sendPhoto", chat_id=chat.person.id, photo=large.media.file_id)
    assert described(mismatch).startswith("Bad Request: type of file mismatch")
    nothing = await raw("sendPhoto", chat_id=chat.person.id)
    assert described(nothing) == "Bad Request: there is no photo in the request"


async def test_callback_answers(chat: ChatWindow, raw: RawCall) -> None:
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert described(await raw("answerCallbackQuery", callback_query_id="7")) == old
    long = await raw("answerCallbackQuery", callback_query_id="7", text="x" * 201)
    assert described(long) == "Bad Request: MESSAGE_TOO_LONG"


async def test_chat_actions(chat: ChatWindow, raw: RawCall) -> None:
    await chat.send_text("/start")
    answer = await raw("sendChatAction", chat_id=chat.person.id, action="dancing")
    assert described(answer) == "Bad Request: wrong parameter action in request"


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("setMyCommands", {"commands": [{"command": "Über", "description": "x"}]}),
        ("setMyCommands", {"commands": [{"command": "help", "description": ""}]}),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat"}}),
        ("setMyDescription", {"description": "x" * 513}),
        ("setMyShortDescription", {"short_description": "x" * 121}),
        ("setMyDescription", {"description": "x", "language_code": "english"}),
        ("setMyName", {"name": "x" * 65}),
    ],
)
async def test_profiles(raw: RawCall, method: str, params: dict[str, Any]) -> None:
    assert described(await raw(method, **params)).startswith("Bad Request: ")


async def test_unknown_methods(raw: RawCall, contract: Contract) -> None:
    assert described(await raw("sendCake")) == "Not Found: method not found"
    assert contract.violations.pop() == "sendCake: the Bot API has no such method"
    assert (await raw("GETME"))["ok"]  # the case of letters does not matter


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/bot123:AAAA/getMe", 401),
        ("/botnonsense/getMe", 404),
        ("/bot/getMe", 404),
        ("/file/bot123:AAAA/photos/1.jpg", 401),
    ],
)
async def test_unknown_tokens(api_server: BotApiServer, path: str, status: int) -> None:
    async with ClientSession() as session, session.get(api_server.url + path) as response:
        assert response.status == status


async def test_files_are_served_only_after_get_file(
    api_server: BotApiServer, account: BotAccount, chat: ChatWindow, raw: RawCall
) -> None:
    sent = await chat.send_document(b"as it is", file_name="../../etc/passwd")
    assert sent.media is not None
    async with ClientSession() as session:
        root = f"{api_server.url}/file/bot{account.token}"
        async with session.get(f"{root}/documents/../../secret") as response:
            assert response.status == 404
        path = (await raw("getFile", file_id=sent.media.file_id))["result"]["file_path"]
        async with session.get(f"{root}/{path}") as response:
            assert (response.status, await response.read()) == (200, b"as it is")
