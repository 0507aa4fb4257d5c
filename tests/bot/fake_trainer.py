"""A training process that trains nothing: the real protocol, at the pace of a test.

    python fake_trainer.py BEHAVIOUR FOLDER FD

A run that was stopped or killed after its first epoch has a checkpoint, and the next one goes on
from it to its end, as `model.training` does.
"""

import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Literal

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from model.card import read_card, write_card  # noqa: E402
from model.store import ModelStore  # noqa: E402
from model.training.events import (  # noqa: E402
    Chose,
    Compared,
    Entered,
    Event,
    Failed,
    Finished,
    Measured,
    SetResult,
    Step,
    Stopped,
    encode,
)
from model.training.order import EVENTS_FILE, Order, read_order  # noqa: E402

EPOCHS, BATCHES = 2, 5
PAUSE = 0.02  # seconds
SLOW = 0.2  # seconds, so that there is a middle to be hit in


def command(behaviour: str) -> tuple[str, ...]:
    """The command that a bot starts it with."""
    return (sys.executable, str(Path(__file__)), behaviour)


def main(behaviour: str, folder: Path) -> None:
    order = read_order(folder)
    events = (folder / EVENTS_FILE).open("ab", buffering=0)
    checkpoint = folder / "checkpoint-0001.keras"

    def tell(event: Event) -> None:
        events.write(encode(event))

    def stop(_number: int, _frame: FrameType | None) -> None:
        tell(Stopped())
        os._exit(4)

    signal.signal(signal.SIGTERM, stop)
    tell(Entered("preparing"))
    if behaviour == "missing":
        tell(Failed("data", "MNIST could not be downloaded. Name it with MNIST_PATH."))
        sys.exit(2)
    if behaviour == "crash":
        sys.exit(7)
    tell(Chose(len(order.corrections), 0, 0, 0, tuple(c.id for c in order.corrections[:1])))
    tell(Entered("training"))
    resumed = checkpoint.exists()
    ballast = []
    for epoch in range(2 if resumed else 1, EPOCHS + 1):
        for batch in range(1, BATCHES + 1):
            loss = 1 / (epoch * BATCHES + batch)
            tell(Step(epoch, EPOCHS, batch, BATCHES, loss, 1 - loss, 500.0, 60.0))
            time.sleep(SLOW if behaviour == "slow" else PAUSE)
        checkpoint.write_bytes(b"weights")
        while behaviour == "endless" and not resumed:
            time.sleep(PAUSE)
        while behaviour == "swell":
            ballast.append(os.urandom(20_000_000))
            time.sleep(PAUSE)
    tell(Entered("comparing"))
    tell(Compared(10, 20))
    finish(behaviour, order, tell)


def finish(behaviour: str, order: Order, tell: Callable[[Event], None]) -> None:
    folder = order.folder
    version = f"2999-run-{order.run}"
    candidate = folder / "candidate" / version
    if not candidate.exists():  # the current model under another name
        shutil.copytree(order.current, candidate)
        write_card(candidate, replace(read_card(candidate), version=version))
    ModelStore(order.store).add(candidate)
    pictures = []
    for name in ("1-loss", "2-accuracy", "8-changed"):
        out = io.BytesIO()
        Image.new("RGB", (300, 200), "white").save(out, "PNG")
        (folder / f"{name}.png").write_bytes(out.getvalue())
        pictures.append(f"{name}.png")
    (folder / "report.html").write_text("<!doctype html><title>Report</title>", encoding="utf-8")
    better = Measured(0.998, 0.99, 1, 0.01, 0.01, None)
    worse = Measured(0.9, 0.8, 0.95, 0.05, 0.02, None)
    passed = behaviour != "worse"
    before, after = (worse, better) if passed else (better, worse)
    results = (
        SetResult("MNIST test", 10_000, before, after, 9, 9, 1.0, "no clear difference"),
        SetResult("corrections", 8, before, after, 8 * passed, 8 * (not passed), 0.008,
                  "better" if passed else "worse"),
    )  # fmt: skip
    reason: Literal["better", "worse"] = "better" if passed else "worse"
    tell(Finished(version, "v", passed, reason, results, tuple(pictures), "report.html"))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
