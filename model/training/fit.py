"""Trains the network, from the data to a model's folder. Reads top to bottom as it happens."""

import hashlib
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # it reports missing GPUs as errors

import keras
import numpy as np
from numpy.typing import NDArray

from model.artifact import load_artifact
from model.card import Epoch, Metric, model_card
from model.datasets import LabelledImage, Labels, labelled_sets
from model.evaluation.measure import metric, read_images, read_pictures
from model.pipeline.normalise import Ink
from model.pipeline.params import DEFAULT as PIPELINE
from model.pipeline.params import fingerprint
from model.reader import DigitReader
from model.store import check_whole
from model.training.augment import photographed
from model.training.calibration import Calibration, calibrate, fit_temperature, forgiving
from model.training.checkpoint import Checkpoints
from model.training.corrections import Taught
from model.training.data import Lessons, Mnist, as_seen, load_extra, load_mnist
from model.training.export import Origin, export
from model.training.network import SCOUT, THOROUGH, accuracy, build, load, loss

RECENT = 20  # batches that the loss and accuracy shown are those of
WORN = 4  # times that each picture held back is worn: a bias hangs on the few worn worst


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is."""

    epoch: int  # from 1
    epochs: int
    batch: int
    batches: int
    loss: float  # over the last few batches
    accuracy: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train, on what, and where to put it."""

    out: Path  # a folder of models; the new one becomes a folder in it
    mnist: Path | None = None  # Keras' mnist.npz; None downloads it
    extras: tuple[Path, ...] = ()  # further collections of digits
    start: Path | None = None  # a model to train on from; None starts from nothing
    epochs: int = 24  # 0 with a `start`: only calibrate, measure and export it anew
    batch: int = 256
    rate: float = 2e-3  # the learning rate at its peak
    per_epoch: int | None = None  # use so many of MNIST's pictures in an epoch; None all
    meet: Path | None = None  # a former model of the same network, to meet half-way at the end
    plain: float = 0.45  # share of MNIST's pictures that stay nearly as they are
    seed: int = 1
    limit: int | None = None  # learn from, and calibrate on, so many of MNIST's: a trial run
    precision: str = (
        "float32"  # of the sums: "mixed_bfloat16" is quicker where the processor has it
    )
    measure: tuple[Path, ...] = ()  # folders with labels.csv whose figures go on the card


def train(
    plan: Plan,
    on_progress: Callable[[Progress], None] = lambda _: None,
    *,
    taught: Taught | None = None,
    mnist: Mnist | None = None,
    checkpoints: Checkpoints | None = None,
) -> Path:
    """Train a model and return its folder.

    Args:
        plan: what to do.
        on_progress: is told after each batch.
        taught: what people corrected, to learn from beside all else.
        mnist: if it is loaded already.
        checkpoints: where to go on from and to keep what to go on from; else it is a folder beside
            the new model, under which the same plan goes on where it was.

    Raises:
        Interrupted: `checkpoints` say so.
        MissingData: a data set is not there.
        ArtifactError: `plan.start` is no model, or one for another pipeline.
    """
    keras.utils.set_random_seed(plan.seed)
    mnist = mnist or load_mnist(plan.mnist)
    pictures, labels = mnist.train[0][: plan.limit], mnist.train[1][: plan.limit]
    extras = [load_extra(path) for path in plan.extras]
    sets = [labelled_sets(folder) for folder in plan.measure]
    former = _former(plan.meet) if plan.meet is not None else None
    checkpoints = checkpoints or Checkpoints(_resume_folder(plan))
    network, done = checkpoints.load() or (_start(plan), 0)
    if done < plan.epochs:
        lessons = Lessons(
            (pictures, labels),
            extras,
            PIPELINE.normalise,
            seed=plan.seed,
            batch=plan.batch,
            plain=plan.plain,
            per_epoch=plan.per_epoch,
            taught=taught,
            epoch=done,
        )
        _fit(network, lessons, plan, done, [_Teller(plan, len(lessons), on_progress), checkpoints])
    if plan.precision != "float32":
        network = _with_weights(network, "float32")  # as it is saved and served
    if former is not None:
        _meet(network, former)
    glyphs, answers = _held_back(mnist, plan)
    logits = network.predict(glyphs, batch_size=500, verbose=0)
    calibrations = (
        Calibration(fit_temperature(logits[:, SCOUT], answers)),
        forgiving(calibrate(logits[:, THOROUGH], answers), logits[:, THOROUGH]),
    )
    origin = _origin(plan, calibrations, checkpoints.log)
    folder = export(network, origin, plan.out, lambda reader: _measure(reader, mnist, sets), glyphs)
    checkpoints.clear()
    return folder


def _resume_folder(plan: Plan) -> Path:
    learned = repr(replace(plan, meet=None, measure=()))  # these come after the last epoch
    return plan.out / f".resume-{hashlib.sha256(learned.encode()).hexdigest()[:8]}"


