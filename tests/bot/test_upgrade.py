"""An upgrade runs once, whichever process is first, and keeps what was there."""

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from bot.storage import open_database
from bot.storage.database import make_engine
from bot.storage.upgrade import HEAD, revision_of

ROOT = Path(__file__).parents[2]
PROCESSES = 3

# Everything is loaded before the word to go, so that they meet at the database.
BOT = """
import asyncio, sys
from pathlib import Path
import alembic.command, psycopg
from pydantic import SecretStr
from bot.storage import open_database

async def main():
    url = SecretStr(sys.argv[2]) if len(sys.argv) > 2 else None
    print("ready", flush=True)
    sys.stdin.readline()
    async with open_database(Path(sys.argv[1]), url) as database:
        print(await database.chats.get(2), flush=True)

asyncio.run(main())
"""


async def test_processes_that_start_at_once_upgrade_once(
    tmp_path: Path, database_url: SecretStr | None
) -> None:
    make_first_version(tmp_path, database_url)
    where = [str(tmp_path), *([database_url.get_secret_value()] if database_url else [])]
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", BOT, *where),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]
    async with asyncio.timeout(120):
        for process in processes:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        said = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0] * PROCESSES, said
    async with open_database(tmp_path, database_url) as database:
        assert {out.decode().strip() for out, _ in said} == {str(await database.chats.get(2))}
    engine = make_engine(tmp_path, database_url)
    assert revision_of(engine) == HEAD
    engine.dispose()


def make_first_version(folder: Path, url: SecretStr | None) -> None:
    """Make the tables of the very first version, with a choice in them."""
    engine = make_engine(folder, url)
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
            "INSERT INTO alembic_version VALUES ('0001')",
            "CREATE TABLE chat_preferences (chat_id BIGINT PRIMARY KEY, preview BOOLEAN NOT NULL)",
            "INSERT INTO chat_preferences VALUES (2, true)",
        ):
            connection.execute(text(statement))
    engine.dispose()
