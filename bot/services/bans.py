"""Who is banned, held in memory as well: every update asks."""

from collections.abc import Sequence
from dataclasses import replace

from bot.storage import Ban, BanRepository


class Bans:
    """The bans; nobody else changes them while the bot runs."""

    def __init__(self, repository: BanRepository) -> None:
        self._repository = repository
        self._bans: dict[int, Ban] = {}

    async def load(self) -> None:
        """Learn of them, before the first update is handled."""
        self._bans = {ban.user_id: ban for ban in await self._repository.all()}

    def all(self) -> Sequence[Ban]:
        """Return them, the latest first."""
        return sorted(self._bans.values(), key=lambda ban: ban.since, reverse=True)

    def is_banned(self, user_id: int) -> bool:
        """Whether a person is not to be heard."""
        return user_id in self._bans

    async def add(self, ban: Ban) -> None:
        """Ban somebody: from this moment, and for good once this returns."""
        self._bans[ban.user_id] = ban
        await self._repository.add(ban)

    async def lift(self, user_id: int) -> Ban | None:
        """Hear somebody again; return the ban that was, None if there was none."""
        await self._repository.lift(user_id)
        return self._bans.pop(user_id, None)

    async def tell_of(self, user_id: int) -> bool:
        """Return whether somebody who is banned is still to be told so, which this is the moment
        for: nobody else is asked to.
        """
        ban = self._bans.get(user_id)
        if ban is None or ban.is_told:
            return False
        self._bans[user_id] = replace(ban, is_told=True)
        await self._repository.note_told(user_id)
        return True
