"""What all tests of the bot share."""

import pytest


@pytest.fixture(autouse=True)
def durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB's coming type, which the bot opts in to: with the old one, each 429 warns."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
