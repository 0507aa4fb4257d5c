"""Wiring: the Bot API server, the bot that polls it, and the page, started and stopped together."""

import asyncio
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.api_server import BotApiServer
from bot.app import build_application, polling, wire
from bot.context import Services
from bot.errors import CannotStart
from bot.logs import set_up_logging
from bot.loopback import is_loopback
from bot.playground.cast import Cast
from bot.playground.feed import Feed
from bot.playground.guard import install_guard
from bot.playground.page import Page
from bot.playground.stages import LookingGlass, load_tracing_reader
from bot.profile import publish_profile
from bot.services.heartbeat import Heartbeat
from bot.services.models import MODELS, Models
from bot.services.reader_pool import ReaderPool
from bot.settings import Address, Settings, load_settings
from bot.storage import open_database
from bot.web.listening import listening
from model import ModelError
from model.store import ModelStore

_MESSAGES_PER_CHAT: Final = 300
_WARNING: Final = """\
**********************************************************************************
  WARNING: the playground listens on {host}. Everybody who can reach this machine
  can read and write its chats. Leave --host out to keep it on this machine.
**********************************************************************************"""


async def run(host: str, port: int, *, open_browser: bool) -> None:
    """Serve until SIGINT or SIGTERM; raises `CannotStart`."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: there Ctrl+C ends `asyncio.run`
            loop.add_signal_handler(number, stop.set)
    if not is_loopback(host):
        print(_WARNING.format(host=host), file=sys.stderr, flush=True)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(BotApiServer(messages_per_chat=_MESSAGES_PER_CHAT))
        cast = await Cast.assemble(server)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="digitbot-")))
        settings = bot_settings(cast, folder)
        set_up_logging(settings.log_level, cast.bot.token)
        load = partial(load_tracing_reader, settings.model_path)
        models = Models(ModelStore(folder / MODELS), settings.model_path)
        try:
            reader = await stack.enter_async_context(
                ReaderPool(models.load(), workers=settings.reader_workers)
            )
            await stack.enter_async_context(models.served_by(reader))
        except ModelError as error:
            raise CannotStart(f"The model cannot be used: {error}") from error
        database = await stack.enter_async_context(open_database(folder))
        services = wire(settings, models, reader, database)
        glass = await stack.enter_async_context(LookingGlass(load))
        url = await stack.enter_async_context(
            open_playground(cast, settings, services, glass, host=host, port=port)
        )
        print(f"The playground is at {url} (Ctrl+C ends it)", flush=True)
        if open_browser and _has_screen():
            await asyncio.to_thread(webbrowser.open, url)
        await stop.wait()


def bot_settings(cast: Cast, data_dir: Path) -> Settings:
    """The bot's settings, made for here; MODEL_PATH, LOG_LEVEL and READER_WORKERS still count."""
    return load_settings(
        _env_file=None,
        telegram_bot_token=cast.bot.token,
        telegram_api_url=cast.server.url,
        admin_ids={cast.admin_id},
        data_dir=data_dir,
    )


@asynccontextmanager
async def open_playground(
    cast: Cast,
    settings: Settings,
    services: Services,
    glass: LookingGlass,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
) -> AsyncIterator[str]:
    """Let the bot poll its server, and serve the page; yields its address.

    With port 0 any free one is taken. Raises `CannotStart` if the port is taken.
    """
    heartbeat = Heartbeat(settings.data_dir)
    bot = build_application(settings, services, lambda _: heartbeat.beat())
    async with polling(bot):
        await publish_profile(bot.bot, settings.admin_ids)  # an empty chat shows it at first
        feed = Feed(cast, is_exposed=not is_loopback(host))
        application = Page(cast, feed, glass).application()
        install_guard(application, own_name=host)

        async def let_pages_go(_: web.Application) -> None:
            feed.close()

        application.on_shutdown.append(let_pages_go)
        async with listening(application, Address(host, port), "--port") as served_on:
            yield f"http://{_in_url(host)}:{served_on}"


def _in_url(host: str) -> str:
    """An address to open in a browser: the wildcards are no address of any machine."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - named, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _has_screen() -> bool:
    """Whether a browser would open a window, rather than take over the terminal."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
