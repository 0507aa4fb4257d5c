"""The database itself: SQLite in the data folder, or PostgreSQL where one is named.

SQLAlchemy's Core alone, on its asyncio engines; its ORM, which those load as well, stays unused.
"""

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import CannotStart
from bot.storage.sql_bans import SqlBans
from bot.storage.sql_chats import SqlChats
from bot.storage.sql_corrections import SqlCorrections
from bot.storage.sql_inbox import SqlInbox
from bot.storage.sql_trainings import SqlTrainings
from bot.storage.upgrade import upgrade

FILE_NAME = "digitbot.sqlite3"
PATIENT_TRIES = 50  # at 0.1 s each

NO_DRIVER = "DATABASE_URL needs asyncpg: install it with `pip install digitbot[postgres]`."
UNREACHABLE = "The database of DATABASE_URL cannot be used: {problem}"


class Database:
    """The repositories of one open database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.chats = SqlChats(engine)
        self.corrections = SqlCorrections(engine)
        self.inbox = SqlInbox(engine)
        self.trainings = SqlTrainings(engine)
        self.bans = SqlBans(engine)
        self._engine = engine

    async def ping(self) -> None:
        """Return if the database answers; raise what its driver does, if not."""
        async with self._engine.connect() as connection:
            await connection.execute(select(1))


@asynccontextmanager
async def open_database(data_dir: Path, url: SecretStr | None = None) -> AsyncIterator[Database]:
    """Open the database, created or migrated to what this code expects.

    Without `url` that is SQLite in `data_dir`; `url` is PostgreSQL's, as libpq takes it:
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS

    Raises `CannotStart` if there is no such database, or a newer version has used it.
    """
    engine = await make_engine(data_dir, url)
    try:
        await upgrade(engine)
        yield Database(engine)
    finally:
        await engine.dispose()


async def make_engine(data_dir: Path, url: SecretStr | None) -> AsyncEngine:
    """Return what connects to the database, whatever is in there."""
    if url is None:
        return _sqlite(data_dir / FILE_NAME)
    return await _postgresql(url.get_secret_value())


async def _postgresql(url: str) -> AsyncEngine:
    """Return an engine whose connections asyncpg makes from the URL: it knows all of libpq's."""
    try:
        import asyncpg  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise CannotStart(NO_DRIVER) from None

    async def connect() -> Any:
        return await asyncpg.connect(url)

    try:
        await (await connect()).close()
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        problem = str(error) or type(error).__name__
        raise CannotStart(UNREACHABLE.format(problem=problem)) from error
    return create_async_engine(
        "postgresql+asyncpg://", async_creator=connect, pool_pre_ping=True, hide_parameters=True
    )


def _sqlite(path: Path) -> AsyncEngine:
    # Errors get into the log, and what people wrote is none of its business.
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _configure)
    return engine


def _configure(connection: Any, _record: object) -> None:
    """Set what SQLite keeps for each connection: https://sqlite.org/pragma.html."""
    cursor = connection.cursor()
    _write_ahead(cursor)
    for pragma in (
        "synchronous = NORMAL",  # with WAL, only a power cut may cost a commit, and none corrupts
        "busy_timeout = 5000",
        "foreign_keys = ON",
        "secure_delete = ON",  # what somebody had deleted is not left in the file
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Let readers and the writer not wait for each other.

    Only a file's first connection changes anything. SQLite does not wait for another process that
    does the same at that moment, whatever the time-out.
    """
    for tries_left in reversed(range(PATIENT_TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if not tries_left:
                raise
            time.sleep(0.1)
        else:
            return
