"""Updates are brought to the bot's own address until it takes them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.api_server import BotAccount, BotApiServer, ChatWindow
from bot.api_server.webhook import SECRET_HEADER
from tests.api_server.conftest import RawCall


class Receiver:
    """A bot's web server: answers with the statuses it is given, then with 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.tries: asyncio.Queue[tuple[dict[str, Any], str | None]] = asyncio.Queue()

    async def receive(self, request: web.Request) -> web.Response:
        await self.tries.put((await request.json(), request.headers.get(SECRET_HEADER)))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def text(self) -> str:
        update, _ = await asyncio.wait_for(self.tries.get(), 30)
        return str(update["message"]["text"])


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(receiver: Receiver) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", receiver.receive)
    async with TestServer(app) as server:
        yield str(server.make_url("/hook"))


async def test_updates_come_with_the_secret(
    chat: ChatWindow, raw: RawCall, receiver: Receiver, url: str
) -> None:
    await chat.send_text("before")
    assert (await raw("setWebhook", url=url, secret_token="s3cret"))["ok"]
    update, secret = await asyncio.wait_for(receiver.tries.get(), 30)
    assert (update["message"]["text"], secret) == ("before", "s3cret")
    await chat.send_text("after")
    assert await receiver.text() == "after"
    info = (await raw("getWebhookInfo"))["result"]
    assert (info["url"], info["max_connections"]) == (url, 40)


async def test_what_is_refused_comes_again_in_order(
    chat: ChatWindow, raw: RawCall, receiver: Receiver, url: str
) -> None:
    receiver.statuses = [500, 404]
    await raw("setWebhook", url=url)
    await chat.send_text("one")
    await chat.send_text("two")
    assert [await receiver.text() for _ in range(4)] == ["one", "one", "one", "two"]
    info = (await raw("getWebhookInfo"))["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"


async def test_polling_and_a_webhook_exclude_each_other(
    chat: ChatWindow, raw: RawCall, receiver: Receiver, url: str
) -> None:
    await raw("setWebhook", url=url)
    answer = await raw("getUpdates")
    assert (answer["error_code"], answer["description"]) == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete"
        " the webhook first",
    )
    await raw("deleteWebhook")
    await chat.send_text("by polling again")
    assert len((await raw("getUpdates"))["result"]) == 1
    assert receiver.tries.empty()


async def test_a_webhook_survives_a_stop_of_the_server(
    api_server: BotApiServer, chat: ChatWindow, raw: RawCall, receiver: Receiver, url: str
) -> None:
    await raw("setWebhook", url=url)
    await api_server.stop()
    await chat.send_text("meanwhile")
    await api_server.start()
    assert await receiver.text() == "meanwhile"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "ftp://localhost"}, "bad webhook: invalid webhook URL specified"),
        ({"url": "https://example.org/"}, "bad webhook: this server reaches nothing but"),
        (
            {"url": "http://localhost", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
    ],
)
async def test_what_is_no_webhook(
    raw: RawCall, account: BotAccount, params: dict[str, str], reason: str
) -> None:
    answer = await raw("setWebhook", **params)
    assert answer["description"].startswith(f"Bad Request: {reason}")
    assert account.webhook is None
