"""What a training process is asked to do: a JSON file in the folder of its run.

DATA_DIR/training/
    lock                 held by the process that trains: one at a time, see `model.lock`
    17/                  a run
        order.json       this
        events.jsonl     what it says, see `model.training.events`
        log.txt          what its libraries say
        checkpoint-0003.keras, epochs.json   to go on from, gone when it is done
        candidate/           the new model, until the store has taken it in
        report.html, *.png   what came of it
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from model.lock import Lock

ORDER_FILE = "order.json"
EVENTS_FILE = "events.jsonl"
LOG_FILE = "log.txt"
REPORT_FILE = "report.html"
CHECKPOINTS = "checkpoint-*.keras"

Preset = Literal["quick", "full"]
PRESETS: tuple[Preset, ...] = ("quick", "full")


@dataclass(frozen=True, slots=True)
class Correction:
    """A glyph that the bot misread, and what a person says it is."""

    id: int
    person: int
    glyph: Path  # PNG, 28×28, ink is white
    label: int  # 0 to 9, and 10 for "not a digit"
    is_reviewed: bool  # an admin has accepted it, or sent it


@dataclass(frozen=True, slots=True)
class Order:
    """All that a run depends on, paths absolute."""

    run: int
    preset: Preset
    folder: Path  # the run's
    store: Path  # of models; the new one goes there
    current: Path  # the model to compare with, and for "quick" to train on from
    seed: int
    mnist: Path | None = None  # Keras' mnist.npz; None downloads it
    extras: tuple[Path, ...] = ()  # further collections of digits, for "full"
    measure: tuple[Path, ...] = ()  # what to compare on, beside MNIST and corrections
    corrections: tuple[Correction, ...] = ()
    trial: int | None = None  # use only so many of MNIST's digits, for tests


@cache
def _adapter() -> TypeAdapter[Order]:
    return TypeAdapter(Order)


def write_order(order: Order) -> None:
    """Write an order into its run's folder, which is made."""
    order.folder.mkdir(parents=True, exist_ok=True)
    aside = order.folder / f".new-{ORDER_FILE}"
    with aside.open("wb") as file:
        file.write(_adapter().dump_json(order, indent=2))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(order.folder / ORDER_FILE)


def read_order(folder: Path) -> Order:
    """Read the order in a run's folder; raises OSError or ValueError if there is none."""
    return _adapter().validate_json((folder / ORDER_FILE).read_bytes())


def training_lock(runs: Path) -> Lock:
    """The lock of the installation whose runs are in this folder; its note is the holder's pid."""
    return Lock(runs / "lock")
