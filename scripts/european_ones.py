"""A real training from the chat, watched: `python -m scripts.european_ones [MODEL_FOLDER]`.

An admin sends 40 photos of a 1 with a flat upstroke that the model reads as 7, corrects each on the
keypad, and sends /train quick. MNIST is real (MNIST_PATH), the bot, its readers and the trainer are
the real ones; only Telegram is the local Bot API server. It prints how the training went, how the
same photos are read afterwards, and the minutes.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import cv2
import numpy as np

from bot.api_server import BotApiServer, ChatWindow
from bot.api_server.objects import Message
from bot.logs import set_up_logging
from bot.run import run
from bot.settings import load_settings
from model import DigitReader

PHOTOS = 40
HOURS = 4 * 3600.0  # seconds to wait for a training
PATIENCE = 300.0  # seconds to wait for an answer


def photo(rng: np.random.Generator) -> bytes:
    """Draw a 1 whose upstroke rises by 24 to 28 degrees, in ink on paper, as a JPEG."""
    top = np.array([180 + rng.uniform(-20, 20), 110 + rng.uniform(-10, 10)])
    bottom = top + np.array([rng.uniform(-25, 5), 250])
    angle, length = np.radians(rng.uniform(24, 28)), 250 * rng.uniform(0.55, 0.75)
    start = top + length * np.array([-np.cos(angle), np.sin(angle)])
    bends = [(a + b) / 2 + rng.normal(0, 3, 2) for a, b in ((start, top), (top, bottom))]
    points = np.array([start, bends[0], top, bends[1], bottom])
    ink = np.zeros((480, 360), np.uint8)
    fixed = np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(ink, [fixed], False, 255, int(rng.integers(9, 17)), cv2.LINE_AA, 4)
    cover = cv2.GaussianBlur(ink, (0, 0), 1.2)[..., None] / 255
    page = np.full((480, 360, 3), (225, 222, 215)) * (1 - cover) + np.array([60, 45, 50]) * cover
    noisy = np.clip(page + rng.normal(0, 4, page.shape), 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", noisy, (cv2.IMWRITE_JPEG_QUALITY, 88))[1].tobytes()


def misread(reader: DigitReader) -> list[bytes]:
    """Photos of that 1 that the model takes for a 7."""
    rng = np.random.default_rng(1)
    found: list[bytes] = []
    for _ in range(2000):
        if len(found) == PHOTOS:
            break
        data = photo(rng)
        if reader.read(data).number == "7":
            found.append(data)
    return found


async def main(model: Path | None) -> None:
    """Let it happen, and tell."""
    photos = misread(DigitReader.load(model))
    print(f"{len(photos)} photos of a 1 that are read as 7", flush=True)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(BotApiServer())
        data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        account = server.add_bot("DigitBot")
        chat = server.private_chat(server.add_person("Ada", language_code="en"))
        settings = load_settings(
            _env_file=None,
            telegram_bot_token=account.token,
            telegram_api_url=server.url,
            data_dir=data_dir,
            admin_ids={chat.person.id},
        )
        set_up_logging("WARNING", account.token)
        serving = asyncio.create_task(run(settings))
        try:
            before = await read_all(chat, photos)
            for reply in before:
                await chat.press(reply, "✏️")
                await chat.press(await newest(chat, reply), "1")
            print(f"before: {count(before)}", flush=True)
            await train(chat)
            print(f"after: {count(await read_all(chat, photos))}", flush=True)
            print(last_words(data_dir))
        finally:
            serving.cancel()
            await asyncio.wait({serving})


def last_words(data_dir: Path) -> str:
    """What the training said at its end."""
    (events,) = data_dir.glob("training/*/events.jsonl")
    return json.dumps(json.loads(events.read_bytes().splitlines()[-1]), indent=1)


async def train(chat: ChatWindow) -> None:
    """Send /train quick, and print what the progress shows until the report is there."""
    start = time.monotonic()
    await chat.wait_for_reply(to=await chat.send_text("/train"))
    command = await chat.send_text("/train quick")
    progress = await chat.wait_for_reply(to=command)
    watching = asyncio.create_task(_watch(chat, progress))
    report = await chat.wait_for(
        lambda m: m.from_bot and ("p =" in m.text or "failed" in m.text),
        after=progress,
        timeout=HOURS,
    )
    watching.cancel()
    print(report.text)
    print(f"It took {(time.monotonic() - start) / 60:.1f} minutes.", flush=True)


async def _watch(chat: ChatWindow, progress: Message) -> None:
    shown = 0.0
    while True:
        progress = await chat.wait_for_edit(progress, timeout=HOURS)
        if time.monotonic() - shown > 20:
            shown = time.monotonic()
            print(progress.text.replace("\n", " | "), flush=True)


async def read_all(chat: ChatWindow, photos: list[bytes]) -> list[Message]:
    """Send photos one after the other; return the answers."""
    replies = []
    for data in photos:
        sent = await chat.send_photo(data)
        replies.append(await chat.wait_for(_answers(sent), after=sent, timeout=PATIENCE))
    return replies


def _answers(sent: Message) -> Callable[[Message], bool]:
    return lambda message: message.from_bot and message.reply_to == sent.message_id


async def newest(chat: ChatWindow, message: Message) -> Message:
    """The message as it is now."""
    return next(m for m in chat.messages if m.message_id == message.message_id)


def count(replies: list[Message]) -> dict[str, int]:
    """Answers by their first character: the digit."""
    found: dict[str, int] = {}
    for reply in replies:
        found[reply.text[:1]] = found.get(reply.text[:1], 0) + 1
    return found


if __name__ == "__main__":
    if "MNIST_PATH" not in os.environ:
        sys.exit("Name Keras' mnist.npz in MNIST_PATH.")
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
