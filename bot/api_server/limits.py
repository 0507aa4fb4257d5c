"""How much a bot may send: Telegram's own limits, when a server is asked to keep them.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. The burst that is
allowed within one chat is a guess: Telegram does not say.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.api_server.chats import Chat
from bot.api_server.errors import TooManyRequests


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages within so many seconds."""

    messages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What one bot may send; None is no limit."""

    overall: Rate | None = None
    per_chat: Rate | None = None
    per_group: Rate | None = None


UNLIMITED: Final = Limits()
TELEGRAM: Final = Limits(overall=Rate(30, 1), per_chat=Rate(3, 3), per_group=Rate(20, 60))


class Meter:
    """Counts what bots send, and stops them."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._sent: dict[tuple[int, int], deque[float]] = {}  # (bot id, chat id or 0) → times

    def count(self, bot_id: int, chat: Chat, messages: int = 1) -> None:
        """Note that the bot sends so many messages; raises TooManyRequests when it may not."""
        limits = self.limits
        here = [limits.per_chat, limits.per_group if chat.is_group else None]
        checks = [(0, limits.overall), *((chat.id, rate) for rate in here)]
        wanted = [(key, rate) for key, rate in checks if rate is not None]
        if not wanted:
            return
        now = self._clock()
        wait = max(self._wait(bot_id, key, rate, messages, now) for key, rate in wanted)
        if wait > 0:
            raise TooManyRequests(math.ceil(wait))
        for key in {key for key, _ in wanted}:
            self._sent.setdefault((bot_id, key), deque()).extend([now] * messages)

    def _wait(self, bot_id: int, key: int, rate: Rate, messages: int, now: float) -> float:
        """Seconds until so many messages fit into the rate."""
        sent = self._sent.setdefault((bot_id, key), deque())
        while sent and sent[0] <= now - _LONGEST:
            sent.popleft()
        recent = [at for at in sent if at > now - rate.seconds]
        surplus = len(recent) + messages - rate.messages
        if surplus <= 0:
            return 0.0
        return recent[min(surplus, len(recent)) - 1] + rate.seconds - now if recent else 0.0


_LONGEST: Final = 60.0  # seconds that any of the limits looks back
