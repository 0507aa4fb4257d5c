"""What tests of the bot are made of: updates, and fakes without network.

`make_message` and its kin build updates as Telegram sends them, from JSON.
"""

import asyncio
import itertools
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.app import BotApplication, build_application
from bot.context import Services
from bot.services.bans import Bans
from bot.services.clock import Clock, RealClock
from bot.services.correction_files import CORRECTIONS, CorrectionFiles
from bot.services.corrections import Corrections
from bot.services.health import Health
from bot.services.inbox import Inbox
from bot.services.patience import Patience
from bot.services.reader import CutOut, Reader, ReaderAnswer
from bot.settings import Settings, load_settings
from bot.storage import ChatRepository, ChatSettings, Database
from bot.texts import answers
from bot.texts.words import words_in
from model import Reading
from tests.bot.databases import MemoryDatabase
from tests.bot.readings import FixedModel, draw_seven, encode

TOKEN = "123456789:AAtheSecretPartOfAToken"
ANNA = {"id": 1001, "is_bot": False, "first_name": "Anna"}
BOT = {"id": 123456789, "is_bot": True, "first_name": "DigitBot", "username": "DigitBot"}
PRIVATE: dict[str, Any] = {"id": 1001, "type": "private", "first_name": "Anna"}
GROUP: dict[str, Any] = {"id": -2002, "type": "group", "title": "Maths"}
CHANNEL: dict[str, Any] = {"id": -1003003, "type": "channel", "title": "News"}

ENGLISH = words_in("en")

NOW = 1_780_000_000  # of messages, and of the server

HEALTHY = Health(
    up_for=7300.0,
    model="20260101-1",
    database=None,
    heard=4.0,
    waiting=0,
    retried=0,
    poisonous=0,
    restarts=0,
    training=None,
)

_ids = itertools.count(1)


# Updates


def make_message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    """Return a message with this content, as in `make_message(text="hi")`."""
    return {
        "message_id": next(_ids),
        "date": NOW,
        "chat": chat,
        "from": ANNA,
        **content,
    }


