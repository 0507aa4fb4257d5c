"""The bot as it lives: the whole application, polling a Bot API server over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.api_server import BotAccount, BotApiServer, ChatWindow
from bot.app import build_application, polling
from bot.context import Services
from bot.services.clock import Clock
from bot.services.reader import Reader
from bot.settings import load_settings
from bot.storage import Database, open_database
from tests.bot.builders import make_services


@dataclass
class Running:
    """A running bot and the chat of one person with it."""

    server: BotApiServer
    bot: BotAccount
    chat: ChatWindow
    database: Database
    services: Services


@asynccontextmanager
async def running_bot(
    server: BotApiServer,
    reader: Reader,
    data_dir: Path,
    database_url: SecretStr | None = None,
    clock: Clock | None = None,
    **overrides: object,
) -> AsyncIterator[Running]:
    """Let the bot poll the server for as long as the block runs; `overrides` are settings.

    It waits by `clock` before it tries again what has failed.
    """
    bot = server.add_bot("DigitBot")
    settings = load_settings(
        _env_file=None,
        telegram_bot_token=bot.token,
        telegram_api_url=server.url,
        data_dir=data_dir,
        **overrides,
    )
    async with open_database(data_dir, database_url) as database:
        services = make_services(reader, settings, database, clock=clock)
        async with polling(build_application(settings, services)):
            anna = server.add_person("Anna", language_code="en")
            yield Running(server, bot, server.private_chat(anna), database, services)
