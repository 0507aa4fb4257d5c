"""The database: what it keeps, and that its migrations make what the code expects."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine

from bot.storage import Preferences, PreferencesRepository, open_database
from bot.storage.database import FILE_NAME, HEAD, MIGRATIONS, migrate
from bot.storage.tables import metadata


async def test_preferences_survive_a_restart(tmp_path: Path) -> None:
    async with open_database(tmp_path) as database:
        preferences: PreferencesRepository = database.preferences
        assert await preferences.get(1) == Preferences(preview=False)
        await preferences.save(1, Preferences(preview=True))
        await preferences.save(-1_000_000_000_123, Preferences(preview=True))
    async with open_database(tmp_path) as database:
        assert await database.preferences.get(1) == Preferences(preview=True)
        assert await database.preferences.get(-1_000_000_000_123) == Preferences(preview=True)
        assert await database.preferences.get(2) == Preferences()


async def test_saving_replaces(tmp_path: Path) -> None:
    async with open_database(tmp_path) as database:
        for preview in (True, False, True, False):
            await database.preferences.save(1, Preferences(preview=preview))
        assert await database.preferences.get(1) == Preferences(preview=False)


async def test_many_chats_at_once(tmp_path: Path) -> None:
    async with open_database(tmp_path) as database:
        on = Preferences(preview=True)
        await asyncio.gather(*(database.preferences.save(n % 7, on) for n in range(50)))
        found = await asyncio.gather(*(database.preferences.get(n) for n in range(50)))
    assert found == [on] * 7 + [Preferences()] * 43


async def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    async with open_database(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_migrations_make_the_tables_of_the_code() -> None:
    def differences(connection: Connection) -> list[object]:
        migrate(connection)
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_the_newest_migration_is_the_one_the_code_waits_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_a_database_of_an_older_version_is_migrated(tmp_path: Path) -> None:
    async with open_database(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:  # as before the first one
        connection.executescript("DELETE FROM alembic_version; DROP TABLE chat_preferences")
    async with open_database(tmp_path) as database:
        assert await database.preferences.get(1) == Preferences()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [(HEAD,)]


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    async with open_database(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.executescript("UPDATE alembic_version SET version_num = 'tomorrow'")
    with pytest.raises(CommandError, match="tomorrow"):
        async with open_database(tmp_path):
            pass
