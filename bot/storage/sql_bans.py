"""Bans in the database; see `bot.storage.bans.BanRepository`."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, insert, select, update

from bot.storage.bans import Ban
from bot.storage.dialects import writing
from bot.storage.tables import bans
from bot.storage.threads import SqlRepository, in_thread


class SqlBans(SqlRepository):
    """The repository on an engine."""

    @in_thread
    def all(self) -> Sequence[Ban]:
        """Return all bans, the latest first."""
        query = select(bans).order_by(bans.c.since.desc(), bans.c.user_id)
        with self._engine.connect() as connection:
            return [Ban(**row._mapping) for row in connection.execute(query)]

    @in_thread
    def add(self, ban: Ban) -> None:
        """Ban somebody, in the place of a former ban."""
        with writing(self._engine, bans) as connection:
            connection.execute(delete(bans).where(bans.c.user_id == ban.user_id))
            connection.execute(insert(bans).values(asdict(ban)))

    @in_thread
    def note_told(self, user_id: int) -> None:
        """Note that somebody knows that they are banned, if they still are."""
        chosen = update(bans).where(bans.c.user_id == user_id)
        with writing(self._engine) as connection:
            connection.execute(chosen.values(is_told=True))

    @in_thread
    def lift(self, user_id: int) -> bool:
        """Remove a ban; return whether there was one."""
        chosen = delete(bans).where(bans.c.user_id == user_id)
        with writing(self._engine) as connection:
            return connection.execute(chosen).rowcount > 0
