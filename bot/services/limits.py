"""What one image may cost a worker: memory, processor time and wall time, held by the kernel.

By the kernel, because a decoder that loops or swells in C runs no Python that could look at the
clock. Where there is no such kernel (Windows), the pool's own timeout is what is left.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

M_MMAP_THRESHOLD = -3  # mallopt(3)


@dataclass(frozen=True, slots=True)
class Limits:
    """For one image, several times what 50 megapixels in the dearest of the formats take."""

    wall: float = 30.0  # seconds; several times those below, for machines with much to do
    processor: float = 5.0  # seconds of it on the processor
    memory: int = 2**30  # bytes beyond what the worker had when it was ready
    growth: int = 48 * 2**20  # bytes that a worker may keep of all its images together


@dataclass(frozen=True, slots=True)
class Size:
    """Of a process, in bytes."""

    virtual: int
    resident: int

    @classmethod
    def now(cls) -> "Size | None":
        """Of this process; None where that is not known, which is where it cannot be limited."""
        try:
            virtual, resident, *_ = Path("/proc/self/statm").read_text().split()
        except OSError:
            return None
        page = os.sysconf("SC_PAGE_SIZE")
        return cls(int(virtual) * page, int(resident) * page)


@contextmanager
def within(limits: Limits, ready: Size | None) -> Iterator[None]:
    """Run the block under `limits`; `ready` is the size of this process before it met an image.

    Too much memory is a `MemoryError`, or whatever a library makes of one. Time that is up ends
    the process, by SIGALRM or SIGPROF, which have no handlers.
    """
    if sys.platform == "win32":
        yield
        return
    import resource  # noqa: PLC0415 - not on Windows

    free = resource.getrlimit(resource.RLIMIT_AS)
    if ready:
        most = ready.virtual + limits.memory
        hard = free[1]
        resource.setrlimit(
            resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard)
        )
    signal.setitimer(signal.ITIMER_REAL, limits.wall)
    signal.setitimer(signal.ITIMER_PROF, limits.processor)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, free)


def no_core_dumps() -> None:
    """Let a crash leave no file of the size of a worker, with somebody's photo in it."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def give_back_blocks_over(size: int) -> None:
    """Have blocks of more bytes of memory returned to the system as soon as they are free.

    glibc raises its threshold to the size of the largest block freed so far: after some large
    files, a process would stay as large as it was with several of them in its hands.
    """
    with suppress(AttributeError, OSError, TypeError):  # no glibc
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, size)
