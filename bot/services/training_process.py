"""The process that trains: started, adopted, asked to stop, killed; and what it says, read on."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from model.training.events import Event, decode
from model.training.order import EVENTS_FILE, LOG_FILE, training_lock

TRAIN = (sys.executable, "-m", "model.training")
SECRETS = ("TELEGRAM_BOT_TOKEN", "DATABASE_URL", "WEBHOOK_SECRET")  # none of its business


class AlreadyTraining(Exception):
    """Another process of this installation trains."""


class TrainingProcess:
    """One such process, a child of this one or left over from an earlier bot.

    It has a session of its own: no signal to the bot's reaches it, and one to its own reaches all
    that it may have started. It holds the lock of the installation as long as it lives.
    """

    def __init__(self, folder: Path, pid: int, child: subprocess.Popen[bytes] | None) -> None:
        self._pid, self._child = pid, child
        self._lock = training_lock(folder.parent)

    @classmethod
    def start(
        cls, folder: Path, environment: Mapping[str, str], command: Sequence[str] = TRAIN
    ) -> Self:
        """Start one for the order in `folder`; raises `AlreadyTraining`.

        The lock is taken here and inherited, so that there is no moment between two starts.
        """
        lock = training_lock(folder.parent)
        if not lock.try_acquire():
            raise AlreadyTraining
        kept = {name: value for name, value in os.environ.items() if name not in SECRETS}
        try:
            with (folder / LOG_FILE).open("ab") as log:
                child = subprocess.Popen(  # noqa: S603 - our own command
                    [*command, str(folder), str(lock.fileno())],
                    env=kept | dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=(lock.fileno(),),
                    start_new_session=True,
                )
            lock.note(f"{child.pid}")
        finally:
            lock.release()
        return cls(folder, child.pid, child)

    @classmethod
    def left_over(cls, folder: Path) -> Self | None:
        """Return the process that an earlier bot has started and that still runs, if there is."""
        holder = training_lock(folder.parent).holder()
        return None if holder is None else cls(folder, int(holder or 0), None)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        if self._child is not None:
            return self._child.poll() is None
        return self._lock.holder() is not None

    def memory(self) -> float:
        """Return how many MB it holds."""
        import psutil  # noqa: PLC0415 - only a bot that trains pays for it

        try:
            return float(psutil.Process(self._pid).memory_info().rss) / 1e6
        except psutil.Error:
            return 0.0

    def ask_to_stop(self) -> None:
        """Let it keep what it has and end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all that it has started, at once."""
        self._send(signal.SIGKILL)

    def fate(self) -> str:
        """Return how it ended: "signal 9", "exit 1", or "unknown" of one that was no child."""
        code = self._child.poll() if self._child is not None else None
        if code is None:
            return "unknown"
        return f"signal {-code}" if code < 0 else f"exit {code}"

    def _send(self, number: signal.Signals) -> None:
        if self._pid and self.is_alive():  # so the id is still its own
            with suppress(ProcessLookupError):
                os.killpg(self._pid, number)


class EventTail:
    """The events in the file of a run, as they are written."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / EVENTS_FILE
        self._read = 0

    def new(self) -> list[Event]:
        """Return those not returned before. A line that is not whole yet waits for the rest."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                data = file.read()
        except FileNotFoundError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        return decode(whole)
