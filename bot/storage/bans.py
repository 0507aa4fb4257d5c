"""Who is banned, and the repository of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody whom the bot does not answer."""

    user_id: int
    name: str  # as they called themselves then; "" if only the id was given
    since: datetime
    is_told: bool = False  # that they are banned


class BanRepository(Protocol):
    """The bans of this installation."""

    async def all(self) -> Sequence[Ban]:
        """Return all bans, the latest first."""
        ...

    async def add(self, ban: Ban) -> None:
        """Ban somebody, in the place of a former ban."""
        ...

    async def note_told(self, user_id: int) -> None:
        """Note that somebody knows that they are banned, if they still are."""
        ...

    async def lift(self, user_id: int) -> bool:
        """Remove a ban; return whether there was one."""
        ...
