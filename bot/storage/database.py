"""The database itself: SQLite in the data folder, migrated when it is opened.

Plain SQLAlchemy, in threads: its asyncio half would load the ORM for nothing, and change threads
for each step of a transaction rather than once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.dialects.sqlite import insert

from bot.storage.preferences import Preferences
from bot.storage.tables import chat_preferences, schema_version

FILE_NAME = "digitbot.sqlite3"
MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0001"  # the newest of them; a test compares


class SqlPreferences:
    """Preferences in the database; see `PreferencesRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def get(self, chat_id: int) -> Preferences:
        """Return a chat's preferences, the defaults if it has none."""
        return await asyncio.to_thread(self._get, chat_id)

    async def save(self, chat_id: int, preferences: Preferences) -> None:
        """Replace a chat's preferences."""
        await asyncio.to_thread(self._save, chat_id, preferences)

    def _get(self, chat_id: int) -> Preferences:
        query = select(chat_preferences.c.preview).where(chat_preferences.c.chat_id == chat_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return Preferences() if row is None else Preferences(preview=row.preview)

    def _save(self, chat_id: int, preferences: Preferences) -> None:
        values = {"preview": preferences.preview}
        statement = insert(chat_preferences).values(chat_id=chat_id, **values)
        with self._engine.begin() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["chat_id"], set_=values)
            )


class Database:
    """The repositories of one open database."""

    def __init__(self, engine: Engine) -> None:
        self.preferences = SqlPreferences(engine)


@asynccontextmanager
async def open_database(data_dir: Path) -> AsyncIterator[Database]:
    """Open the database in `data_dir`, created or migrated to what this code expects."""
    engine = create_engine(f"sqlite:///{data_dir / FILE_NAME}")
    event.listen(engine, "connect", _configure)
    try:
        await asyncio.to_thread(_prepare, engine)
        yield Database(engine)
    finally:
        engine.dispose()


def _prepare(engine: Engine) -> None:
    with engine.begin() as connection:
        migrate(connection)


def migrate(connection: Connection) -> None:
    """Bring the database up to date; nothing happens, and Alembic is not loaded, if it is."""
    if _revision(connection) == HEAD:
        return
    from alembic import command  # noqa: PLC0415 - a tenth of the time and memory of a start
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection  # env.py runs on it, in its transaction
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(schema_version.name):
        return None
    return connection.scalar(select(schema_version.c.version_num))


def _configure(connection: Any, _record: object) -> None:
    """Set what SQLite keeps for each connection: https://sqlite.org/pragma.html."""
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",  # readers and the writer do not wait for each other
        "synchronous = NORMAL",  # with WAL, only a power cut may cost a commit, and none corrupts
        "busy_timeout = 5000",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
