"""Misbehaviour on request: what networks and Telegram do to a bot on a bad day."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final, Self

from bot.api_server.errors import ApiError, TooManyRequests, TornConnection

DOWNLOAD: Final = "download"  # stands for fetching a file, where a method's name is asked for


@dataclass(frozen=True, slots=True)
class Fault:
    """One way for a request to go wrong.

    With `acts`, the method takes effect before the answer is lost or spoilt, so that a bot which
    tries again may do it twice.
    """

    error: ApiError | None = None
    silence: float = 0.0  # seconds before anything else happens
    acts: bool = False

    async def happen(self) -> None:
        """Let time pass, then raise what the fault answers with, if it does."""
        await asyncio.sleep(self.silence)
        if self.error is not None:
            raise self.error

    @classmethod
    def too_many_requests(cls, retry_after: int) -> Self:
        """429, come back after that many seconds."""
        return cls(TooManyRequests(retry_after))

    @classmethod
    def server_error(cls, code: int = 502, *, acts: bool = False) -> Self:
        """5xx with a page of HTML, as from the proxy before Telegram."""
        return cls(ApiError(code, "Bad Gateway"), acts=acts)

    @classmethod
    def torn_connection(cls, *, acts: bool = False) -> Self:
        """The connection breaks instead of an answer."""
        return cls(TornConnection(), acts=acts)

    @classmethod
    def silent(cls, seconds: float, *, acts: bool = False) -> Self:
        """Nothing for so long, then a torn connection."""
        return cls(TornConnection(), silence=seconds, acts=acts)

    @classmethod
    def slow(cls, seconds: float) -> Self:
        """A right answer, late."""
        return cls(silence=seconds)


class Faults:
    """The faults that are due, by method."""

    def __init__(self) -> None:
        self._due: dict[str, deque[Fault]] = {}

    def add(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next `times` calls of `method` suffer `fault`; "*" means any method."""
        self._due.setdefault(method.lower(), deque()).extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """The fault for this call, used up by it."""
        for name in (method.lower(), "*"):
            if due := self._due.get(name):
                return due.popleft()
        return None

    def clear(self) -> None:
        """Behave again."""
        self._due.clear()
