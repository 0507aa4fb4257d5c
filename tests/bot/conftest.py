"""What all tests of the bot share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.api_server import BotApiServer, ChatWindow, Group, User
from bot.services.reader_pool import ReaderPool
from bot.storage import Database, open_database
from tests.bot.live import Running, running_bot
from tests.bot.readers import always_seven


@pytest.fixture(autouse=True)
def durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB's coming type, which the bot opts in to: with the old one, each 429 warns."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sevens() -> AsyncIterator[ReaderPool]:
    """A worker with the real pipeline that takes everything for a 7, started once."""
    async with ReaderPool(always_seven, workers=1) as pool:
        yield pool


@pytest.fixture
async def running(
    api_server: BotApiServer, sevens: ReaderPool, tmp_path: Path, database_url: SecretStr | None
) -> AsyncIterator[Running]:
    """The bot, polling the server, on each kind of database in turn."""
    async with running_bot(api_server, sevens, tmp_path, database_url) as running:
        yield running


@pytest.fixture
async def database(tmp_path: Path, database_url: SecretStr | None) -> AsyncIterator[Database]:
    """An empty one, of each kind in turn."""
    async with open_database(tmp_path, database_url) as database:
        yield database


@pytest.fixture
def ben(running: Running) -> User:
    """Somebody beside Anna."""
    return running.server.add_person("Ben", language_code="en")


@pytest.fixture
async def group(running: Running, ben: User) -> Group:
    """Anna made it; Ben and the bot are members."""
    group = running.server.group("Class 3b", [running.chat.person, ben])
    await group.add(running.bot)
    return group


@pytest.fixture
def anna(group: Group) -> ChatWindow:
    """What Anna sees of the group, who runs it."""
    return group.as_member(group.creator)
