"""Wiring: an `Application` from settings and collaborators, and how it polls."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from http import HTTPStatus
from typing import Any, cast

from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application, ContextTypes, Defaults, ExtBot, Updater
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
from bot.services.health import HealthCheck
from bot.services.heartbeat import Heartbeat
from bot.services.inbox import GRACE, Inbox
from bot.services.lanes import IN_MEMORY
from bot.services.models import Models
from bot.services.order import InOrder
from bot.services.outage import Outage
from bot.services.reader_pool import ReaderPool
from bot.services.trainer import Trainer
from bot.services.training_reporter import TrainingReporter
from bot.services.training_setup import make_trainer
from bot.settings import Settings
from bot.storage import Database
from bot.transport import AiohttpRequest

log = logging.getLogger(__name__)

# A picture has at most two requests under way: its own, and a chat action.
CONNECTIONS = 2 * HANDS
LONGEST_PAUSE = 30.0  # seconds between two tries to reach the server
STOP_POLLING = 1.5  # seconds

REFUSED = (
    "The server refuses the token: check TELEGRAM_BOT_TOKEN and TELEGRAM_API_URL, or get a new"
    " token from @BotFather."
)

BotApplication = Application[ExtBot[int], Context, dict[Any, Any], dict[Any, Any], Services, None]
Receiving = Callable[[BotApplication], AbstractAsyncContextManager[object]]


class ReceivingBot(ExtBot[int]):
    """Writes all updates of an answer down at once; PTB alone puts one after the other."""

    def __init__(self, inbox: Inbox, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._inbox = inbox

    async def get_updates(self, *args: Any, **kwargs: Any) -> tuple[Update, ...]:
        """Ask for updates: https://core.telegram.org/bots/api#getupdates."""
        updates = await super().get_updates(*args, **kwargs)
        await self._inbox.receive(updates)
        return updates

    async def _post(self, endpoint: str, *args: Any, **kwargs: Any) -> Any:
        result = await super()._post(endpoint, *args, **kwargs)
        return [self._understood(data) for data in result] if endpoint == "getUpdates" else result

    def _understood(self, data: dict[str, Any]) -> dict[str, Any]:
        """An update; nothing but its number if PTB cannot make sense of it.

        PTB alone would log the whole answer, other people's messages with it, and ask for the same
        again, without a pause and for ever.
        """
        try:
            Update.de_json(data, self)
        except Exception as error:
            log.error("Update %d could not be understood: %r", data["update_id"], error)
            return {"update_id": data["update_id"]}
        return data


def wire(
    settings: Settings,
    models: Models,
    readers: ReaderPool,
    database: Database,
    train: Sequence[str] | None = None,
) -> Services:
    """Return what the handlers work with; `train` is the process that trains, if not our own."""
    files = CorrectionFiles(settings.data_dir / CORRECTIONS)
    inbox, heartbeat = Inbox(database.inbox), Heartbeat(settings.data_dir)
    trainer = make_trainer(settings, models, database, files, train)
    return Services(
        readers,
        database.chats,
        models,
        Corrections(database.corrections, files, readers),
        Bans(database.bans),
        inbox,
        settings,
        trainer=trainer,
        health=HealthCheck(database, models, readers, inbox, heartbeat, trainer),
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
    hear, asking = services.inbox.server_time.hear, Outage("Asking Telegram for updates")

    def on_response(status: int) -> None:
        if status == HTTPStatus.OK:
            asking.worked()
        if on_poll is not None:
            on_poll(status)

    bot: ExtBot[int] = ReceivingBot(
        services.inbox,
        settings.telegram_bot_token.get_secret_value(),
        f"{settings.telegram_api_url}/bot",
        f"{settings.telegram_api_url}/file/bot",
        request=transport
        or AiohttpRequest(connections=CONNECTIONS, max_bytes=DOWNLOAD_LIMIT, on_date=hear),
        get_updates_request=AiohttpRequest(
            connections=1,
            max_bytes=DOWNLOAD_LIMIT,
            on_response=on_response,
            on_failure=asking.failed,
            on_date=hear,
        ),
        rate_limiter=services.patience,
        # Not parse_mode: with a default, PTB adds one to calls that take none.
        defaults=Defaults(allow_sending_without_reply=True),
    )
    application = (
        Application.builder()
        .bot(bot)
        .update_queue(cast("asyncio.Queue[object]", services.inbox))
        .concurrent_updates(InOrder(IN_MEMORY, services.inbox.handling))
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
    services = application.bot_data
    try:
        await services.bans.load()
        await _connect(application)
        async with (
            services.inbox.running(application.bot),
            _started(application),
            receiving(application),
            _meanwhile(publish_profile(application.bot, services.settings.admin_ids)),
            training(application, services.trainer) if services.trainer else nullcontext(),
            _ending(services),
        ):
            yield
    finally:
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
            error_callback=_note_conflict,
        )
        yield
    finally:
        if updater.running:
            await _stop(updater)


def _note_conflict(error: TelegramError) -> None:
    """Log that somebody else uses the token; all other failures the transport has told of."""
    if isinstance(error, Conflict):
        log.warning("getUpdates failed: %s", error)


async def _stop(updater: Updater) -> None:
    """Stop polling; PTB alone would wait for a pause of up to 30 s, and for the network.

    What it would still tell Telegram, that all updates were received, the inbox knows as well.
    """
    stopping = asyncio.ensure_future(updater.stop())
    while not stopping.done():
        await asyncio.wait([stopping], timeout=STOP_POLLING)
        stopping.cancel()  # first what it waits for, then itself
    with suppress(InvalidToken, asyncio.CancelledError):  # that has ended polling already
        stopping.result()


@asynccontextmanager
async def _started(application: BotApplication) -> AsyncIterator[None]:
    """Handle updates within the block; its end waits for those under way, but not for long."""
    await application.start()
    try:
        yield
    finally:
        await application.stop()


@asynccontextmanager
async def _ending(services: Services) -> AsyncIterator[None]:
    """At the end of the block, begin nothing any more, and soon after try nothing again."""
    try:
        yield
    finally:
        services.inbox.close()
        services.desk.close()
        asyncio.get_running_loop().call_later(GRACE, services.patience.end)


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
