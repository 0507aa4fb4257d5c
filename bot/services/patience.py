"""What to do when Telegram says "later" or "elsewhere": wait as long as it asks, or go there."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram.error import ChatMigrated, RetryAfter
from telegram.ext import BaseRateLimiter

log = logging.getLogger(__name__)

TRIES = 3
LONGEST_WAIT = 60.0  # seconds; who is asked to wait longer has lost interest in the answer

Json = bool | dict[str, Any] | list[dict[str, Any]]


class Patience(BaseRateLimiter[int]):
    """Repeats a refused request after `retry_after`; paces nothing by itself.

    Telegram's limits are not published and differ by chat: to be told is better than to guess. A
    caller's `rate_limit_args` is the number of tries for that request. What is sent to a group that
    has become a supergroup meanwhile goes there, where the message that it quotes does not exist.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._sleep = sleep

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Json]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Json:
        """Make the request, again if need be. A chat action is never worth a second try."""
        tries = 1 if endpoint == "sendChatAction" else rate_limit_args or TRIES
        while True:
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as refusal:
                # The public attribute warns that its type will change to this one.
                wait = refusal._retry_after.total_seconds()
                tries -= 1
                if tries <= 0 or wait > LONGEST_WAIT:
                    raise
                log.warning("Telegram asks to wait %.0f s before %s.", wait, endpoint)
                await self._sleep(wait)
            except ChatMigrated as move:
                if not endpoint.startswith("send") or data.get("chat_id") == move.new_chat_id:
                    raise
                data["chat_id"] = move.new_chat_id
                data.pop("reply_parameters", None)
