"""Work on the database happens in a few threads, one piece of it in one of them.

SQLAlchemy's asyncio engines would load its ORM, and go to a thread and back for each statement.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine

THREADS = 4  # and connections: SQLite lets one write at a time, and reading takes no time

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound="SqlRepository")


class ThreadedEngine:
    """SQLAlchemy's engine, and the threads that use it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")

    async def run(self, work: Callable[[], T]) -> T:
        """Return what a piece of work returns; once begun, it goes on if who waits is cancelled."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def dispose(self) -> None:
        """Close the connections, after the work that has begun."""
        await asyncio.to_thread(self._threads.shutdown)
        self.engine.dispose()


class SqlRepository:
    """A repository on an engine; what it does, it does `in_thread`."""

    def __init__(self, threaded: ThreadedEngine) -> None:
        self._threaded = threaded
        self._engine = threaded.engine


def in_thread(
    method: Callable[Concatenate[R, P], T],
) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]:
    """Make a repository's method one piece of work, to be awaited."""

    @wraps(method)
    async def threaded(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._threaded.run(partial(method, self, *args, **kwargs))

    return threaded
