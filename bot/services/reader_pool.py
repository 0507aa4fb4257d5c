"""The reader as a pool of worker processes, so that no stranger's file can take the bot down.

A worker that crashes, or that the kernel ends for taking too long, is replaced by Pebble, and the
photo is tried once more in another one. Workers are spawned, never forked: a fork would copy the
bot's threads' locks and its open sockets into a process that decodes strangers' files.

The model can be exchanged while photos are read. Each task names the edition of the reader that it
is for. One worker loads the new one whole and tries it; then one reference is replaced here, and
every worker loads the new edition when it meets it first, which takes it about as long as a few
photos. Photos scheduled before are read by the edition that they were scheduled for.
"""

import asyncio
import logging
import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessFuture, ProcessPool

from bot.errors import ReaderFailed
from bot.services import reader_worker
from bot.services.limits import Limits
from bot.services.reader import CutOut, ReaderAnswer
from bot.services.reader_worker import SWOLLEN, Edition, ImageReader
from model import ModelError

log = logging.getLogger(__name__)

TRIES = 2
BREAKS = 5  # of the whole pool, which one image may see before it is given up
GRACE = 5.0  # seconds after which a worker is ended that should have been by its own limits
MANNERS = 0.2  # seconds for a worker to end when it is asked to, while which all others wait
STALL = 30.0  # seconds beyond an image's time without an outcome, and the pool counts as stuck
START_TIMEOUT = 60.0
LIMITS = Limits()
SWAP_TIMEOUT = 10.0  # seconds for a worker that runs already to load another model

T = TypeVar("T")


class ReaderPool:
    """Reads in `workers` processes, each of which calls `load` once for a reader of its own.

    An async context manager: entering it starts the workers and waits until one can read. Who has
    something else to do meanwhile calls `start`, and `ready` later; leaving ends the workers.
    """

    def __init__(
        self,
        load: Callable[[], ImageReader],
        *,
        workers: int,
        limits: Limits = LIMITS,
        stall: float = STALL,
    ) -> None:
        self.restarts = 0  # workers that others had to take the place of
        # In a list that Pebble pickles for each worker when it starts it: one that takes the place
        # of a dead one begins with the edition of that moment.
        self._edition = [Edition(0, load)]
        self._workers = workers
        self._limits = limits
        self._patience = limits.wall + stall
        self._stuck_at = 0.0
        self._burials: set[asyncio.Task[None]] = set()
        self._swapping = asyncio.Lock()
        self._pool = self._new_pool()

    def start(self) -> None:
        """Start the workers."""
        self._ready = self._schedule(reader_worker.ready, self._edition[0], timeout=START_TIMEOUT)

    async def ready(self) -> None:
        """Wait until a worker can read; raises the `ModelError` that loading raised."""
        await asyncio.wrap_future(self._ready)

    async def swap(self, load: Callable[[], ImageReader]) -> None:
        """Read with what `load` loads from now on, or as before if it raises a `ModelError`.

        No photo waits for this longer than a worker takes to load a model.
        """
        async with self._swapping:
            edition = Edition(self._edition[0].number + 1, load)
            try:
                await asyncio.wrap_future(
                    self._schedule(reader_worker.ready, edition, timeout=SWAP_TIMEOUT)
                )
            except (TimeoutError, ProcessExpired, BrokenProcessPool) as error:
                raise ModelError("The reader does not survive loading this model.") from error
            self._edition[0] = edition

    async def __aenter__(self) -> Self:
        self.start()
        try:
            await self.ready()
        except BaseException:
            await self._stop(self._pool)
            raise
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stop(self._pool)

    async def read(self, data: bytes, *, preview: bool = False) -> ReaderAnswer:
        """Read one image in a worker; see `bot.services.reader.Reader`."""
        return await self._try(reader_worker.read, data, preview)

    async def cut_out(self, data: bytes, position: int) -> CutOut | None:
        """Cut a digit out of an image in a worker; see `bot.services.reader.Reader`."""
        return await self._try(reader_worker.cut_out, data, position)

    async def _try(self, function: Callable[..., T], *args: object) -> T:
        """Have a worker do something with an image, and another one if that does not survive it.

        Nothing else counts against the image: neither that the pool broke as a whole, which it
        does for all that are read at the time, nor that a worker has grown by the images before.
        """
        deaths = breaks = 0
        while deaths < TRIES and breaks < BREAKS:
            timeout = self._limits.wall + GRACE
            try:
                return await self._outcome(
                    self._schedule(function, self._edition[0], *args, timeout=timeout)
                )
            except TimeoutError:
                log.warning("A worker did not end by itself and was ended.")
                deaths += 1
            except BrokenProcessPool as error:
                log.warning("The reader pool broke: %s", error)
                breaks += 1
                continue
            except ProcessExpired as error:
                if error.exitcode != SWOLLEN:
                    log.warning("A worker was ended by %s while it had an image.", _cause(error))
                    deaths += 1
            self.restarts += 1
        raise ReaderFailed

    async def _outcome(self, task: ProcessFuture[T]) -> T:
        """What becomes of a task; raises `BrokenProcessPool` if nobody works at any.

        A worker that is killed while it takes a task or hands in a result leaves the pipe that all
        share locked, or half a message in it: then Pebble waits for ever, and says nothing.
        """
        pool, outcome = self._pool, asyncio.wrap_future(task)
        try:
            while pool is self._pool:
                await asyncio.wait([outcome], timeout=self._patience)
                if outcome.done():
                    self._stuck_at = monotonic() + self._patience
                    return outcome.result()
                if pool is self._pool and monotonic() > self._stuck_at:
                    self._renew()
        finally:
            outcome.cancel()
            # An error refers to this frame: no cycle may keep an image until somebody looks for it.
            del outcome, task
        raise BrokenProcessPool("nobody worked at what there was to do")

    def _schedule(
        self, function: Callable[..., T], *args: object, timeout: float
    ) -> ProcessFuture[T]:
        if not self._pool.active:  # Pebble gives up as a whole when a worker dies without a task
            self._renew()
        return self._pool.schedule(function, args=args, timeout=timeout)

    def _renew(self) -> None:
        log.warning("The reader pool broke and is started anew.")
        self.restarts += self._workers
        broken, self._pool = self._pool, self._new_pool()
        self._stuck_at = monotonic() + START_TIMEOUT
        burial = asyncio.create_task(self._stop(broken))
        self._burials.add(burial)
        burial.add_done_callback(self._burials.discard)

    def _new_pool(self) -> ProcessPool:
        CONSTS.term_timeout = MANNERS
        return ProcessPool(
            max_workers=self._workers,
            initializer=partial(reader_worker.initialise, limits=self._limits),
            initargs=self._edition,
            context=multiprocessing.get_context("spawn"),
        )

    @staticmethod
    async def _stop(pool: ProcessPool) -> None:
        pool.stop()  # type: ignore[no-untyped-call]  # Pebble is annotated in part
        await asyncio.to_thread(pool.join)


def _cause(error: ProcessExpired) -> str:
    """What ended a process, as far as its exit code tells."""
    with suppress(ValueError):
        return signal.Signals(-error.exitcode).name
    return f"itself, with exit code {error.exitcode}"
