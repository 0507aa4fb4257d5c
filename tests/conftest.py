"""Fixtures that every part of the tests may use."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from bot.api_server import BotApiServer
from tests.contract import Contract

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")


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
