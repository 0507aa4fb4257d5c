"""The runs of the training: who began them, how they went, and the repository of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

FORGOTTEN = "–"  # stands for the name of somebody who had it deleted


class RunStatus(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"  # it can go on from its checkpoint
    FAILED = "failed"
    CANCELLED = "cancelled"
    CANDIDATE = "candidate"  # its model is in the store, and does not answer
    DISCARDED = "discarded"  # its model was removed
    PROMOTED = "promoted"  # its model took the place of the one it was compared with


@dataclass(frozen=True, slots=True)
class Run:
    """One run. The chat is where it was asked for and is reported on; None is the shell."""

    id: int
    preset: str
    status: RunStatus
    user_id: int | None  # who began it; None: somebody at the shell
    user_name: str
    chat_id: int | None
    thread_id: int | None  # the topic
    message_id: int | None  # of the message that shows how it goes
    language: str  # that it is reported in
    started_at: datetime
    seed: int
    compared_with: str  # the version of the model that answered then
    ended_at: datetime | None = None
    taught: int | None = None  # corrections learned from
    held_back: int | None = None  # corrections measured on
    suspects: tuple[int, ...] = ()  # corrections that an admin should look at
    version: str | None = None  # of the new model
    reason: str = ""  # why it ended as it did: a word of the gate's, or a sentence
    figures: Sequence[dict[str, Any]] = ()  # `model.training.events.SetResult`, as JSON


class TrainingRepository(Protocol):
    """The runs of this installation, of which at most one is running."""

    async def add(self, **values: Any) -> Run:
        """Note a new run that is running; `values` are what `Run` has no default for."""
        ...

    async def change(self, run_id: int, **values: Any) -> Run:
        """Change fields of a run; raises KeyError if there is none."""
        ...

    async def running(self) -> Run | None:
        """Return the run that is noted as running, whatever became of it."""
        ...

    async def of(self, user_id: int) -> Sequence[Run]:
        """Return the runs that somebody has begun, the oldest first."""
        ...

    async def forget(self, user_id: int) -> bool:
        """Forget who began the runs that have ended, if it was them; return whether it was."""
        ...

    async def newest(self, most: int = 1) -> Sequence[Run]:
        """Return the last runs, newest first."""
        ...
