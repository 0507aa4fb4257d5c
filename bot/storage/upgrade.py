"""Brings a database to the tables this code expects, one process at a time.

Alembic is loaded only where there is something to do: it would take a tenth of the time and memory
of a start.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select, text

from bot.errors import CannotStart
from bot.storage.dialects import writing
from bot.storage.tables import schema_version

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0006"  # the newest of them; a test compares
LOCK = 0x6469676974  # any number will do, but it must be the same in each version

FROM_THE_FUTURE = (
    "The database was last used by a newer version of DigitBot (its tables are {revision}, this"
    " version knows {head}): install that version, or restore a backup from before it."
)


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing.

    Raises `CannotStart` if the database is ahead of this code.
    """
    if revision_of(engine) == HEAD:
        return
    with writing(engine) as connection:  # which locks all of SQLite already
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        migrate(connection)


def revision_of(engine: Engine) -> str | None:
    """Return what the tables are, such as `HEAD`; None if there are none."""
    with engine.connect() as connection:
        return _revision(connection)


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing on a connection, in its transaction."""
    if _revision(connection) == HEAD:  # another process was faster
        return
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    revision = _revision(connection)
    if revision is not None and revision not in known:
        raise CannotStart(FROM_THE_FUTURE.format(revision=revision, head=HEAD))
    config.attributes["connection"] = connection  # env.py runs on it
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(schema_version.name):
        return None
    return connection.scalar(select(schema_version.c.version_num))
