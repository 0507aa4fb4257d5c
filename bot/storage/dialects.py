"""Where SQLite and PostgreSQL want different words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Insert, Table, text
from sqlalchemy.dialects import sqlite
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


def insert_new(connection: AsyncConnection, table: Table) -> Insert:
    """Return the statement that inserts rows, except those whose key is taken."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - takes time to load

    return postgresql.insert(table).on_conflict_do_nothing()
