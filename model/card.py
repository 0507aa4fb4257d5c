"""The card of a trained model: where it comes from and what was measured of it.

A model is a folder:

    <version>/
        model.tflite    the network as it is served, by LiteRT
        scout.tflite    a far smaller one, asked first (models made before there was one lack it)
        model.keras     the two, to train on from
        metadata.json   its card
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from model.errors import ArtifactError

LITERT_FILE = "model.tflite"
SCOUT_FILE = "scout.tflite"
KERAS_FILE = "model.keras"
CARD_FILE = "metadata.json"
SHIPPED = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Metric:
    """How well the model did on one set of labelled images."""

    set: str
    count: int
    accuracy: float  # share answered right; to refuse a photo of a digit is wrong
    ece: float  # expected calibration error of the confidence, 0 to 1


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch of the training: means over its pictures, as distorted as they were shown."""

    loss: float  # cross-entropy in nats; of a network with a scout, the mean of the two
    accuracy: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Where a model comes from and what was measured of it."""

    version: str
    created: date
    fingerprint: str  # of the pipeline it was trained and measured with
    classes: tuple[str, ...]
    temperature: float  # the logits are divided by it, so that confidence is honest
    parameters: int
    seed: int
    epochs: int
    data: tuple[str, ...] = ()
    metrics: tuple[Metric, ...] = ()
    log: tuple[Epoch, ...] = ()  # of its trainings, one after another
    biases: tuple[float, ...] = ()  # added to the logits before that; () is nothing
    scout_temperature: float = 1.0  # what the scout's logits are divided by
    libraries: dict[str, str] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)  # file name to checksum


def model_card(path: Path | None = None) -> ModelCard:
    """Read a model's card; `path` is a model's folder, None the shipped one.

    Raises:
        ArtifactError: there is no card, or it is not one.
    """
    return read_card(model_folder(path))


def write_card(folder: Path, card: ModelCard) -> None:
    """Write `card` into a model's folder."""
    text = json.dumps(asdict(card) | {"created": card.created.isoformat()}, indent=2)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")


def model_folder(path: Path | None) -> Path:
    """`path`, or the folder of the shipped model; raises ArtifactError if there is none."""
    if path is not None:
        return path
    versions = sorted(card.parent for card in SHIPPED.glob(f"*/{CARD_FILE}"))
    if not versions:
        raise ArtifactError("This installation came without its model. Install it again.")
    return versions[-1]


def read_card(folder: Path) -> ModelCard:
    """Read the card in `folder`; raises ArtifactError if there is none, or it is not one."""
    try:
        fields: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        return ModelCard(
            **fields
            | {
                "created": date.fromisoformat(fields["created"]),
                "classes": tuple(fields["classes"]),
                "data": tuple(fields["data"]),
                "biases": tuple(fields.get("biases", ())),
                "metrics": tuple(Metric(**metric) for metric in fields["metrics"]),
                "log": tuple(Epoch(**epoch) for epoch in fields.get("log", ())),
                "sha256": dict(fields["sha256"]),
            }
        )
    except OSError as error:
        inside = sorted(card.parent for card in folder.glob(f"*/{CARD_FILE}"))
        hint = f" Do you mean {inside[-1]}?" if inside else ""
        raise ArtifactError(
            f"{folder} is not a model: a model is a folder with {CARD_FILE} in it.{hint}"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ArtifactError(f"{folder / CARD_FILE} is not a model's card ({error}).") from error
