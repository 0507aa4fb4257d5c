"""A playground with the real bot and pipeline; only the network sees a 7 everywhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.api_server import BotApiServer, ChatWindow, User
from bot.playground.app import bot_settings, open_playground
from bot.playground.cast import Cast
from bot.playground.stages import LookingGlass
from bot.services.reader_pool import ReaderPool
from tests.bot.builders import make_services
from tests.bot.databases import memory_database
from tests.bot.readers import always_seven
from tests.playground.browser import chromium, find_chromium


@dataclass
class Playground:
    """A running one, seen from the server's side."""

    url: str
    cast: Cast

    @property
    def anna(self) -> User:
        """Who the page begins with."""
        return self.cast.people[0]

    @property
    def private(self) -> ChatWindow:
        """Anna's chat with the bot."""
        return self.cast.window(self.anna.id, self.anna.id)

    @property
    def group(self) -> ChatWindow:
        """What Anna sees of the group."""
        return self.cast.window(self.anna.id, self.cast.group.id)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reader() -> AsyncIterator[ReaderPool]:
    """A worker, started once for all tests here."""
    async with ReaderPool(always_seven, workers=1) as pool:
        yield pool


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, started once."""
    path = find_chromium()
    if path is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    async with chromium(path) as browser:
        yield browser


@pytest.fixture
async def cast(api_server: BotApiServer) -> Cast:
    """The people and chats alone."""
    return await Cast.assemble(api_server)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def glass() -> AsyncIterator[LookingGlass]:
    """What the panel looks through, started once as well."""
    async with LookingGlass(always_seven) as glass:
        yield glass


@asynccontextmanager
async def running(
    cast: Cast, reader: ReaderPool, glass: LookingGlass, data_dir: Path
) -> AsyncIterator[Playground]:
    """The bot and the page, for as long as the block runs."""
    settings = bot_settings(cast, data_dir)
    async with memory_database() as database:
        services = make_services(reader, settings, database)
        async with open_playground(cast, settings, services, glass) as url:
            yield Playground(url, cast)


@pytest.fixture
async def playground(
    cast: Cast, reader: ReaderPool, glass: LookingGlass, tmp_path: Path
) -> AsyncIterator[Playground]:
    """All of it; every exchange of bot and server is held against the Bot API."""
    async with running(cast, reader, glass, tmp_path) as playground:
        yield playground
