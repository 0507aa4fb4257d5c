"""What tests of the bot are made of: readings, updates, pictures, and fakes without network.

`make_message` and its kin build updates as Telegram sends them, from JSON.
"""

import asyncio
import io
import itertools
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.app import BotApplication, build_application
from bot.context import Services
from bot.services.reader import Reader, ReaderAnswer
from bot.settings import Settings, load_settings
from bot.storage import Preferences
from model import Box, Digit, Metric, ModelCard, Reading, Reason, Timings

TOKEN = "123456789:AAtheSecretPartOfAToken"
ANNA = {"id": 1001, "is_bot": False, "first_name": "Anna"}
BOT = {"id": 123456789, "is_bot": True, "first_name": "DigitBot", "username": "DigitBot"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "Anna"}
GROUP = {"id": -2002, "type": "group", "title": "Maths"}
CHANNEL = {"id": -1003003, "type": "channel", "title": "News"}

_ids = itertools.count(1)


# Readings


def make_digit(digit: int = 7, confidence: float = 0.99, **rivals: float) -> Digit:
    """Return a digit; rivals are scores by digit, as in `make_digit(7, 0.6, d1=0.3)`."""
    scores = [0.0] * 10
    for name, score in rivals.items():
        scores[int(name[1])] = score
    scores[digit] = confidence
    return Digit(digit, confidence, tuple(scores), Box(10, 20, 30, 40), np.zeros((28, 28), "f4"))


def make_reading(*digits: Digit, number: str | None = None) -> Reading:
    """Return a reading of these digits, in one row unless `number` says otherwise."""
    written = number or "".join(str(digit.digit) for digit in digits)
    return Reading("ok", written, digits, "1.0", Timings())


def make_refusal(reason: Reason) -> Reading:
    """Return a reading that found no digit."""
    return Reading("no_digit", "", (), "1.0", Timings(), reason)


def make_card(*metrics: Metric, version: str = "1.0") -> ModelCard:
    """Return a model card."""
    return ModelCard(
        version=version,
        created=date(2026, 3, 9),
        fingerprint="0123abcd",
        classes=tuple("0123456789"),
        temperature=1.0,
        parameters=300_000,
        seed=1,
        epochs=1,
        metrics=metrics,
    )


# Pictures


def draw_seven(width: int = 640, height: int = 480) -> Image.Image:
    """Return a picture of a 7, dark on light."""
    image = Image.new("RGB", (width, height), "white")
    points = [(0.35, 0.2), (0.65, 0.2), (0.45, 0.8)]
    line = [(x * width, y * height) for x, y in points]
    ImageDraw.Draw(image).line(line, fill=(20, 20, 90), width=max(2, width // 30), joint="curve")
    return image


def encode(image: Image.Image, image_format: str = "JPEG") -> bytes:
    """Return an image file."""
    buffer = io.BytesIO()
    image.save(buffer, image_format)
    return buffer.getvalue()


# Updates


def make_message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    """Return a message with this content, as in `make_message(text="hi")`."""
    return {
        "message_id": next(_ids),
        "date": 1_780_000_000,
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
        return ReaderAnswer(self.outcome, drawn)


class MemoryPreferences:
    """Preferences in a dict."""

    def __init__(self) -> None:
        self.chats: dict[int, Preferences] = {}

    async def get(self, chat_id: int) -> Preferences:
        return self.chats.get(chat_id, Preferences())

    async def save(self, chat_id: int, preferences: Preferences) -> None:
        self.chats[chat_id] = preferences


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

    def __init__(self, reader: Reader, settings: Settings | None = None) -> None:
        self.request = OfflineRequest()
        self.preferences = MemoryPreferences()
        self.application: BotApplication = build_application(
            settings or load_settings(_env_file=None, telegram_bot_token=TOKEN),
            Services(reader, self.preferences, make_card()),
            transport=self.request,
        )

    async def __aenter__(self) -> "OfflineBot":
        await self.application.initialize()
        self.request.calls.clear()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.application.shutdown()

    async def receive(self, kind: str = "message", **body: Any) -> None:
        """Let the bot handle one update to its end."""
        await self.application.process_update(make_update(self.application.bot, kind, **body))
