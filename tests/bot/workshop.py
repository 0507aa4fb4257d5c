"""A running bot that can train, over HTTP, with a trainer that only plays; for tests."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr

from bot.api_server import BotAccount, BotApiServer, ChatWindow
from bot.api_server.objects import Message
from bot.app import build_application, polling
from bot.context import Services
from bot.services.correction_files import CORRECTIONS, CorrectionFiles
from bot.services.models import MODELS, Load, Models
from bot.services.reader import CutOut, Reader, ReaderAnswer
from bot.services.trainer import Trainer
from bot.services.training_setup import make_trainer
from bot.settings import Settings, load_settings
from bot.storage import Database, Run, open_database
from model.store import ModelStore
from tests.bot import fake_trainer
from tests.bot.builders import make_services
from tests.bot.readers import Named
from tests.bot.readings import make_digit, make_reading

PATIENCE = 60.0


class SwappingReader:
    """Reads a 7 in everything, with whichever model it was told to load."""

    def __init__(self, load: Load) -> None:
        self._load = load

    async def ready(self) -> None: ...

    async def swap(self, load: Load) -> None:
        load()
        self._load = load

    async def read(self, data: bytes, *, preview: bool = False) -> ReaderAnswer:
        reading = self._load().read(b"0")
        return ReaderAnswer.of(
            replace(make_reading(make_digit(7)), model_version=reading.model_version)
        )

    async def cut_out(self, data: bytes, position: int) -> CutOut | None:
        return None


def named_after(folder: Path) -> Load:
    """Load a reader that knows its version and nothing else."""
    return lambda: Named(folder.name)


@dataclass
class Workshop:
    """A bot, its admin's chat with it, and what lies behind."""

    server: BotApiServer
    bot: BotAccount
    chat: ChatWindow
    database: Database
    trainer: Trainer
    reader: Reader
    data_dir: Path

    async def say(self, text: str) -> Message:
        """Let the admin say something; return the first answer."""
        sent = await self.chat.send_text(text)
        return await self.chat.wait_for_reply(to=sent)

    async def says(
        self, words: str, *, after: Message | None = None, button: str | None = None
    ) -> Message:
        """Wait for a message with these words in it, and this button under it."""

        def wanted(message: Message) -> bool:
            offered = {None, *(b.text for b in message.buttons)}
            return message.from_bot and words in message.text and button in offered

        return await self.chat.wait_for(wanted, after=after, timeout=PATIENCE)

    async def last_run(self) -> Run:
        """The newest run, once none is under way."""
        async with asyncio.timeout(PATIENCE):
            while self.trainer.state is not None:  # noqa: ASYNC110 - it sends no event
                await asyncio.sleep(0.01)
        (run,) = await self.database.trainings.newest()
        return run

    async def whole_report(self) -> Message:
        """The page that comes last, after the report's words and pictures."""
        return await self.chat.wait_for(
            lambda m: m.from_bot and m.media is not None and m.media.kind == "document",
            timeout=PATIENCE,
        )

    async def version(self) -> str:
        """Which model answers photos."""
        return (await self.reader.read(b"")).model_version


@asynccontextmanager
async def playing_services(
    settings: Settings, command: Sequence[str], database_url: SecretStr | None = None
) -> AsyncIterator[tuple[Services, Database]]:
    """What handlers work with, the trainer being `command`."""
    models = Models(ModelStore(settings.data_dir / MODELS), make_load=named_after)
    reader = SwappingReader(models.load())
    async with (
        open_database(settings.data_dir, database_url) as database,
        models.served_by(reader),
    ):
        files = CorrectionFiles(settings.data_dir / CORRECTIONS)
        trainer = make_trainer(settings, models, database, files, command)
        services = make_services(reader, settings, database)
        yield replace(services, models=models, trainer=trainer), database


@asynccontextmanager
async def open_workshop(
    server: BotApiServer,
    data_dir: Path,
    behaviour: str = "better",
    *,
    account: BotAccount | None = None,
    chat: ChatWindow | None = None,
    database_url: SecretStr | None = None,
    **settings: object,
) -> AsyncIterator[Workshop]:
    """Let a bot poll the server, with a trainer that behaves so."""
    bot = account or server.add_bot("DigitBot")
    if chat is None:
        chat = server.private_chat(server.add_person("Ada", language_code="en"))
    all_settings = load_settings(
        _env_file=None,
        telegram_bot_token=bot.token,
        telegram_api_url=server.url,
        data_dir=data_dir,
        admin_ids={chat.person.id},
        **settings,
    )
    command = fake_trainer.command(behaviour)
    async with playing_services(all_settings, command, database_url) as (services, database):
        assert services.trainer is not None
        async with polling(build_application(all_settings, services)):
            yield Workshop(server, bot, chat, database, services.trainer, services.reader, data_dir)
