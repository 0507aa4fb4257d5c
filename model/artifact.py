"""A trained model on disk: a folder with the network, its origin, its figures and its checksums.

<version>/
    model.tflite    the network as it is served, by LiteRT
    model.keras     the same network, to train on from
    metadata.json   a `ModelCard`
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from model.errors import ArtifactError, FingerprintMismatch
from model.pipeline import params as pipeline

LITERT_FILE = "model.tflite"
KERAS_FILE = "model.keras"
CARD_FILE = "metadata.json"
SHIPPED = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Metric:
    """How well the model did on one set of labelled images."""

    set: str
    count: int
    accuracy: float  # share answered right, refusals counted as wrong
    ece: float  # expected calibration error of the confidence, 0 to 1


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
    libraries: dict[str, str] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)  # file name to checksum


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model folder that has been checked and may be served."""

    card: ModelCard
    litert: bytes


def model_card(path: Path | None = None) -> ModelCard:
    """Read a model's card; `path` is a model's folder, None the shipped one.

    Raises:
        ArtifactError: there is no card, or it is not one.
    """
    return _read_card(_folder(path))


def load_artifact(
    path: Path | None = None, params: pipeline.PipelineParams = pipeline.DEFAULT
) -> Artifact:
    """Read a model and make sure that it is whole and fits this pipeline.

    Raises:
        ArtifactError: a file is missing or its checksum differs.
        FingerprintMismatch: the model was trained with another pipeline.
    """
    folder = _folder(path)
    card = _read_card(folder)
    ours = str(pipeline.fingerprint(params))
    if card.fingerprint != ours:
        raise FingerprintMismatch(
            f"The model in {folder} was made for the pipeline {card.fingerprint}, but this is "
            f"{ours}. Use a model made for this one, or make it with `digitbot train`."
        )
    try:
        data = (folder / LITERT_FILE).read_bytes()
    except OSError as error:
        raise ArtifactError(f"The model in {folder} lacks its {LITERT_FILE}.") from error
    if hashlib.sha256(data).hexdigest() != card.sha256.get(LITERT_FILE):
        raise ArtifactError(
            f"{folder / LITERT_FILE} is damaged: its checksum is not the one in {CARD_FILE}."
        )
    return Artifact(card, data)


def write_card(folder: Path, card: ModelCard) -> None:
    """Write `card` into a model's folder."""
    text = json.dumps(asdict(card) | {"created": card.created.isoformat()}, indent=2)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of the network files in a model's folder."""
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in (LITERT_FILE, KERAS_FILE)
    }


def _folder(path: Path | None) -> Path:
    if path is not None:
        return path
    versions = sorted(card.parent for card in SHIPPED.glob(f"*/{CARD_FILE}"))
    if not versions:
        raise ArtifactError("This installation came without its model. Install it again.")
    return versions[-1]


def _read_card(folder: Path) -> ModelCard:
    try:
        fields: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        return ModelCard(
            **fields
            | {
                "created": date.fromisoformat(fields["created"]),
                "classes": tuple(fields["classes"]),
                "data": tuple(fields["data"]),
                "metrics": tuple(Metric(**metric) for metric in fields["metrics"]),
            }
        )
    except OSError as error:
        raise ArtifactError(
            f"{folder} is not a model: a model is a folder with {CARD_FILE} in it."
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ArtifactError(f"{folder / CARD_FILE} is not a model's card ({error}).") from error
