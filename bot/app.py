"""Wiring: an `Application` from settings and collaborators, and how it polls."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from typing import Any, cast

from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ContextTypes, Defaults, ExtBot
from telegram.request import BaseRequest

from bot.context import Context, Services
from bot.errors import CannotStart
from bot.handlers import ALLOWED_UPDATES, HANDLERS, report_error
from bot.profile import publish_profile
from bot.services.attachments import DOWNLOAD_LIMIT
from bot.services.bans import Bans
from bot.services.correction_files import CORRECTIONS, CorrectionFiles
from bot.services.corrections import Corrections
from bot.services.desk import HANDS
from bot.services.models import Models
from bot.services.order import InOrder
from bot.services.patience import Patience
from bot.services.reader import Reader
from bot.services.trainer import Trainer
from bot.services.training_reporter import TrainingReporter
from bot.services.training_setup import make_trainer
from bot.settings import Settings
from bot.storage import Database
from bot.transport import AiohttpRequest

log = logging.getLogger(__name__)

# Most of them wait for their chat's turn; what they load and read is bounded by the desk.
CONCURRENT_UPDATES = 1_000
# A picture has at most two requests under way: its own, and a chat action.
CONNECTIONS = 2 * HANDS
LONGEST_PAUSE = 30.0  # seconds between two tries to reach the server

REFUSED = (
    "The server refuses the token: check TELEGRAM_BOT_TOKEN and TELEGRAM_API_URL, or get a new"
    " token from @BotFather."
)

BotApplication = Application[ExtBot[int], Context, dict[Any, Any], dict[Any, Any], Services, None]
Receiving = Callable[[BotApplication], AbstractAsyncContextManager[object]]


def wire(
    settings: Settings,
    models: Models,
    reader: Reader,
    database: Database,
    train: Sequence[str] | None = None,
) -> Services:
    """Return what the handlers work with; `train` is the process that trains, if not our own."""
    files = CorrectionFiles(settings.data_dir / CORRECTIONS)
    return Services(
        reader,
        database.chats,
        models,
        Corrections(database.corrections, files, reader),
        Bans(database.bans),
        settings,
        trainer=make_trainer(settings, models, database, files, settings.admin_ids, train),
    )


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
        .concurrent_updates(InOrder(CONCURRENT_UPDATES))
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


def polling(application: BotApplication) -> AbstractAsyncContextManager[None]:
    """Let the bot ask the server for updates, and answer, for as long as the block runs."""
    return answering(application, poll)


@asynccontextmanager
async def answering(application: BotApplication, receiving: Receiving) -> AsyncIterator[None]:
    """Let the bot answer for as long as the block runs; leaving it finishes what was begun.

    Within `receiving`, updates come into the application's queue.
    Raises `CannotStart` if the server refuses the token; waits for a server that does not answer.
    """
    source = AsyncExitStack()
    try:
        await application.bot_data.bans.load()
        await _connect(application)
        await application.start()
        await source.enter_async_context(receiving(application))
        trainer = application.bot_data.trainer
        async with (
            _meanwhile(publish_profile(application.bot)),
            training(application, trainer) if trainer else nullcontext(),
        ):
            yield
    finally:
        await source.aclose()
        application.bot_data.desk.close()
        if application.running:
            await application.stop()
        await application.shutdown()
        await application.bot.shutdown()  # the one above does nothing where connecting failed


@asynccontextmanager
async def poll(application: BotApplication) -> AsyncIterator[None]:
    """Ask for updates; a webhook that is set is deleted, what waits for it is kept."""
    updater = application.updater
    assert updater is not None  # built with a token, so there is one
    try:
        await updater.start_polling(
            allowed_updates=list(ALLOWED_UPDATES),
            bootstrap_retries=-1,
            error_callback=lambda error: log.warning("getUpdates failed: %s", error),
        )
        yield
    finally:
        if updater.running:
            with suppress(InvalidToken):  # raised again where that has ended polling already
                await updater.stop()


@asynccontextmanager
async def _meanwhile(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let something be done while the block runs; leaving it gives up what is left of it."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def training(application: BotApplication, trainer: Trainer) -> AsyncIterator[None]:
    """Let admins train within the block, what an earlier bot has left included."""
    reporter = TrainingReporter(application.bot, trainer.folder)
    async with reporter.running(), trainer.running(reporter):
        yield


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
