"""A bot written with python-telegram-bot, as its users write them, on the server under test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Bot
from telegram.ext import Application, ApplicationBuilder, BaseHandler
from telegram.request import HTTPXRequest

from bot.api_server import BotAccount, BotApiServer, ChatWindow, User
from tests.api_server.clock import Clock

App = Application[Any, Any, Any, Any, Any, Any]
Handler = BaseHandler[Any, Any, Any]
RunApp = Callable[..., AbstractAsyncContextManager[App]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account(api_server: BotApiServer) -> BotAccount:
    return api_server.add_bot("DigitBot", name="Digits")


@pytest.fixture
def anna(api_server: BotApiServer) -> User:
    return api_server.add_person("Anna", language_code="en", username="anna")


@pytest.fixture
def chat(api_server: BotApiServer, anna: User, account: BotAccount) -> ChatWindow:
    return api_server.private_chat(anna, account)


@pytest.fixture
async def bot(
    api_server: BotApiServer, account: BotAccount, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bot]:
    """A client that only does as it is told: no polling."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # or RetryAfter warns of its own future
    client = Bot(
        account.token,
        base_url=f"{api_server.url}/bot",
        base_file_url=f"{api_server.url}/file/bot",
        request=HTTPXRequest(read_timeout=30),
        get_updates_request=HTTPXRequest(read_timeout=30),
    )
    async with client:
        yield client


@pytest.fixture
def run_app(api_server: BotApiServer, account: BotAccount) -> RunApp:
    """Start an Application with the given handlers, polling the server."""

    @asynccontextmanager
    async def run(*handlers: Handler, **polling: Any) -> AsyncIterator[App]:
        app = (
            ApplicationBuilder()
            .token(account.token)
            .base_url(f"{api_server.url}/bot")
            .base_file_url(f"{api_server.url}/file/bot")
            .concurrent_updates(16)
            .build()
        )
        app.add_handlers(list(handlers))
        async with app:
            await app.start()
            assert app.updater is not None
            await app.updater.start_polling(poll_interval=0, timeout=5, **polling)
            try:
                yield app
            finally:
                await app.updater.stop()
                await app.stop()

    return run


RawCall = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def raw(api_server: BotApiServer, account: BotAccount) -> AsyncIterator[RawCall]:
    """Call a method without a library in between: what comes back is the whole answer."""
    async with ClientSession() as session:

        async def call(method: str, /, **params: Any) -> dict[str, Any]:
            url = f"{api_server.url}/bot{account.token}/{method}"
            async with session.post(url, json=params) as response:
                body: dict[str, Any] = await response.json()
                assert body["ok"] == (response.status == 200)
                return body

        yield call
