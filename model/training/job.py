"""One run from its order to its report: the work of a training process.

It trains the candidate, puts it beside the current model on the same pictures, draws what came of
it, and adds it to the model store. It promotes nothing: that is for whoever serves.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from model.card import CARD_FILE
from model.classifier import Classifier, Scores
from model.datasets import GlyphSet, MissingData, PhotoSet, load_sets
from model.errors import ArtifactError
from model.evaluation.compare import SetComparison, compare
from model.evaluation.figures import Figures
from model.pipeline.params import DEFAULT as PIPELINE
from model.reader import DigitReader
from model.store import ModelStore
from model.training.checkpoint import Checkpoints, Interrupted, Stop
from model.training.corrections import Choice, choose, load_glyphs
from model.training.data import Mnist, as_seen, load_mnist
from model.training.events import (
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
    decode,
    encode,
)
from model.training.fit import Progress, train
from model.training.gate import CORRECTIONS, judge
from model.training.order import EVENTS_FILE, Order, read_order
from model.training.presets import plan_of
from model.training.report import write_report

CANDIDATE = "candidate"  # the folder in the run's where the new model waits for its examination
PAUSE = 0.5  # seconds between two events of one kind


def run(folder: Path) -> int:
    """Do what the order in `folder` asks for; return the exit code."""
    order = read_order(folder)
    journal = Journal(folder / EVENTS_FILE)
    stop = Stop()
    try:
        stop.listen()
        journal.tell(_work(order, journal, stop))
    except Interrupted:
        journal.tell(Stopped())
        return 4
    except MissingData as error:
        journal.tell(Failed("data", str(error)))
        return 2
    except ArtifactError as error:
        journal.tell(Failed("model", str(error)))
        return 2
    except Exception as error:
        journal.tell(Failed("error", f"{type(error).__name__}: {error}"))
        raise
    finally:
        journal.close()
    return 0


class Journal:
    """The file that the events go to. A line is written in one piece, unless the disk is full."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._told: dict[type[Event], float] = {}

    def tell(self, event: Event) -> None:
        """Append an event."""
        os.write(self._file, encode(event))

    def tell_sometimes(self, event: Event, *, is_last: bool) -> None:
        """Append an event of a kind that comes often, unless one did a moment ago."""
        now = time.monotonic()
        if is_last or now - self._told.get(type(event), 0.0) >= PAUSE:
            self._told[type(event)] = now
            self.tell(event)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def _work(order: Order, journal: Journal, stop: Stop) -> Finished:
    journal.tell(Entered("preparing"))
    mnist = load_mnist(order.mnist)
    folders = load_sets(order.measure)
    current = DigitReader.load(order.current)
    choice = _choose(order, current.classifier)
    journal.tell(
        Chose(
            len(choice.taught),
            len(choice.held_back),
            choice.duplicates,
            choice.over_cap,
            choice.suspects,
        )
    )
    candidate = _candidate(order) or _train(order, choice, mnist, journal, stop)
    journal.tell(Entered("comparing"))
    mnist_test = GlyphSet("MNIST test", *mnist.test)
    corrections = GlyphSet(CORRECTIONS, choice.held_back.pictures, choice.held_back.labels)
    sets = (mnist_test, *([corrections] if len(corrections) else []), *folders)
    comparison = compare(current, DigitReader.load(candidate), sets, _counter(sets, journal))
    journal.tell(Entered("reporting"))
    results = tuple(_result(part) for part in comparison.sets)
    judgement = judge(results)
    pictures, report = write_report(comparison, _steps(order), order.folder)
    model = ModelStore(order.store).add(candidate)
    return Finished(
        model.card.version,
        current.card.version,
        judgement.passed,
        judgement.reason,
        results,
        tuple(path.name for path in pictures),
        report.name,
    )


def _choose(order: Order, classifier: Classifier) -> Choice:
    corrections, pictures = load_glyphs(order.corrections)
    if not corrections:
        nothing = Scores(np.empty((0, 10)), np.empty(0))
        return choose((), pictures, nothing)
    return choose(corrections, pictures, classifier(as_seen(pictures, PIPELINE.normalise)[..., 0]))


def _candidate(order: Order) -> Path | None:
    """What an earlier start of this run has trained to the end."""
    return next((card.parent for card in order.folder.glob(f"{CANDIDATE}/*/{CARD_FILE}")), None)


def _train(order: Order, choice: Choice, mnist: Mnist, journal: Journal, stop: Stop) -> Path:
    """Train, from the start or the last checkpoint, and return the candidate's folder."""
    plan = plan_of(order, order.folder / CANDIDATE)
    checkpoints = Checkpoints(order.folder, stop)
    pace = _Pace(plan.batch)

    def tell(progress: Progress) -> None:
        rate = pace.after_a_batch()
        left = (progress.epochs - progress.epoch + 1) * progress.batches - progress.batch
        step = Step(
            progress.epoch,
            progress.epochs,
            progress.batch,
            progress.batches,
            progress.loss,
            progress.accuracy,
            rate,
            left * plan.batch / rate,
        )
        is_last = progress.batch == progress.batches
        journal.tell_sometimes(step, is_last=is_last)
        if is_last and progress.epoch == progress.epochs:
            journal.tell(Entered("exporting"))

    journal.tell(Entered("training"))
    with stop.fitting():
        folder = train(plan, tell, taught=choice.taught, mnist=mnist, checkpoints=checkpoints)
    if stop.is_requested:
        raise Interrupted
    return folder


def _steps(order: Order) -> list[Step]:
    """All steps of the run, those of earlier starts included."""
    events = decode((order.folder / EVENTS_FILE).read_bytes())
    return [event for event in events if isinstance(event, Step)]


class _Pace:
    """Pictures a second, over the last few batches."""

    def __init__(self, batch: int) -> None:
        self._batch = batch
        self._times: deque[float] = deque([time.monotonic()], maxlen=20)

    def after_a_batch(self) -> float:
        """Note that one is done."""
        self._times.append(time.monotonic())
        seconds = self._times[-1] - self._times[0]
        return self._batch * (len(self._times) - 1) / max(seconds, 1e-9)


def _counter(sets: Sequence[GlyphSet | PhotoSet], journal: Journal) -> Callable[[int], None]:
    """Tell how far the comparison is: every picture is put to two models."""
    done, total = 0, 2 * sum(map(len, sets))

    def count(more: int) -> None:
        nonlocal done
        done += more
        journal.tell_sometimes(Compared(done, total), is_last=done == total)

    return count


def _result(part: SetComparison) -> SetResult:
    return SetResult(
        part.name,
        part.after.right.total,
        _measured(part.before),
        _measured(part.after),
        len(part.newly_right),
        len(part.newly_wrong),
        part.p,
        part.verdict,
    )


def _measured(figures: Figures) -> Measured:
    low, high = figures.right.interval
    return Measured(
        figures.right.value,
        low,
        high,
        figures.ece,
        figures.refused.value if figures.refused.total else None,
        figures.accepted.value if figures.accepted.total else None,
    )
