"""A trained model on disk that has been checked and may be served."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from model.card import CARD_FILE, LITERT_FILE, SCOUT_FILE, ModelCard, model_folder, read_card
from model.errors import ArtifactError, FingerprintMismatch
from model.pipeline import params as pipeline


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model that is whole and fits this pipeline."""

    card: ModelCard
    litert: bytes  # the thorough network
    scout: bytes | None = None  # the one that is asked first, if the model has it


def load_artifact(
    path: Path | None = None, params: pipeline.PipelineParams = pipeline.DEFAULT
) -> Artifact:
    """Read a model and make sure that it is whole and fits this pipeline.

    Raises:
        ArtifactError: a file is missing or its checksum differs.
        FingerprintMismatch: the model was trained with another pipeline.
    """
    folder = model_folder(path)
    card = read_card(folder)
    ours = str(pipeline.fingerprint(params))
    if card.fingerprint != ours:
        raise FingerprintMismatch(
            f"The model in {folder} was made for the pipeline {card.fingerprint}, but this is "
            f"{ours}. Use a model made for this one, or make it with `digitbot train`."
        )
    scout = _network(folder, SCOUT_FILE, card) if SCOUT_FILE in card.sha256 else None
    return Artifact(card, _network(folder, LITERT_FILE, card), scout)


def _network(folder: Path, name: str, card: ModelCard) -> bytes:
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise ArtifactError(f"The model in {folder} lacks its {name}.") from error
    if hashlib.sha256(data).hexdigest() != card.sha256.get(name):
        raise ArtifactError(
            f"{folder / name} is damaged: its checksum is not the one in {CARD_FILE}."
        )
    return data
