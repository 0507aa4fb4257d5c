"""Wiring: an `Application` from settings and collaborators, and the life it leads."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, cast

from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ContextTypes, Defaults, ExtBot
from telegram.request import BaseRequest

from bot.context import Context, Services
from bot.errors import CannotStart
from bot.handlers import ALLOWED_UPDATES, HANDLERS, report_error
from bot.profile import publish_profile
from bot.services.heartbeat import Heartbeat
from bot.services.inbox import DOWNLOAD_LIMIT
from bot.services.patience import Patience
from bot.services.reader_pool import ReaderPool
from bot.services.reader_worker import load_digit_reader
from bot.settings import Settings
from bot.storage import open_database
from bot.transport import AiohttpRequest
from model import ModelError, model_card

log = logging.getLogger(__name__)

# Enough for Telegram's 30 sends a second at a second a photo; it also bounds the memory that
# downloads take, to this many times 20 MiB.
CONCURRENT_UPDATES = 32
# An update has at most two requests under way: its own, and a chat action.
CONNECTIONS = 2 * CONCURRENT_UPDATES
LONGEST_PAUSE = 30.0  # seconds between two tries to reach the server

REFUSED = (
    "The server refuses the token: check TELEGRAM_BOT_TOKEN and TELEGRAM_API_URL, or get a new"
    " token from @BotFather."
)

BotApplication = Application[ExtBot[int], Context, dict[Any, Any], dict[Any, Any], Services, None]


def build_application(
    settings: Settings,
    services: Services,
    on_poll: Callable[[int], None] | None = None,
    transport: BaseRequest | None = None,
) -> BotApplication:
    """Return the bot, not yet started.

    `on_poll` is told the HTTP status of each getUpdates; `transport` replaces HTTP for all else.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # PTB's coming type; it warns at each 429 else
    application = (
        Application.builder()
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .request(transport or AiohttpRequest(connections=CONNECTIONS, max_bytes=DOWNLOAD_LIMIT))
        .get_updates_request(
            AiohttpRequest(connections=1, max_bytes=DOWNLOAD_LIMIT, on_response=on_poll)
        )
        .concurrent_updates(CONCURRENT_UPDATES)
        .rate_limiter(Patience())
        # Not parse_mode: with a default, PTB adds one to calls that take none.
        .defaults(Defaults(allow_sending_without_reply=True))
        # PTB calls this to make `bot_data`; it need not be a class.
        .context_types(ContextTypes(Context, bot_data=cast("type[Services]", lambda: services)))
        .job_queue(None)
        .build()
    )
    application.add_handlers(HANDLERS)
    application.add_error_handler(report_error)
    return application


@asynccontextmanager
async def polling(application: BotApplication) -> AsyncIterator[None]:
    """Let the bot answer for as long as the block runs; leaving it finishes what was begun.

    Raises `CannotStart` if the server refuses the token; waits for a server that does not answer.
    """
    updater = application.updater
    assert updater is not None  # built with a token, so there is one
    try:
        await _connect(application)
        await publish_profile(application.bot)
        await application.start()
        await updater.start_polling(
            allowed_updates=list(ALLOWED_UPDATES),
            bootstrap_retries=-1,
            error_callback=lambda error: log.warning("getUpdates failed: %s", error),
        )
        yield
    finally:
        if updater.running:
            await updater.stop()
        if application.running:
            await application.stop()
        await application.shutdown()
        await application.bot.shutdown()  # the one above does nothing where connecting failed


async def run(settings: Settings) -> None:
    """Run the bot until SIGINT or SIGTERM.

    Raises `CannotStart` if the settings do not work out, or if the token is revoked meanwhile.
    """
    serving = asyncio.create_task(_serve(settings))

    def stop() -> None:
        if not serving.cancelling():  # a second signal must not cut the orderly end short
            serving.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: there Ctrl+C ends `asyncio.run`
            loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await serving


async def _serve(settings: Settings) -> None:
    """Open what the bot needs in order, poll until cancelled, and close it all in reverse."""
    _check_writable(settings.data_dir)
    heartbeat, refused = Heartbeat(settings.data_dir), asyncio.Event()

    def on_poll(status: int) -> None:
        if status == HTTPStatus.OK:
            heartbeat.beat()
        elif status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
            refused.set()  # PTB ends polling on these, and would leave a bot that only looks alive

    async with AsyncExitStack() as stack:
        stack.callback(heartbeat.stop)
        database = await stack.enter_async_context(open_database(settings.data_dir))
        try:
            card = model_card(settings.model_path)
            load = partial(load_digit_reader, settings.model_path)
            reader = await stack.enter_async_context(
                ReaderPool(load, workers=settings.reader_workers)
            )
        except ModelError as error:
            raise CannotStart(f"The model cannot be used: {error}") from error
        application = build_application(
            settings, Services(reader, database.preferences, card), on_poll
        )
        await stack.enter_async_context(polling(application))
        log.info("@%s is ready, with model %s.", application.bot.username, card.version)
        await refused.wait()
        raise CannotStart(REFUSED)


async def _connect(application: BotApplication) -> None:
    """Say hello to the server, for as long as it takes to be answered."""
    pause = 1.0
    while True:
        try:
            await application.initialize()
        except InvalidToken:
            raise CannotStart(REFUSED) from None  # PTB's own words contain the token
        except TelegramError as error:
            log.warning("The server cannot be reached, next try in %.0f s: %s", pause, error)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        else:
            return


def _check_writable(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        raise CannotStart(f"DATA_DIR must be a folder that can be written to: {error}.") from error
