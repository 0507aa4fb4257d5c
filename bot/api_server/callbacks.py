"""Pressed buttons that wait for a bot's answer.

https://core.telegram.org/bots/api#callbackquery
"""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.api_server.bots import BotAccount
from bot.api_server.chats import Chat
from bot.api_server.errors import QUERY_TOO_OLD, BadRequest
from bot.api_server.objects import Message, User
from bot.api_server.render import message_json

_LIFETIME: Final = 150.0  # seconds that a query can be received and answered
_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What a bot said to the pressing of a button."""

    text: str = ""
    show_alert: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Query:
    bot_id: int
    expires: float  # Unix time
    answer: asyncio.Future[CallbackAnswer]


class CallbackQueries:
    """The queries of all bots, the oldest forgotten first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ids = itertools.count(1)
        self._queries: dict[str, _Query] = {}

    def ask(
        self, bot: BotAccount, person: User, chat: Chat, message: Message, data: str
    ) -> asyncio.Future[CallbackAnswer]:
        """Tell `bot` that its button was pressed; the future holds its answer."""
        query_id = str(next(self._ids))
        answer: asyncio.Future[CallbackAnswer] = asyncio.get_running_loop().create_future()
        self._queries[query_id] = _Query(bot.id, self._clock() + _LIFETIME, answer)
        if len(self._queries) > _KEPT:
            del self._queries[next(iter(self._queries))]
        body = {
            "id": query_id,
            "from": person.to_json(),
            "message": message_json(chat, message),
            "chat_instance": str(chat.id),
            "data": data,
        }
        bot.updates.put("callback_query", body, lifetime=_LIFETIME)
        return answer

    def answer(self, bot: BotAccount, query_id: str, answer: CallbackAnswer) -> None:
        """Give a bot's answer to who pressed; raises BadRequest when that comes too late.

        A second answer changes nothing.
        """
        query = self._queries.get(query_id)
        if query is None or query.bot_id != bot.id or query.expires <= self._clock():
            raise BadRequest(QUERY_TOO_OLD)
        if not query.answer.done():
            query.answer.set_result(answer)
