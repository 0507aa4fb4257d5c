"""A database in memory, for tests that are not about databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateTable

from bot.storage import Database
from bot.storage.tables import metadata
from bot.storage.threads import ThreadedEngine


class MemoryDatabase(Database):
    """An empty one, made when it is first used; to be closed only if it was."""

    def __init__(self) -> None:
        engine = create_engine(
            "sqlite://",
            poolclass=QueuePool,
            pool_size=1,  # each connection would have a database of its own
            max_overflow=0,
            connect_args={"check_same_thread": False},
        )
        event.listen(engine, "connect", self._create_tables)
        super().__init__(ThreadedEngine(engine))

    async def close(self) -> None:
        """Forget all that it held."""
        await self._threaded.dispose()

    def _create_tables(self, connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for table in metadata.sorted_tables:
            cursor.execute(str(CreateTable(table).compile(self._threaded.engine)))
        cursor.close()


@asynccontextmanager
async def memory_database() -> AsyncIterator[Database]:
    """Open one for as long as the block runs."""
    database = MemoryDatabase()
    try:
        yield database
    finally:
        await database.close()
