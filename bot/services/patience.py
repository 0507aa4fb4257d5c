"""What to do when Telegram says "later" or "elsewhere", or nothing at all: ask until it is done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from math import inf
from typing import Any

from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

from bot.services.outage import Outage

log = logging.getLogger(__name__)

TRIES = 3  # for what nobody in a chat waits for
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds, while Telegram cannot be reached
CALM = 5.0  # seconds without a failure, then it can be reached again

NEEDED = ("send", "edit", "deleteMessage", "getFile")  # how their names begin
NOT_NEEDED = {"sendChatAction", "answerCallbackQuery"}  # a moment later they mean nothing
TOO_LATE = "query is too old"  # to be answered

# How Telegram says that there is nothing any more, or nobody may write there, to which to answer.
GONE = (
    "chat not found",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "message to edit not found",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
)

Json = bool | dict[str, Any] | list[dict[str, Any]]


class Patience(BaseRateLimiter[int]):
    """Repeats a request that was refused, or may not have arrived; paces nothing by itself.

    Telegram's limits are not published and differ by chat: to be told is better than to guess.
    Whoever sends something waits meanwhile, and with them what comes after it in the chat. Twice is
    better than never: an answer to the first try may be what was lost.

    A caller's `rate_limit_args` is the number of tries for that request. What is sent to a group
    that has become a supergroup goes there, where the message that it quotes does not exist.
    `sleep` is how it waits, and how downloads do.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self.sleep = sleep
        self._outage = Outage("Sending to Telegram", CALM)
        self._ends = False
        self.successes = 0  # requests that Telegram has answered

    @property
    def ends(self) -> bool:
        """Whether the bot stops, and nothing is tried again."""
        return self._ends

    def end(self) -> None:
        """Try nothing again: the bot stops."""
        self._ends = True

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
        """Make the request, again if need be.

        Raises what Telegram refuses for good; for what is not needed, nothing but `RetryAfter`.
        """
        is_needed = endpoint.startswith(NEEDED) and endpoint not in NOT_NEEDED
        tries = 1 if endpoint in NOT_NEEDED else rate_limit_args or (inf if is_needed else TRIES)
        pause = FIRST_PAUSE
        while True:
            try:
                result = await callback(*args, **kwargs)
            except RetryAfter as refusal:
                tries -= 1
                if endpoint == "answerCallbackQuery":
                    return True
                if tries <= 0 or self._ends:
                    raise
                # The public attribute warns that its type will change to this one.
                wait = refusal._retry_after.total_seconds()
                log.warning("Telegram asks to wait %.0f s before %s.", wait, endpoint)
                await self.sleep(wait)
            except ChatMigrated as move:
                if not endpoint.startswith("send") or data.get("chat_id") == move.new_chat_id:
                    raise
                data["chat_id"] = move.new_chat_id
                data.pop("reply_parameters", None)
            except BadRequest as error:
                if endpoint not in NOT_NEEDED or TOO_LATE not in error.message.lower():
                    raise
                return True
            except NetworkError as error:
                self._outage.failed(error)
                if endpoint == "answerCallbackQuery":
                    return True
                tries -= 1
                if not is_needed or tries <= 0 or self._ends:
                    raise
                await self.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            else:
                self._outage.worked()
                self.successes += 1
                return result


def is_gone(error: BaseException) -> bool:
    """Whether Telegram refuses because there is nothing any more, or nobody, to answer."""
    return isinstance(error, BadRequest) and any(sign in error.message.lower() for sign in GONE)
