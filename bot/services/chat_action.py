"""The line under the bot's name, "typing…" or "sending a photo…", shown while it works."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import Message
from telegram.constants import ChatAction
from telegram.error import TelegramError

REPEAT = 4.0  # seconds; Telegram shows an action for five

_running: set[asyncio.Task[None]] = set()  # the loop itself holds tasks only weakly


@asynccontextmanager
async def showing(
    action: ChatAction, message: Message, repeat: float = REPEAT
) -> AsyncIterator[None]:
    """Show `action` where `message` was written, for as long as the block runs.

    It is sent again every `repeat` seconds. The work in the block neither waits for these requests
    nor notices when they fail.
    """
    done = asyncio.Event()
    task = asyncio.create_task(_repeat(action, message, done, repeat))
    _running.add(task)
    task.add_done_callback(_running.discard)
    await asyncio.sleep(0)  # the first request sets out before the work does
    try:
        yield
    finally:
        done.set()  # not cancel(): that would tear the connection of a request under way


async def _repeat(
    action: ChatAction, message: Message, done: asyncio.Event, seconds: float
) -> None:
    while not done.is_set():
        with suppress(TelegramError):
            await message.reply_chat_action(action)
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), seconds)