def make_command(text: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    """Return a message that is a command, marked as one the way Telegram does."""
    length = len(text.split(maxsplit=1)[0])
    entity = {"type": "bot_command", "offset": 0, "length": length}
    return make_message(chat, text=text, entities=[entity])


def make_file(file_id: str = "file", **fields: Any) -> dict[str, Any]:
    """Return what all files have in common."""
    return {"file_id": file_id, "file_unique_id": f"unique-{file_id}", **fields}


def make_photo(*file_ids: str) -> list[dict[str, Any]]:
    """Return the sizes of a photo, smallest first."""
    names = file_ids or ("small", "large")
    return [make_file(name, width=90 * n, height=90 * n) for n, name in enumerate(names, start=1)]


def make_press(data: str, message: dict[str, Any] | None) -> dict[str, Any]:
    """Return a callback query: Anna pressing a button under `message`."""
    query = {"id": "q1", "from": ANNA, "chat_instance": "1", "data": data}
    return query if message is None else {**query, "message": message}


def make_update(bot: Bot, kind: str = "message", **body: Any) -> Update:
    """Return an update; `body` is what lies under `kind`."""
    update = Update.de_json({"update_id": next(_ids), kind: body}, bot)
    assert isinstance(update, Update)
    return update


# Collaborators


class FakeReader:
    """Answers every image with the same, and remembers what it was asked."""

    def __init__(self, outcome: Reading | Exception) -> None:
        self.outcome = outcome
        self.read_images: list[bytes] = []

    async def read(self, data: bytes, *, preview: bool = False) -> ReaderAnswer:
        self.read_images.append(data)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        drawn = encode(draw_seven(), "PNG") if preview and self.outcome.digits else None
        return ReaderAnswer.of(self.outcome, drawn)

    async def cut_out(self, data: bytes, position: int) -> CutOut | None:
        number = (await self.read(data)).number
        return CutOut(number, b"glyph", b"crop") if position < len(number) else None


def answer_to(reading: Reading) -> str:
    """Return the words for a reading."""
    return answers.answer(ENGLISH, ReaderAnswer.of(reading))


class MemoryChats:
    """Chats in dicts."""

    def __init__(self) -> None:
        self.settings: dict[int, ChatSettings] = {}
        self.greeted: set[int] = set()
        self.left: dict[int, datetime] = {}

    async def get(self, chat_id: int) -> ChatSettings:
        return self.settings.get(chat_id, ChatSettings())

    async def change(
        self, chat_id: int, change: Callable[[ChatSettings], ChatSettings]
    ) -> ChatSettings:
        self.settings[chat_id] = change(await self.get(chat_id))
        return self.settings[chat_id]

    async def greet(self, chat_id: int) -> bool:
        first = chat_id not in self.greeted
        self.greeted.add(chat_id)
        return first

    async def leave(self, chat_id: int, when: datetime) -> None:
        self.left[chat_id] = when

    async def come_back(self, chat_id: int) -> None:
        self.left.pop(chat_id, None)

    async def forget_left(self, before: datetime) -> int:
        gone = [chat_id for chat_id, when in self.left.items() if when < before]
        for chat_id in gone:
            del self.left[chat_id]
            self.settings.pop(chat_id, None)
            self.greeted.discard(chat_id)
        return len(gone)

    async def forget(self, chat_id: int) -> bool:
        self.greeted.discard(chat_id)
        return self.settings.pop(chat_id, None) is not None

    async def migrate(self, old_chat_id: int, new_chat_id: int) -> None:
        if old_chat_id in self.settings:
            self.settings[new_chat_id] = self.settings.pop(old_chat_id)
        if old_chat_id in self.greeted:
            self.greeted.discard(old_chat_id)
            self.greeted.add(new_chat_id)


def make_services(
    reader: Reader,
    settings: Settings,
    database: Database | None = None,
    chats: ChatRepository | None = None,
    clock: Clock | None = None,
) -> Services:
    """Return what handlers work with; without a database, one in memory that nobody must use."""
    database = database or MemoryDatabase()
    files = CorrectionFiles(settings.data_dir / CORRECTIONS)
    corrections = Corrections(database.corrections, files, reader)
    return Services(
        reader,
        chats or database.chats,
        FixedModel(),
        corrections,
        Bans(database.bans),
        Inbox(database.inbox, clock),
        settings,
        patience=Patience((clock or RealClock()).sleep),
    )


class OfflineRequest(BaseRequest):
    """A transport that records each call and answers it without a network.

    `failures` maps a method to the error that it ends with.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failures: dict[str, TelegramError] = {}
        self.file = encode(draw_seven())
        self.first_reply = asyncio.Event()

    @property
    def read_timeout(self) -> float:
        return 1.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2] if method == "POST" else "download"
        self.calls.append((name, request_data.parameters if request_data else {"url": url}))
        if name == "sendMessage":
            self.first_reply.set()
        if name in self.failures:
            raise self.failures[name]
        if name == "download":
            return 200, self.file
        return 200, json.dumps({"ok": True, "result": self._result(name)}).encode()

    def _result(self, name: str) -> object:
        if name == "getMe":
            return BOT
        if name == "getFile":
            return make_file(file_path="photos/1.jpg")
        if name == "getChatMember":
            return {"status": "member", "user": BOT}
        if name.startswith(("send", "editMessage")) and name != "sendChatAction":
            return make_message(text="…")
        return True

    def sent(self, *names: str) -> list[dict[str, Any]]:
        """Return the parameters of all calls of these methods."""
        return [parameters for name, parameters in self.calls if name in names]

    @property
    def replies(self) -> list[str]:
        """The texts and captions of all that was sent."""
        messages = self.sent("sendMessage", "sendPhoto")
        return [message.get("text") or message["caption"] for message in messages]

    def names(self, *but: str) -> Sequence[str]:
        """Return the methods called in order, without those named."""
        return [name for name, _ in self.calls if name not in but]


class OfflineBot:
    """The whole application on an `OfflineRequest`; an async context manager."""

    def __init__(
        self, reader: Reader, settings: Settings | None = None, chats: MemoryChats | None = None
    ) -> None:
        self.request = OfflineRequest()
        self.chats = chats or MemoryChats()
        self.database = MemoryDatabase()
        settings = settings or load_settings(_env_file=None, telegram_bot_token=TOKEN)
        services = make_services(reader, settings, self.database, self.chats)
        services.inbox.server_time.hear(format_datetime(datetime.fromtimestamp(NOW, UTC)))
        self.application: BotApplication = build_application(
            settings, services, transport=self.request
        )

    async def __aenter__(self) -> "OfflineBot":
        await self.application.initialize()
        self.request.calls.clear()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.application.shutdown()
        await self.database.close()

    async def receive(self, kind: str = "message", **body: Any) -> None:
        """Let the bot handle one update to its end."""
        await self.application.process_update(make_update(self.application.bot, kind, **body))
