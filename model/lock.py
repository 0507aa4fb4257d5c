"""A lock between processes that the kernel lets go of when its holder dies, however it dies."""

import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

try:
    import fcntl
except ImportError:  # Windows has no flock: there, one process at a time is the user's care
    fcntl = None  # type: ignore[assignment]


# Who asks for the holder takes the lock for microseconds: that is no reason to be refused.
TRIES, PAUSE = 12, 0.005  # seconds


class Lock:
    """An advisory lock on a file, with a note by its holder on who that is.

    As a context manager it waits; `try_acquire` does not. The file stays: removing a locked file
    would let two processes lock two files of one name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def try_acquire(self, note: str = "") -> bool:
        """Take the lock if it is free, leaving `note` for those who come later."""
        for _ in range(TRIES):
            if self._acquire(note, wait=False):
                return True
            time.sleep(PAUSE)
        return False

    def release(self) -> None:
        """Let go, if it is held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def fileno(self) -> int:
        """Return the open file, for a child to inherit: it holds the lock then, too."""
        assert self._handle is not None, "only a held lock can be inherited"
        return self._handle

    def note(self, text: str) -> None:
        """Replace what the holder has noted."""
        os.ftruncate(self.fileno(), 0)
        os.pwrite(self.fileno(), text.encode(), 0)

    def holder(self) -> str | None:
        """Return the note of whoever holds the lock, None while nobody does."""
        if not self._path.exists():
            return None
        probe = Lock(self._path)
        if probe._acquire(None, wait=False):
            probe.release()
            return None
        with suppress(OSError):
            return self._path.read_text(encoding="utf-8")
        return ""

    def __enter__(self) -> Self:
        self._acquire("", wait=True)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def _acquire(self, note: str | None, *, wait: bool) -> bool:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(handle)
            return False
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        if note is not None:
            self.note(note)
        return True
