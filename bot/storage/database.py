"""The database itself: SQLite in the data folder, or PostgreSQL where one is named.

SQLAlchemy's Core alone, from threads; see `bot.storage.threads`.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, event, select

from bot.errors import CannotStart
from bot.storage.sql_bans import SqlBans
from bot.storage.sql_chats import SqlChats
from bot.storage.sql_corrections import SqlCorrections
from bot.storage.sql_inbox import SqlInbox
from bot.storage.sql_trainings import SqlTrainings
from bot.storage.threads import THREADS, ThreadedEngine
from bot.storage.upgrade import upgrade

FILE_NAME = "digitbot.sqlite3"
PATIENT_TRIES = 50  # at 0.1 s each

# A thread that waits cannot be called off: a server that is gone without a word is noticed.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
LIVELY = {
    "connect_timeout": 10,  # seconds
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}

NO_DRIVER = "DATABASE_URL needs psycopg: install it with `pip install digitbot[postgres]`."
MALFORMED = "the URL is malformed (in a password, a space is %20, @ is %40 and % is %25)."
UNREACHABLE = "The database of DATABASE_URL cannot be used: {problem}"


class Database:
    """The repositories of one open database."""

    def __init__(self, threaded: ThreadedEngine) -> None:
        self.chats = SqlChats(threaded)
        self.corrections = SqlCorrections(threaded)
        self.inbox = SqlInbox(threaded)
        self.trainings = SqlTrainings(threaded)
        self.bans = SqlBans(threaded)
        self._threaded = threaded

    async def ping(self) -> None:
        """Return if the database answers; raise what its driver does, if not."""
        await self._threaded.run(self._ping)

    def _ping(self) -> None:
        with self._threaded.engine.connect() as connection:
            connection.execute(select(1))


@asynccontextmanager
async def open_database(data_dir: Path, url: SecretStr | None = None) -> AsyncIterator[Database]:
    """Open the database, created or migrated to what this code expects.

    Without `url` that is SQLite in `data_dir`; `url` is PostgreSQL's, as libpq takes it:
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS

    Raises `CannotStart` if there is no such database, or a newer version has used it.
    """
    threaded = ThreadedEngine(await asyncio.to_thread(make_engine, data_dir, url))
    try:
        await threaded.run(partial(upgrade, threaded.engine))
        yield Database(threaded)
    finally:
        await threaded.dispose()


def make_engine(data_dir: Path, url: SecretStr | None) -> Engine:
    """Return what connects to the database, whatever is in there.

    Raises `CannotStart` if it is PostgreSQL and does not let us in.
    """
    if url is None:
        return _sqlite(data_dir / FILE_NAME)
    return _postgresql(url.get_secret_value())


def _postgresql(url: str) -> Engine:
    """Return an engine whose connections psycopg makes from the URL: it knows all of libpq's."""
    try:
        import psycopg  # noqa: PLC0415 - an extra
        from psycopg.conninfo import conninfo_to_dict, make_conninfo  # noqa: PLC0415
    except ModuleNotFoundError:
        raise CannotStart(NO_DRIVER) from None
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:  # which may quote the password
        raise CannotStart(UNREACHABLE.format(problem=MALFORMED)) from None
    where = make_conninfo(url, **{k: v for k, v in LIVELY.items() if k not in given})
    try:
        psycopg.connect(where).close()
    except psycopg.Error as error:
        raise CannotStart(UNREACHABLE.format(problem=error)) from error
    return create_engine(
        "postgresql+psycopg://",
        creator=partial(psycopg.connect, where),
        pool_size=THREADS,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _sqlite(path: Path) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Errors get into the log, and what people wrote is none of its business.
    engine = create_engine(
        f"sqlite:///{path}", pool_size=THREADS, max_overflow=0, hide_parameters=True
    )
    event.listen(engine, "connect", _configure)
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
