"""What a training says while it runs: one JSON object a line, appended to a file of its run.

A file rather than a pipe, so that whoever listens may die, come back and read on. The two ends
share this module and nothing else; it knows neither TensorFlow nor NumPy.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

Phase = Literal["preparing", "training", "exporting", "comparing", "reporting"]
Verdict = Literal["better", "worse", "no clear difference"]


@dataclass(frozen=True, slots=True)
class Entered:
    """A part of the work began."""

    phase: Phase
    event: Literal["entered"] = "entered"


@dataclass(frozen=True, slots=True)
class Chose:
    """Which corrections the training learns from."""

    taught: int
    held_back: int  # to measure on
    duplicates: int
    over_cap: int  # more than is taken of one person unreviewed
    suspects: tuple[int, ...]  # ids: they contradict a sure model, and wait for an admin
    event: Literal["chose"] = "chose"


@dataclass(frozen=True, slots=True)
class Step:
    """How far the network is."""

    epoch: int  # from 1
    epochs: int
    batch: int  # from 1
    batches: int  # in an epoch
    loss: float
    accuracy: float  # on distorted training pictures
    rate: float  # pictures a second
    seconds_left: float  # of the training
    event: Literal["step"] = "step"


@dataclass(frozen=True, slots=True)
class Compared:
    """How far the comparison of the two models is."""

    done: int
    total: int
    event: Literal["compared"] = "compared"


@dataclass(frozen=True, slots=True)
class Measured:
    """One model's figures on one set, as shares from 0 to 1."""

    accuracy: float
    low: float  # of the 95 % interval
    high: float
    ece: float
    refused: float | None  # of the pictures with a digit; None if there is none
    accepted: float | None  # of the pictures without one


@dataclass(frozen=True, slots=True)
class SetResult:
    """Candidate and current model on one set."""

    name: str
    count: int
    before: Measured
    after: Measured
    newly_right: int
    newly_wrong: int
    p: float  # of McNemar's test
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Finished:
    """There is a new model in the store. The paths are names in the run's folder."""

    version: str
    compared_with: str
    passed: bool  # the gate; see `model.training.gate`
    reason: Literal["better", "worse", "not better"]
    sets: tuple[SetResult, ...]
    pictures: tuple[str, ...]
    report: str
    event: Literal["finished"] = "finished"


@dataclass(frozen=True, slots=True)
class Failed:
    """It ended without a model; `message` is one English sentence on what to do."""

    reason: Literal["data", "model", "error"]
    message: str
    event: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Stopped:
    """It was asked to stop, and can go on later from its checkpoint if there is one."""

    event: Literal["stopped"] = "stopped"


Event = Entered | Chose | Step | Compared | Finished | Failed | Stopped
End = Finished | Failed | Stopped


@cache
def _adapter() -> TypeAdapter[Event]:
    return TypeAdapter(Annotated[Event, Field(discriminator="event")])


def encode(event: Event) -> bytes:
    """Return an event as a line."""
    return _adapter().dump_json(event) + b"\n"


def decode(lines: bytes) -> list[Event]:
    """Return the events in some lines, without what a full disk has torn."""
    events = []
    for line in lines.splitlines():
        with suppress(ValueError):
            events.append(_adapter().validate_json(line))
    return events
