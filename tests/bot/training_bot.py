"""`digitbot run` with a trainer that only plays: `python training_bot.py BEHAVIOUR`, for tests."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.logs import set_up_logging
from bot.run import run
from bot.settings import load_settings
from tests.bot import fake_trainer

if __name__ == "__main__":  # reader workers import this again
    settings = load_settings()
    set_up_logging(settings.log_level, settings.telegram_bot_token.get_secret_value())
    asyncio.run(run(settings, fake_trainer.command(sys.argv[1])))
