"""The rows of training runs, on both kinds of database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.storage import RunStatus, TrainingRepository, open_database

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
ASKED = {
    "preset": "quick",
    "user_id": 1001,
    "user_name": "Anna",
    "chat_id": -1_000_000_002_002,
    "thread_id": None,
    "message_id": 17,
    "language": "de",
    "started_at": NOON,
    "seed": 4,
    "compared_with": "v1",
}


async def test_a_run_is_kept_with_all_that_came_of_it(
    tmp_path: Path, database_url: SecretStr | None
) -> None:
    async with open_database(tmp_path, database_url) as database:
        runs: TrainingRepository = database.trainings
        assert await runs.running() is None
        first = await runs.add(**ASKED)
        assert await runs.running() == first
        changes = {
            "status": RunStatus.PROMOTED,
            "ended_at": NOON,
            "version": "v2",
            "suspects": (3, 4),
            "reason": "better",
            "figures": [{"name": "MNIST test", "p": 0.5}],
        }
        ended = await runs.change(first.id, **changes)
        assert (ended.status, ended.suspects, ended.ended_at) == (RunStatus.PROMOTED, (3, 4), NOON)
        second = await runs.add(**ASKED)
    async with open_database(tmp_path, database_url) as database:
        assert await database.trainings.running() == second
        assert list(await database.trainings.newest(5)) == [second, ended]
        with pytest.raises(KeyError):
            await database.trainings.change(99, reason="gone")
