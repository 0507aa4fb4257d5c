"""A database in memory, for tests that are not about databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool

from bot.storage import Database
from bot.storage.tables import metadata


@asynccontextmanager
async def memory_database() -> AsyncIterator[Database]:
    """Open an empty one, with its tables as the code has them."""
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        yield Database(engine)
    finally:
        await engine.dispose()
