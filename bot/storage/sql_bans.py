"""Bans in the database; see `bot.storage.bans.BanRepository`."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.bans import Ban
from bot.storage.dialects import writing
from bot.storage.tables import bans


class SqlBans:
    """The repository on an engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def all(self) -> Sequence[Ban]:
        """Return all bans, the latest first."""
        query = select(bans).order_by(bans.c.since.desc(), bans.c.user_id)
        async with self._engine.connect() as connection:
            return [Ban(**row._mapping) for row in await connection.execute(query)]

    async def add(self, ban: Ban) -> None:
        """Ban somebody, in the place of a former ban."""
        async with writing(self._engine, bans) as connection:
            await connection.execute(delete(bans).where(bans.c.user_id == ban.user_id))
            await connection.execute(insert(bans).values(asdict(ban)))

    async def note_told(self, user_id: int) -> None:
        """Note that somebody knows that they are banned, if they still are."""
        chosen = update(bans).where(bans.c.user_id == user_id)
        async with writing(self._engine) as connection:
            await connection.execute(chosen.values(is_told=True))

    async def lift(self, user_id: int) -> bool:
        """Remove a ban; return whether there was one."""
        chosen = delete(bans).where(bans.c.user_id == user_id)
        async with writing(self._engine) as connection:
            return (await connection.execute(chosen)).rowcount > 0
