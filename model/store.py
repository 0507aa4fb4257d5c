"""The models of one installation: versions side by side, one of them served, and a way back.

    DATA_DIR/models/
        current             the version that is served, then those served before it, one a line
        20261122-192858/    a version, there whole or not at all (see `model.card`)
        .new-…, .old-…      on its way in or out; what a crash leaves of these is swept

Whatever is written is written aside, flushed to the disk and renamed. So a crash at any instant,
a power cut included, leaves the old state or the new one, never a mixture.

The shipped model is a version too, though it lies in the package. It is served as long as nothing
else was promoted, and when nothing else can be.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from model.card import (
    CARD_FILE,
    KERAS_FILE,
    LITERT_FILE,
    SCOUT_FILE,
    ModelCard,
    model_folder,
    read_card,
)
from model.errors import ArtifactError
from model.lock import Lock

CURRENT = "current"
SHIPPED = "shipped"  # stands in `current` for the package's model, whichever version that is
KEPT = 10  # versions that pruning leaves, beside the shipped one


class UnknownModel(ArtifactError):
    """The store has no such version."""


class ModelInUse(ArtifactError):
    """The version is served, or comes with the package: it cannot be removed."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """One version."""

    folder: Path
    card: ModelCard
    is_shipped: bool
    is_served: bool


class ModelStore:
    """The versions under `root`, which need not exist yet, and the shipped one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    # Looking

    def versions(self) -> list[StoredModel]:
        """All versions, newest first; a folder without a readable card is none."""
        shipped = model_folder(None)
        served = self.preferred()[0]
        found = {shipped.name: shipped}
        for folder in self._folders():
            found.setdefault(folder.name, folder)
        models = []
        for _, folder in sorted(found.items(), reverse=True):
            try:
                card = read_card(folder)
            except ArtifactError:
                continue
            models.append(StoredModel(folder, card, folder == shipped, folder == served))
        return models

    def get(self, version: str) -> StoredModel:
        """One version; raises `UnknownModel`."""
        for model in self.versions():
            if model.card.version == version:
                return model
        raise UnknownModel(f"There is no model {version}. `digitbot models list` shows all.")

    def preferred(self) -> list[Path]:
        """The folders to serve from, the best first: the promoted one, its predecessors, the
        shipped one. Whoever cannot load the first takes the next.
        """
        shipped = model_folder(None)
        comes_along = (
            SHIPPED,
            shipped.name,
        )  # it may have been trained here, before it was shipped
        folders = [shipped if v in comes_along else self.root / v for v in self._history()]
        there = [folder for folder in folders if (folder / CARD_FILE).is_file()]
        return list(dict.fromkeys([*there, shipped]))

    def mark(self) -> object:
        """Something that differs whenever another version has been made the served one."""
        try:
            status = (self.root / CURRENT).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns

    # Changing

    def add(self, folder: Path) -> StoredModel:
        """Take in a copy of the model in `folder`, under its version; it is not served yet.

        Raises `ArtifactError` if it is not whole, or another of that version is here.
        """
        card = check_whole(folder)
        if card.version == model_folder(None).name:
            return self.get(card.version)
        target = self.root / card.version
        with self._changing():
            if target.exists():
                if read_card(target) == card:
                    return self.get(card.version)
                raise ArtifactError(f"There is another model {card.version} in {self.root}.")
            aside = Path(tempfile.mkdtemp(prefix=".new-", dir=self.root))
            for name in [*checksums(folder), CARD_FILE]:
                shutil.copyfile(folder / name, aside / name)
                flush(aside / name)
            check_whole(aside)  # the copy: a full disk or a failing one shows here
            aside.chmod(0o755)
            flush(aside)
            aside.rename(target)
            flush(self.root)
        return self.get(card.version)

    def promote(self, version: str) -> StoredModel:
        """Make `version` the one that is served; that it is whole is checked, that it fits the
        pipeline is left to who loads it.

        Raises `UnknownModel`, or `ArtifactError` if it is damaged.
        """
        with self._changing():
            model = self.get(version)
            check_whole(model.folder)
            entry = SHIPPED if model.is_shipped else version
            before = self._history() or [SHIPPED]
            self._write_history([entry, *(v for v in before if v != entry)])
        return self.get(version)

    def rollback(self) -> StoredModel:
        """Serve what was served before, and forget the promotion that is taken back.

        Raises `UnknownModel` when the shipped model is served and never another was.
        """
        with self._changing():
            target = self.predecessor()
            check_whole(target.folder)
            history = self._history()
            entry = SHIPPED if target.is_shipped else target.card.version
            rest = history[history.index(entry) :] if entry in history else [entry]
            self._write_history(rest)
        return self.get(target.card.version)

    def predecessor(self) -> StoredModel:
        """What `rollback` goes back to; raises `UnknownModel` as it does."""
        _, *before = self.preferred()
        if not before:
            raise UnknownModel("There is no earlier model to go back to.")
        return self.get(read_card(before[0]).version)

    def discard(self, version: str) -> None:
        """Remove a version; raises `UnknownModel`, and `ModelInUse` for the served or shipped."""
        with self._changing():
            model = self.get(version)
            if model.is_served or model.is_shipped:
                raise ModelInUse(f"{version} is served or comes with the bot: it stays.")
            self._remove(model.folder)

    def prune(self, keep: int = KEPT) -> list[str]:
        """Remove all but the newest `keep` versions, the served one, the one to roll back to and
        the shipped one; return what was removed.
        """
        with self._changing():
            needed = set(self.preferred()[:2])
            own = [model for model in self.versions() if not model.is_shipped]
            removed = [model for model in own[keep:] if model.folder not in needed]
            for model in removed:
                self._remove(model.folder)
        return [model.card.version for model in removed]

    # Inside

    def _folders(self) -> list[Path]:
        if not self.root.is_dir():
            return []
        return [f for f in self.root.iterdir() if f.is_dir() and not f.name.startswith(".")]

    def _history(self) -> list[str]:
        try:
            lines = (self.root / CURRENT).read_text(encoding="utf-8").split()
        except (FileNotFoundError, UnicodeDecodeError):
            return []
        return [line for line in lines if Path(line).name == line]  # names, never paths

    def _write_history(self, versions: list[str]) -> None:
        aside = self.root / f".new-{CURRENT}"
        aside.write_text("\n".join(versions[:KEPT]) + "\n", encoding="utf-8")
        flush(aside)
        aside.replace(self.root / CURRENT)
        flush(self.root)

    def _remove(self, folder: Path) -> None:
        """First out of sight in one step, then for good."""
        aside = folder.with_name(f".old-{folder.name}")
        folder.rename(aside)
        flush(self.root)
        shutil.rmtree(aside)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Let one process at a time change the store, and sweep first what a crash has left."""
        with Lock(self.root / ".lock"):
            for left in [*self.root.glob(".new-*"), *self.root.glob(".old-*")]:
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()
            yield


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of the network files in a model's folder."""
    scout = [SCOUT_FILE] if (folder / SCOUT_FILE).exists() else []  # older models lack it
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in (LITERT_FILE, *scout, KERAS_FILE)
    }


def check_whole(folder: Path) -> ModelCard:
    """Compare a model's files with its card's checksums; return the card.

    Raises `ArtifactError`.
    """
    card = read_card(folder)
    try:
        found = checksums(folder)
    except OSError as error:
        raise ArtifactError(f"The model in {folder} lacks a file: {error}.") from error
    for name in sorted(found.keys() | card.sha256.keys()):
        if found.get(name) != card.sha256.get(name):
            state = "damaged" if name in found else "missing"
            raise ArtifactError(f"{folder / name} is {state}: {CARD_FILE} has another checksum.")
    return card


def flush(path: Path) -> None:
    """Wait until a file, or which names a folder holds, is on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
