"""Turns a trained network into a model's folder: LiteRT, Keras and the card.

The Keras file keeps the weights in float32, to train on from. The LiteRT file computes in eight
bits (Jacob et al. 2018, arXiv 1712.05877): a third of the time and a quarter of the size, and the
card's figures are measured with it.
"""

import contextlib
import io
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np
import tensorflow as tf

from model.artifact import load_artifact
from model.card import (
    KERAS_FILE,
    LITERT_FILE,
    SCOUT_FILE,
    Epoch,
    Metric,
    ModelCard,
    write_card,
)
from model.classifier import Classifier
from model.pipeline.normalise import Ink
from model.pipeline.params import DEFAULT as PIPELINE
from model.pipeline.params import fingerprint
from model.reader import DigitReader
from model.store import ModelStore, checksums
from model.training.calibration import Calibration
from model.training.network import NAMES, SCOUT, THOROUGH

CLASSES = (*"0123456789", "not a digit")
SAMPLE = 1000  # glyphs that the ranges of the eight-bit sums are measured on


@dataclass(frozen=True, slots=True)
class Origin:
    """What the card says of how the network came to be."""

    data: tuple[str, ...]
    seed: int
    epochs: int
    calibrations: tuple[Calibration, Calibration]  # the scout's, and the thorough one's
    log: tuple[Epoch, ...]


def export(
    network: keras.Model,
    origin: Origin,
    out: Path,
    measure: Callable[[DigitReader], tuple[Metric, ...]],
    glyphs: Ink,
) -> Path:
    """Write `network` as a new version of the store in `out`.

    Args:
        network: as `network.build` makes it.
        origin: what to note of it.
        out: the store's folder; made if need be.
        measure: measures a reader with the exported network, for the card.
        glyphs: (n, 28, 28, 1) ordinary glyphs, from which the ranges of the sums are taken.

    Returns:
        The version's folder.
    """
    now = datetime.now(UTC)
    sample = np.random.default_rng(origin.seed).choice(glyphs, min(SAMPLE, len(glyphs)), False)
    with TemporaryDirectory(prefix="digitbot-model-") as place:
        folder = Path(place)
        # Saved bare: the optimiser's state would triple the file.
        bare = keras.Model.from_config(network.get_config())
        bare.set_weights(network.get_weights())
        bare.save(folder / KERAS_FILE)
        for name, file in zip(NAMES, (SCOUT_FILE, LITERT_FILE), strict=True):
            _to_litert(bare.get_layer(name), folder / file, sample)
        card = ModelCard(
            version=now.strftime("%Y%m%d-%H%M%S"),
            created=now.date(),
            fingerprint=str(fingerprint(PIPELINE)),
            classes=CLASSES,
            scout_temperature=origin.calibrations[SCOUT].temperature,
            temperature=origin.calibrations[THOROUGH].temperature,
            biases=origin.calibrations[THOROUGH].biases,
            parameters=network.count_params(),
            seed=origin.seed,
            epochs=origin.epochs,
            data=origin.data,
            log=origin.log,
            libraries={"python": platform.python_version()}
            | {
                lib: version(lib)
                for lib in ("tensorflow", "keras", "numpy", "opencv-python-headless")
            },
            sha256=checksums(folder),
        )
        write_card(folder, card)
        reader = DigitReader(Classifier(load_artifact(folder)), card, PIPELINE)
        write_card(folder, replace(card, metrics=measure(reader)))
        return ModelStore(out).add(folder).folder


def _to_litert(network: keras.Model, path: Path, sample: Ink) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        network.export(
            path,
            format="litert",
            verbose=False,
            optimizations=[tf.lite.Optimize.DEFAULT],
            representative_dataset=lambda: ([glyph[None]] for glyph in sample),
        )
