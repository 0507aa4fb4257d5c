"""Where SQLite and PostgreSQL want different words: begin to write, insert unless it is there."""
# ruff: noqa: PLC0415 - only the dialect in use is worth loading

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Yield a connection in a transaction, which the end of the block commits.

    With SQLite it is the only writer from the start: who read first and becomes one later may find
    that another was faster, and fails. https://sqlite.org/lang_transaction.html
    """
    async with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def insert_unless_there(connection: AsyncConnection, table: Table, **values: Any) -> Insert:
    """Return an insert of one row that does nothing where its key is taken."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert(table).values(**values).on_conflict_do_nothing()
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return postgresql_insert(table).values(**values).on_conflict_do_nothing()
