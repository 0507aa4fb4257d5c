"""Turns a trained network into a model's folder: LiteRT, Keras and the card."""

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

from model.artifact import Artifact
from model.card import KERAS_FILE, LITERT_FILE, Metric, ModelCard, write_card
from model.classifier import Classifier
from model.pipeline.params import DEFAULT as PIPELINE
from model.pipeline.params import fingerprint
from model.reader import DigitReader
from model.store import ModelStore, checksums

CLASSES = (*"0123456789", "not a digit")


@dataclass(frozen=True, slots=True)
class Origin:
    """What the card says of how the network came to be."""

    data: tuple[str, ...]
    seed: int
    epochs: int
    temperature: float


def export(
    network: keras.Model,
    origin: Origin,
    out: Path,
    measure: Callable[[DigitReader], tuple[Metric, ...]],
) -> Path:
    """Write `network` as a new version of the store in `out`.

    Args:
        network: (n, 28, 28, 1) to (n, 11) logits.
        origin: what to note of it.
        out: the store's folder; made if need be.
        measure: measures a reader with the exported network, for the card.

    Returns:
        The version's folder.
    """
    now = datetime.now(UTC)
    with TemporaryDirectory(prefix="digitbot-model-") as place:
        folder = Path(place)
        # Saved bare: the optimiser's state would triple the file.
        bare = keras.Model.from_config(network.get_config())
        bare.set_weights(network.get_weights())
        bare.save(folder / KERAS_FILE)
        with contextlib.redirect_stdout(io.StringIO()):
            bare.export(folder / LITERT_FILE, format="litert", verbose=False)
        card = ModelCard(
            version=now.strftime("%Y%m%d-%H%M%S"),
            created=now.date(),
            fingerprint=str(fingerprint(PIPELINE)),
            classes=CLASSES,
            temperature=origin.temperature,
            parameters=network.count_params(),
            seed=origin.seed,
            epochs=origin.epochs,
            data=origin.data,
            libraries={"python": platform.python_version()}
            | {
                lib: version(lib)
                for lib in ("tensorflow", "keras", "numpy", "opencv-python-headless")
            },
            sha256=checksums(folder),
        )
        served = Classifier(Artifact(card, (folder / LITERT_FILE).read_bytes()))
        reader = DigitReader(served, card, PIPELINE)
        write_card(folder, replace(card, metrics=measure(reader)))
        return ModelStore(out).add(folder).folder
