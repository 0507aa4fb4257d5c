"""Turns a trained network into a model's folder: LiteRT, Keras and the card."""

import contextlib
import io
import platform
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import keras

from model.artifact import Artifact, checksums
from model.card import KERAS_FILE, LITERT_FILE, Metric, ModelCard, write_card
from model.classifier import Classifier
from model.pipeline.params import DEFAULT as PIPELINE
from model.pipeline.params import fingerprint
from model.reader import DigitReader

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
    """Write `network` as a new version under `out`; the folder appears whole or not at all.

    Args:
        network: (n, 28, 28, 1) to (n, 11) logits.
        origin: what to note of it.
        out: the folder of versions; made if need be.
        measure: measures a reader with the exported network, for the card.

    Returns:
        The version's folder.
    """
    now = datetime.now(UTC)
    name = now.strftime("%Y%m%d-%H%M%S")
    out.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".new-", dir=out))
    try:
        # Saved bare: the optimiser's state would triple the file.
        bare = keras.Model.from_config(network.get_config())
        bare.set_weights(network.get_weights())
        bare.save(aside / KERAS_FILE)
        with contextlib.redirect_stdout(io.StringIO()):
            bare.export(aside / LITERT_FILE, format="litert", verbose=False)
        card = ModelCard(
            version=name,
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
            sha256=checksums(aside),
        )
        served = Classifier(Artifact(card, (aside / LITERT_FILE).read_bytes()))
        reader = DigitReader(served, card, PIPELINE)
        write_card(aside, replace(card, metrics=measure(reader)))
        aside.chmod(0o755)
        aside.replace(out / name)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return out / name
