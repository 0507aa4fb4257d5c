"""`digitbot run`."""
# ruff: noqa: PLC0415 - the other commands should not pay for what this one needs

import asyncio
import gc
import logging
from importlib import import_module
from threading import Thread

from bot.commands.problems import problems_on_stderr
from bot.errors import CannotStart


def run() -> None:
    """Run the bot, with settings from the environment and .env (see .env.example)."""
    with problems_on_stderr():
        gc.disable()  # imports make little garbage; looking for it takes a tenth of the start
        # It reads the system's certificates when it is imported, and others may go on meanwhile.
        Thread(target=import_module, args=["aiohttp"]).start()
        from bot.logs import set_up_logging
        from bot.run import run as run_bot
        from bot.settings import load_settings

        settings = load_settings()
        token = settings.telegram_bot_token.get_secret_value()
        set_up_logging(settings.log_level, token, form=settings.log_format)
        try:
            asyncio.run(run_bot(settings))
        except CannotStart:
            raise
        except Exception:
            # Through the log, which takes the token out; Python's own traceback would show it.
            logging.getLogger(__name__).critical("The bot had to stop.", exc_info=True)
            raise SystemExit(1) from None
