"""Where SQLite and PostgreSQL want different words."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC

from sqlalchemy import Connection, Engine, Insert, Table, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


@contextmanager
def writing(engine: Engine, alone_on: Table | None = None) -> Iterator[Connection]:
    """Yield a connection in a transaction, which the end of the block commits.

    Nobody else writes to `alone_on` in the meantime; reading goes on. With SQLite nobody writes
    at all: who read first and becomes a writer later may find that another was faster, and fail.
    https://sqlite.org/lang_transaction.html, https://www.postgresql.org/docs/current/sql-lock.html
    """
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif alone_on is not None:
            connection.execute(text(f"LOCK TABLE {alone_on.name} IN SHARE ROW EXCLUSIVE MODE"))
        yield connection


@contextmanager
def erasing(engine: Engine, alone_on: Table | None = None) -> Iterator[Connection]:
    """Like `writing`, for what is to be gone: SQLite would keep a copy in its journal for a while.

    https://sqlite.org/pragma.html#pragma_wal_checkpoint
    """
    with writing(engine, alone_on) as connection:
        yield connection
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def insert_new(connection: Connection, table: Table) -> Insert:
    """Return the statement that inserts rows, except those whose key is taken."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - takes time to load

    return postgresql.insert(table).on_conflict_do_nothing()


def is_unavailable(error: BaseException) -> bool:
    """Whether an error says that the database, or the disk, is locked, full or gone for now.

    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    if isinstance(error, OSError):
        return isinstance(error, ConnectionError) or error.errno in (ENOSPC, EDQUOT)
    if isinstance(error, DBAPIError):
        if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
            return True
        return is_unavailable(error.orig) if error.orig else False
    return str(getattr(error, "sqlstate", "")).startswith(("08", "53", "57P"))
