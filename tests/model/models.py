"""Model folders for tests of what keeps and moves them: whole and checked, but no networks."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from model.card import KERAS_FILE, LITERT_FILE, SCOUT_FILE, ModelCard, write_card
from model.store import checksums


def make_model(parent: Path, version: str) -> Path:
    """Return a new folder under `parent` that holds a model of this version."""
    folder = parent / f"made-{version}"
    folder.mkdir(parents=True)
    (folder / LITERT_FILE).write_bytes(f"network of {version}".encode())
    (folder / SCOUT_FILE).write_bytes(f"scout of {version}".encode())
    (folder / KERAS_FILE).write_bytes(f"weights of {version}".encode())
    write_card(folder, replace(_CARD, version=version, sha256=checksums(folder)))
    return folder


_CARD = ModelCard(
    version="",
    created=date(2026, 3, 9),
    fingerprint="0123abcd",
    classes=tuple("0123456789"),
    temperature=1.0,
    parameters=300_000,
    seed=1,
    epochs=1,
)
