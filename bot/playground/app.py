"""Wiring: the Bot API server, the bot that polls it, and the page, started and stopped together."""

import asyncio
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.api_server import BotApiServer
from bot.app import build_application, polling
from bot.context import Services
from bot.errors import CannotStart
from bot.logs import set_up_logging
from bot.playground.cast import Cast
from bot.playground.feed import Feed
from bot.playground.guard import install_guard, is_loopback
from bot.playground.page import Page
from bot.playground.stages import LookingGlass, load_tracing_reader
from bot.services.reader_pool import ReaderPool
from bot.settings import Settings, load_settings
from bot.storage import open_database
from model import ModelCard, ModelError, model_card

if TYPE_CHECKING:
    from model import DigitReader

_MESSAGES_PER_CHAT: Final = 300
_WARNING: Final = """\
**********************************************************************************
  WARNING: the playground listens on {host}. Everybody who can reach this machine
  can read and write its chats. Leave --host out to keep it on this machine.
**********************************************************************************"""


@dataclass(frozen=True, slots=True)
class Playground:
    """A running one."""

    url: str
    cast: Cast
    settings: Settings


async def run(host: str, port: int, *, open_browser: bool) -> None:
    """Serve until SIGINT or SIGTERM; raises `CannotStart`."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: there Ctrl+C ends `asyncio.run`
            loop.add_signal_handler(number, stop.set)
    if not is_loopback(host):
        print(_WARNING.format(host=host), file=sys.stderr, flush=True)
    async with (
        BotApiServer(messages_per_chat=_MESSAGES_PER_CHAT) as server,
        open_playground(server, host, port) as playground,
    ):
        set_up_logging(playground.settings.log_level, playground.cast.bot.token)
        print(f"The playground is at {playground.url} (Ctrl+C ends it)", flush=True)
        if open_browser and _has_screen():
            await asyncio.to_thread(webbrowser.open, playground.url)
        await stop.wait()


@asynccontextmanager
async def open_playground(
    server: BotApiServer,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    load: "Callable[[], DigitReader] | None" = None,
    card: ModelCard | None = None,
) -> AsyncIterator[Playground]:
    """Open everything on a Bot API server that runs; with port 0 any free one is taken.

    `load` and `card` replace the model of the settings. Its data is gone afterwards. Raises
    `CannotStart`.
    """
    async with AsyncExitStack() as stack:
        cast = await Cast.assemble(server)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="digitbot-"))
        settings = _settings(cast, Path(folder))
        load = load or partial(load_tracing_reader, settings.model_path)
        try:
            card = card or model_card(settings.model_path)
            reader = await stack.enter_async_context(
                ReaderPool(load, workers=settings.reader_workers)
            )
        except ModelError as error:
            raise CannotStart(f"The model cannot be used: {error}") from error
        database = await stack.enter_async_context(open_database(settings.data_dir))
        services = Services(reader, database.preferences, card)
        await stack.enter_async_context(polling(build_application(settings, services)))
        feed = Feed(cast, is_exposed=not is_loopback(host))
        url = await stack.enter_async_context(_serve(cast, feed, LookingGlass(load), host, port))
        yield Playground(url, cast, settings)


@asynccontextmanager
async def _serve(
    cast: Cast, feed: Feed, glass: LookingGlass, host: str, port: int
) -> AsyncIterator[str]:
    """Serve the page; yields its address."""
    application = Page(cast, feed, glass).application()
    install_guard(application, own_name=host)

    async def let_pages_go(_: web.Application) -> None:
        feed.close()

    application.on_shutdown.append(let_pages_go)
    runner = web.AppRunner(
        application, access_log=None, handler_cancellation=True, shutdown_timeout=1.0
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise CannotStart(
                f"The page cannot be served on {host}:{port} ({error.strerror}):"
                " choose another port with --port."
            ) from error
        yield f"http://{_in_url(host)}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _settings(cast: Cast, folder: Path) -> Settings:
    """The bot's settings, made for here; MODEL_PATH, LOG_LEVEL and READER_WORKERS still count."""
    return load_settings(
        _env_file=None,
        telegram_bot_token=cast.bot.token,
        telegram_api_url=cast.server.url,
        admin_ids={cast.admin_id},
        data_dir=folder,
    )


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
