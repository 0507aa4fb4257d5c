"""kill -9 of the trainer, of the bot, of both, at random moments of a run."""

from pathlib import Path

import pytest

from bot.api_server import BotApiServer
from tests.bot.mayhem import Mayhem


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_whoever_is_killed_a_whole_model_answers_and_training_works_again(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    mayhem = Mayhem(api_server, tmp_path, seed=3)
    await mayhem.start()
    for _ in range(5):
        await mayhem.strike()
    await mayhem.stop()
    assert len(mayhem.log) == 5
