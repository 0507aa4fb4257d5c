"""The life of `digitbot run`: what is opened, in which order, and how it ends.

The readers start first, and load the model while this process imports Telegram and the database,
which takes about as long.
"""
# ruff: noqa: PLC0415 - see above

import asyncio
import gc
import logging
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryFile

from bot.errors import CannotStart
from bot.services.heartbeat import Heartbeat
from bot.services.limits import give_back_blocks_over
from bot.services.models import MODELS, MakeLoad, Models, digit_reader
from bot.services.reader_pool import ReaderPool
from bot.settings import Settings
from model import ModelError
from model.store import ModelStore

log = logging.getLogger(__name__)

FILE = 2**18  # bytes; larger ones come and go, and should not make the bot stay large


async def run(
    settings: Settings,
    train: Sequence[str] | None = None,
    make_load: MakeLoad = digit_reader,
) -> None:
    """Run the bot until SIGINT or SIGTERM; what trains and what reads can be others, for tests.

    Raises `CannotStart` if the settings do not work out, or if the token is revoked meanwhile.
    """
    serving = asyncio.create_task(_serve(settings, train, make_load))

    def stop() -> None:
        if not serving.cancelling():  # a second signal must not cut the orderly end short
            serving.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: there Ctrl+C ends `asyncio.run`
            loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await serving


async def _serve(settings: Settings, train: Sequence[str] | None, make_load: MakeLoad) -> None:
    """Open what the bot needs in order, answer until cancelled, and close it all in reverse."""
    _check_writable(settings.data_dir)
    give_back_blocks_over(FILE)
    heartbeat, refused = Heartbeat(settings.data_dir), asyncio.Event()

    def on_contact(status: int) -> None:
        if status == HTTPStatus.OK:
            heartbeat.beat()
        elif status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
            refused.set()  # PTB ends polling on these, and would leave a bot that only looks alive

    async with AsyncExitStack() as stack:
        stack.callback(heartbeat.stop)
        models = Models(ModelStore(settings.data_dir / MODELS), settings.model_path, make_load)
        readers = ReaderPool(models.load(), workers=settings.reader_workers)
        stack.push_async_exit(readers)
        readers.start()
        from bot.app import REFUSED, Receiving, answering, build_application, poll, wire
        from bot.services.housekeeping import (
            forget_left_groups,
            forget_old_corrections,
            forget_old_updates,
            housekeeping,
        )
        from bot.storage import open_database

        database = await stack.enter_async_context(
            open_database(settings.data_dir, settings.database_url)
        )
        try:
            await stack.enter_async_context(models.served_by(readers))
        except ModelError as error:
            raise CannotStart(f"The model cannot be used: {error}") from error
        services = wire(settings, models, readers, database, train)
        application = build_application(settings, services, on_contact)
        await stack.enter_async_context(
            housekeeping(
                forget_left_groups(database.chats),
                forget_old_corrections(services.corrections, settings.retention_days),
                forget_old_updates(services.inbox),
            )
        )
        if settings.monitor_listen and services.health:
            from bot.web.monitor import monitoring

            await stack.enter_async_context(
                monitoring(settings.monitor_listen, services.health, services.meter)
            )
        gc.freeze()  # what is here now stays
        gc.enable()
        receiving: Receiving = poll
        if settings.webhook_url:
            from bot.web.webhook import webhook_for

            receiving = webhook_for(settings, on_contact)
        await stack.enter_async_context(answering(application, receiving))
        heartbeat.beat()  # the server has said who we are; the first poll may take its time
        log.info("@%s is ready, with model %s.", application.bot.username, models.card.version)
        await refused.wait()
        raise CannotStart(REFUSED)


def _check_writable(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        raise CannotStart(f"DATA_DIR must be a folder that can be written to: {error}.") from error
