"""Fixtures that every part of the tests may use."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings
from pydantic import SecretStr

from bot.api_server import BotApiServer
from bot.settings import Settings
from tests.contract import Contract
from tests.postgres import REQUIRED, Cluster, NotInstalled, cluster

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests: a bot of theirs would work on their database."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where all is to be there, as in CI, what is skipped has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(REQUIRED) and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def contract() -> Contract:
    """What was found against the Bot API so far."""
    return Contract()


@pytest.fixture
async def api_server(contract: Contract) -> AsyncIterator[BotApiServer]:
    """A running Bot API server; the test fails if one exchange with it breaks the contract."""
    async with BotApiServer(on_exchange=contract.check) as server:
        yield server
    assert contract.violations == []


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server of our own; what needs it is skipped where there is none."""
    try:
        with cluster() as running:
            yield running
    except NotInstalled as error:
        if os.environ.get(REQUIRED):
            raise
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> SecretStr | None:
    """Each kind of database in turn, empty: PostgreSQL's URL, or None for SQLite."""
    if request.param == "sqlite":
        return None
    server: Cluster = request.getfixturevalue("postgresql")
    return SecretStr(server.create_database())
