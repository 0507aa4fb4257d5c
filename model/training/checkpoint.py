"""How a training that is stopped, or killed, goes on later from where it was, its log included.

Not Keras' `BackupAndRestore`: that writes in place, so a kill at the wrong moment costs both.
"""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import keras

from model.card import Epoch
from model.store import flush
from model.training.order import CHECKPOINTS

LOG = "epochs.json"


class Interrupted(BaseException):
    """The training was asked to stop; like KeyboardInterrupt, no mere error."""


class Stop:
    """The request to stop: SIGTERM.

    While the network is fitted, it is only noted, and seen to between two batches. At all other
    times it ends the work on the spot.
    """

    def __init__(self) -> None:
        self.is_requested = False
        self._is_fitting = False

    def listen(self) -> None:
        """Take SIGTERM for the request from now on."""
        signal.signal(signal.SIGTERM, self._on_signal)

    @contextmanager
    def fitting(self) -> Iterator[None]:
        """Only note the request within the block."""
        self._is_fitting = True
        try:
            yield
        finally:
            self._is_fitting = False

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.is_requested = True
        if not self._is_fitting:
            raise Interrupted


class Checkpoints(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the network, its optimizer included, after each epoch, and when it is stopped."""

    def __init__(self, folder: Path, stop: Stop | None = None) -> None:
        super().__init__()
        self._folder, self._stop, self._epoch = folder, stop or Stop(), 0
        self.log: tuple[Epoch, ...] = ()  # the epochs so far

    def load(self) -> tuple[keras.Model, int] | None:
        """Return the network to go on with and how many epochs it has behind it."""
        kept = sorted(self._folder.glob(CHECKPOINTS))
        if not kept:
            return None
        done = int(kept[-1].stem.rpartition("-")[2])
        with suppress(OSError, ValueError):  # there is none, or half of one: it is only a log
            rows = json.loads((self._folder / LOG).read_text(encoding="utf-8"))
            self.log = tuple(Epoch(*row) for row in rows[:done])
        return keras.models.load_model(kept[-1]), done

    def clear(self) -> None:
        """Remove what was kept, and what a kill left half written."""
        for path in self._folder.glob(f"*{CHECKPOINTS}"):
            path.unlink()
        (self._folder / LOG).unlink(missing_ok=True)
        with suppress(OSError):  # something else is in it
            self._folder.rmdir()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note which it is."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """See to the request to stop."""
        if self._stop.is_requested:
            self._save(self._epoch)  # the epoch begins anew when it goes on
            raise Interrupted

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep what there is."""
        said = logs or {}
        self.log = (*self.log[:epoch], Epoch(said["loss"], said["accuracy"]))
        self._save(epoch + 1)

    def _save(self, epochs: int) -> None:
        former = set(self._folder.glob(f"*{CHECKPOINTS}"))
        self._folder.mkdir(parents=True, exist_ok=True)
        rows = [(epoch.loss, epoch.accuracy) for epoch in self.log]
        (self._folder / LOG).write_text(json.dumps(rows), encoding="utf-8")
        path = self._folder / CHECKPOINTS.replace("*", f"{epochs:04}")
        aside = path.with_name(f"new-{path.name}")
        self.model.save(aside)
        flush(aside)  # a power cut leaves the former one, or this one whole
        aside.replace(path)
        for old in former - {path}:
            old.unlink()
