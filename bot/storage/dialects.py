"""Where SQLite and PostgreSQL want different words: how to begin to write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


@asynccontextmanager
async def writing(
    engine: AsyncEngine, alone_on: Table | None = None
) -> AsyncIterator[AsyncConnection]:
    """Yield a connection in a transaction, which the end of the block commits.

    Nobody else writes to `alone_on` in the meantime; reading goes on. With SQLite nobody writes
    at all: who read first and becomes a writer later may find that another was faster, and fail.
    https://sqlite.org/lang_transaction.html, https://www.postgresql.org/docs/current/sql-lock.html
    """
    async with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif alone_on is not None:
            await connection.execute(
                text(f"LOCK TABLE {alone_on.name} IN SHARE ROW EXCLUSIVE MODE")
            )
        yield connection
