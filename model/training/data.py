"""Where training pictures come from: MNIST, other collections, a pen, a printer, nonsense."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from model.datasets import Labels, MissingData, Pictures, load_pictures
from model.pipeline.normalise import Ink, NormaliseParams, normalise
from model.training.augment import distort, photographed, turned
from model.training.corrections import Taught
from model.training.outliers import outlier
from model.training.printing import print_text
from model.training.strokes import NOT_A_DIGIT, draw_digit
from model.training.things import load_things


@dataclass(frozen=True, slots=True, eq=False)
class Mnist:
    """MNIST in its original order, the last 5,000 training pictures set aside for calibration."""

    train: tuple[Pictures, Labels]
    validation: tuple[Pictures, Labels]
    test: tuple[Pictures, Labels]


def load_mnist(path: Path | None) -> Mnist:
    """Read MNIST from `path` (Keras' `mnist.npz`), or through `keras.datasets` when None.

    Raises:
        MissingData: the file is missing or another, or the download failed.
    """
    if path is None:
        try:
            train, test = keras.datasets.mnist.load_data()
        except Exception as error:  # whatever the network throws
            raise MissingData(
                "MNIST could not be downloaded. Fetch Keras' mnist.npz elsewhere and name it with "
                f"--mnist or MNIST_PATH. ({error})"
            ) from error
    else:
        train, test = load_pictures(path, "_train"), load_pictures(path, "_test")
    x, y = train
    return Mnist((x[:-5000], y[:-5000]), (x[-5000:], y[-5000:]), test)


def load_extra(path: Path) -> tuple[Pictures, Labels]:
    """Read a further collection to train on.

    Raises:
        MissingData: the file is missing or has other contents.
    """
    x, y = load_pictures(path)
    if x.shape[1] < 20:
        # Digits in so small a field were stretched to fill it (Semeion): give them a digit's
        # proportions back. The distortions vary them further.
        x = np.stack([np.repeat(np.pad(p, 2), 3, axis=0).repeat(2, axis=1) for p in x])
    return x, y


class Lessons(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches for one epoch after another, every picture distorted anew each time it is shown.

    An epoch is all of MNIST's training pictures once, or `per_epoch` of them, and beside each
    thousand of them about 120 of the other collections, 150 drawn by a pen, 60 printed and 220 that
    are no digit. What people corrected takes the place of some of these: `TAUGHT` of a batch, less
    if that would show a correction more often than `OFTEN` times in an epoch.
    """

    TAUGHT = 0.15
    OFTEN = 30

    def __init__(
        self,
        mnist: tuple[Pictures, Labels],
        extras: list[tuple[Pictures, Labels]],
        params: NormaliseParams,
        *,
        seed: int,
        batch: int = 256,
        plain: float = 0.4,
        per_epoch: int | None = None,
        taught: Taught | None = None,
        epoch: int = 0,
    ) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=16)
        self._x, self._y = mnist
        self._extras, self._params, self._plain = extras, params, plain
        self._seed, self._batch, self._epoch = seed, batch, epoch
        self._order = np.random.default_rng(seed).permutation(len(self._x))
        self._share = int(batch / 1.55)  # of a batch that is MNIST
        self._per_epoch = min(per_epoch or len(self._x), len(self._x))
        self._taught = taught
        self._things = load_things()

    def __len__(self) -> int:
        """Batches in an epoch."""
        return max(1, self._per_epoch // self._share)

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self._epoch += 1
        self._order = np.random.default_rng((self._seed, self._epoch)).permutation(len(self._x))

    def __getitem__(self, index: int) -> tuple[Ink, Labels]:
        """Batch `index`: pictures (n, 28, 28, 1) and labels (n,), 10 for what is no digit."""
        rng = np.random.default_rng((self._seed, self._epoch, index))
        chosen = self._order[index * self._share : (index + 1) * self._share]
        pictures = [self._distort(self._x[i], rng) for i in chosen]
        labels = [int(self._y[i]) for i in chosen]
        for picture, label in self._corrections(rng):
            pictures.append(picture)
            labels.append(label)
        while len(pictures) < self._batch:
            picture, label = self._other(rng)
            pictures.append(picture)
            labels.append(label)
        return np.stack(pictures)[..., None], np.array(labels)

    def _distort(self, picture: NDArray[np.uint8], rng: np.random.Generator) -> Ink:
        return distort(picture.astype(np.float32) / np.float32(255), rng, self._plain, self._params)

    def _corrections(self, rng: np.random.Generator) -> Iterator[tuple[Ink, int]]:
        taught = self._taught
        if taught is None or not len(taught):
            return
        most = min(self.TAUGHT * self._batch, self.OFTEN * len(taught) / len(self))
        chances = taught.weights / taught.weights.sum()
        for i in rng.choice(len(taught), max(1, round(most)), p=chances):
            yield slightly_changed(taught.pictures[i], rng, self._params), int(taught.labels[i])

    def _other(self, rng: np.random.Generator) -> tuple[Ink, int]:
        kind = rng.random()
        if kind < 0.22 and self._extras:
            x, y = self._extras[int(rng.integers(len(self._extras)))]
            i = int(rng.integers(len(x)))
            return self._distort(x[i], rng), int(y[i])
        if kind < 0.50:
            ink, label = draw_digit(rng)
        elif kind < 0.60:
            label = int(rng.integers(10))
            ink = print_text(str(label), rng)
        else:
            ink, label = outlier(self._x, self._things, rng), NOT_A_DIGIT
        return photographed(ink, rng, self._params), label


def slightly_changed(
    picture: NDArray[np.uint8], rng: np.random.Generator, params: NormaliseParams
) -> Ink:
    """A correction as its writer might have written it once more.

    Corrections lie where one digit turns into another: the tilt that does MNIST's pictures no harm
    would make a 7 of a 1 with a flat upstroke, and unteach the 7.
    """
    scale = rng.uniform(0.95, 1.05)
    ink = picture.astype(np.float32) / np.float32(255)
    glyph = normalise(turned(ink, rng.uniform(-4, 4), scale), params)
    return np.roll(glyph, tuple(int(v) for v in rng.integers(-1, 2, 2)), (0, 1))


def as_seen(pictures: Pictures, params: NormaliseParams) -> Ink:
    """Undistorted pictures through stage 4: (n, 28, 28, 1) float32."""
    inks = pictures.astype(np.float32) / np.float32(255)
    return np.stack([normalise(ink, params) for ink in inks])[..., None]