def _start(plan: Plan) -> keras.Model:
    network = build() if plan.start is None else _former(plan.start)
    return network if plan.precision == "float32" else _with_weights(network, plan.precision)


def _former(folder: Path) -> keras.Model:
    ours, theirs = fingerprint(PIPELINE), check_whole(folder).fingerprint
    if f":{ours.shape}+" not in theirs:
        load_artifact(folder)  # says which pipelines differ
    return load(folder)


def _meet(network: keras.Model, former: keras.Model) -> None:
    """Take the mean of its weights and the former's: what was learned stays, little is forgotten.

    Wortsman et al. 2022, arXiv 2109.01903.
    """
    pairs = zip(former.get_weights(), network.get_weights(), strict=True)
    network.set_weights([(old + new) / 2 for old, new in pairs])


def _with_weights(network: keras.Model, precision: str) -> keras.Model:
    """The same network, which sums in another precision."""
    keras.config.set_dtype_policy(precision)
    same = build()
    keras.config.set_dtype_policy("float32")
    same.set_weights(network.get_weights())
    return same


def _origin(
    plan: Plan, calibrations: tuple[Calibration, Calibration], log: tuple[Epoch, ...]
) -> Origin:
    data = ("MNIST", *(path.stem for path in plan.extras), "drawn strokes", "printed digits")
    if plan.start is None:
        return Origin(data, plan.seed, plan.epochs, calibrations, log)
    before = model_card(plan.start)
    if not plan.epochs:
        return Origin(before.data, before.seed, before.epochs, calibrations, before.log)
    both = tuple(dict.fromkeys(before.data + data))
    epochs = before.epochs + plan.epochs
    return Origin(both, plan.seed, epochs, calibrations, before.log + log)


def _measure(
    reader: DigitReader, mnist: Mnist, sets: list[dict[str, list[LabelledImage]]]
) -> tuple[Metric, ...]:
    """MNIST's test pictures, which enter at stage 4, and photos, read as users' photos are."""
    photos = [
        metric(name, list(read_images(reader, images)))
        for part in sets
        for name, images in part.items()
    ]
    return (metric("MNIST test", read_pictures(reader.classifier, *mnist.test)), *photos)


def _fit(
    network: keras.Model,
    lessons: Lessons,
    plan: Plan,
    done: int,
    callbacks: list[keras.callbacks.Callback],
) -> None:
    """AdamW with a short warm-up and a cosine down to nothing."""
    warm_up = max(1, len(lessons) // 2)
    schedule = keras.optimizers.schedules.CosineDecay(
        1e-5,
        max(1, len(lessons) * plan.epochs - warm_up),
        warmup_target=plan.rate,
        warmup_steps=warm_up,
    )
    if not done:  # a checkpoint comes with its optimizer
        network.compile(
            keras.optimizers.AdamW(schedule, weight_decay=0.02),
            loss,
            metrics=[accuracy],
        )
    network.fit(lessons, initial_epoch=done, epochs=plan.epochs, verbose=0, callbacks=callbacks)


class _Teller(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells `on_progress` after each batch.

    Keras gives the mean since the epoch began, which hides what is going on now and leaps where
    the next one begins: from it, that of the last few batches is worked out.
    """

    def __init__(self, plan: Plan, batches: int, tell: Callable[[Progress], None]) -> None:
        super().__init__()
        self._epochs, self._batches, self._tell, self._epoch = plan.epochs, batches, tell, 0
        self._sums = np.zeros(2)
        self._latest: deque[NDArray[np.float64]] = deque(maxlen=RECENT)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._epoch, self._sums = epoch + 1, np.zeros(2)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        means = np.array([(logs or {}).get(name, np.nan) for name in ("loss", "accuracy")])
        sums = means * (batch + 1)
        self._latest.append(sums - self._sums)
        self._sums = sums
        loss, accuracy = np.mean(self._latest, axis=0)
        self._tell(
            Progress(
                self._epoch, self._epochs, batch + 1, self._batches, float(loss), float(accuracy)
            )
        )


def _held_back(mnist: Mnist, plan: Plan) -> tuple[Ink, Labels]:
    """Glyphs (n, 28, 28, 1) and labels to calibrate on: validation pictures, half of them worn."""
    pictures, labels = mnist.validation[0][: plan.limit], mnist.validation[1][: plan.limit]
    rng = np.random.default_rng(plan.seed)
    plain = as_seen(pictures, PIPELINE.normalise)
    distorted = np.stack(
        [
            photographed(p.astype(np.float32) / np.float32(255), rng, PIPELINE.normalise)
            for _ in range(WORN)
            for p in pictures
        ]
    )[..., None]
    return np.concatenate([plain] * WORN + [distorted]), np.tile(labels, 2 * WORN)
