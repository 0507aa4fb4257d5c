"""What went over the wire: every request with its answer, kept up to a bound."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.api_server.bots import BotAccount
from bot.api_server.errors import ApiError
from bot.api_server.objects import Json

WEBHOOK: Final = "webhook"  # stands for a method where an update was pushed: the result


@dataclass(frozen=True, slots=True)
class SentFile:
    """An uploaded file as the record keeps it: without its bytes."""

    file_name: str | None
    mime_type: str | None
    size: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call of a method and how it went."""

    bot: BotAccount
    method: str  # in Telegram's spelling
    params: Mapping[str, Json | SentFile]
    result: Json = None
    error: ApiError | None = (
        None  # what Telegram itself would refuse, or a fault that a test asked for
    )
    at: float = 0.0  # Unix time of the answer
