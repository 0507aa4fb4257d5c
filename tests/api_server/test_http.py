"""The four ways to send a request, and what happens to connections."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientSession, FormData

from bot.api_server import BotAccount, BotApiServer, ChatWindow
from tests.api_server.conftest import RawCall
from tests.api_server.images import picture

MARKUP = {"inline_keyboard": [[{"text": "b", "callback_data": "d"}]]}


@pytest.fixture
def root(api_server: BotApiServer, account: BotAccount) -> str:
    return f"{api_server.url}/bot{account.token}"


@pytest.mark.parametrize("form", ["query", "urlencoded", "json", "multipart"])
async def test_forms_of_requests(chat: ChatWindow, root: str, form: str) -> None:
    await chat.send_text("/start")
    flat = {
        "chat_id": str(chat.person.id),
        "text": "<b>ж</b>",
        "parse_mode": "HTML",
        "reply_markup": json.dumps(MARKUP),
    }
    sends: dict[str, dict[str, Any]] = {
        "query": {"params": flat},
        "urlencoded": {"data": flat},
        "json": {"json": {**flat, "chat_id": chat.person.id, "reply_markup": MARKUP}},
        "multipart": {"data": multipart(flat)},
    }
    async with ClientSession() as session:
        ask = session.get if form == "query" else session.post
        async with ask(f"{root}/sendMessage", **sends[form]) as response:
            assert response.status == 200, await response.text()
    (reply,) = chat.replies
    assert (reply.text, reply.entities[0].type, reply.buttons[0].text) == ("ж", "bold", "b")


def multipart(fields: dict[str, str], **files: bytes) -> FormData:
    form = FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    for name, data in files.items():
        form.add_field(name, data, filename=f"{name}.png", content_type="image/png")
    return form


async def test_uploads_by_name_and_attached(chat: ChatWindow, root: str) -> None:
    await chat.send_text("/start")
    here = {"chat_id": str(chat.person.id)}
    async with ClientSession() as session:
        upload = multipart(here, document=b"as it is")
        async with session.post(f"{root}/sendDocument", data=upload) as response:
            assert response.status == 200, await response.text()
        upload = multipart(here | {"photo": "attach://p"}, p=picture())
        async with session.post(f"{root}/sendPhoto", data=upload) as response:
            assert response.status == 200, await response.text()
        upload = multipart(here | {"photo": "attach://missing"}, p=picture())
        async with session.post(f"{root}/sendPhoto", data=upload) as response:
            assert response.status == 400
    document, photo = chat.replies
    assert chat.download(document) == b"as it is"
    assert document.media is not None
    assert document.media.body["file_name"] == "document.png"
    assert photo.media is not None
    assert photo.media.kind == "photo"


async def test_a_file_where_json_belongs(chat: ChatWindow, root: str) -> None:
    await chat.send_text("/start")
    form = multipart({"chat_id": str(chat.person.id), "text": "x"}, reply_markup=b"{}")
    url = f"{root}/sendMessage"
    async with ClientSession() as session, session.post(url, data=form) as response:
        assert response.status == 400


async def test_a_body_that_is_no_json(root: str) -> None:
    headers = {"Content-Type": "application/json"}
    async with (
        ClientSession() as session,
        session.post(f"{root}/getMe", data="{", headers=headers) as response,
    ):
        assert response.status == 400
        assert "can't parse request JSON object" in await response.text()


async def test_a_torn_poll_leaves_the_updates(
    chat: ChatWindow, root: str, account: BotAccount, raw: RawCall
) -> None:
    async with ClientSession() as session:
        with pytest.raises(asyncio.TimeoutError):
            timeout = aiohttp.ClientTimeout(total=0.3)
            await session.post(f"{root}/getUpdates", data={"timeout": "30"}, timeout=timeout)
    await chat.send_text("still there")
    (update,) = (await raw("getUpdates"))["result"]
    assert update["message"]["text"] == "still there"


async def test_a_server_comes_back_with_all_it_knew(
    api_server: BotApiServer, chat: ChatWindow, raw: RawCall, root: str
) -> None:
    await chat.send_text("before")
    await api_server.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await raw("getMe")
    await chat.send_text("meanwhile")
    await api_server.start()
    assert root.startswith(api_server.url)
    updates = (await raw("getUpdates"))["result"]
    assert [update["message"]["text"] for update in updates] == ["before", "meanwhile"]


async def test_a_second_bot_with_the_same_token(chat: ChatWindow, raw: RawCall) -> None:
    async def poll() -> dict[str, Any]:
        return await raw("getUpdates", timeout=30)

    polls = {asyncio.create_task(poll()) for _ in range(2)}
    (refused,), (other,) = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
    await chat.send_text("for the one that is left")
    assert len((await other)["result"]) == 1
    answer = refused.result()
    assert (answer["error_code"], answer["description"]) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
        " running",
    )


@pytest.mark.parametrize("path", ["/", "/bot", "/bot/getMe", "/getMe", "/file/photos/1.jpg"])
async def test_anything_else_is_not_found(api_server: BotApiServer, path: str) -> None:
    async with ClientSession() as session, session.get(api_server.url + path) as response:
        assert (await response.json())["description"] == "Not Found"
        assert response.status == 404


async def test_a_broken_form(root: str) -> None:
    headers = {"Content-Type": "multipart/form-data"}  # without its boundary
    async with (
        ClientSession() as session,
        session.post(f"{root}/getMe", data=b"x", headers=headers) as response,
    ):
        assert response.status == 400
