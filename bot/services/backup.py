"""A backup of DATA_DIR in one file, made while the bot runs, and the way back.

A .tar.gz: first a manifest, then the database as SQLite itself copies it, then all other files. The
database comes before the pictures that its rows name: of a correction that is made meanwhile the
pictures are too many rather than too few.
"""

import gzip
import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Final

from bot.services.heartbeat import HEARTBEAT
from bot.storage.database import FILE_NAME

MANIFEST: Final = "digitbot-backup.json"
FORMAT: Final = 1
STAGING: Final = ".restore"
# What the next bot makes or fetches anew. So is what begins with a dot, and SQLite's journals.
PASSING: Final = {HEARTBEAT, FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", "mnist.npz"}


class BadBackup(Exception):
    """The file is no backup, is damaged, or was made by a newer version."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    created: str
    has_database: bool  # or it is in PostgreSQL, which has backups of its own


def write_backup(data_dir: Path, file: IO[bytes]) -> int:
    """Write all that is in `data_dir`; return how many files those are.

    Raises `BadBackup` if the database is damaged.
    """
    database = data_dir / FILE_NAME
    manifest = Manifest(FORMAT, datetime.now(UTC).isoformat(), database.exists())
    with (
        tempfile.TemporaryDirectory(prefix=".backup-", dir=data_dir) as aside,
        tarfile.open(fileobj=file, mode="w|gz") as archive,
    ):
        _add(archive, MANIFEST, json.dumps(asdict(manifest)).encode())
        if manifest.has_database:
            copy = Path(aside) / FILE_NAME
            with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as to:
                source.backup(to)
            _check(copy)
            archive.add(copy, FILE_NAME)
        count = 0
        for path in _files(data_dir):
            try:
                data = path.read_bytes()
            except FileNotFoundError:  # deleted meanwhile
                continue
            _add(archive, path.relative_to(data_dir).as_posix(), data)
            count += 1
    return count + manifest.has_database


def read_backup(file: IO[bytes], data_dir: Path) -> Manifest:
    """Put back what `write_backup` has written into `data_dir`, which is empty or not there.

    Raises `BadBackup` and leaves nothing behind, or `FileExistsError` if something is there.
    """
    if data_dir.exists() and any(data_dir.iterdir()):
        raise FileExistsError
    staging = data_dir / STAGING
    staging.mkdir(parents=True)
    try:
        manifest = _unpack(file, staging)
        if manifest.has_database:
            _check(staging / FILE_NAME)
        for path in staging.iterdir():
            path.rename(data_dir / path.name)
    finally:
        shutil.rmtree(staging)
    return manifest


def _files(data_dir: Path) -> Iterator[Path]:
    for path in sorted(data_dir.rglob("*")):
        parts = path.relative_to(data_dir).parts
        if parts[0] in PASSING or any(part.startswith(".") for part in parts):
            continue
        if path.is_file() and not path.is_symlink():
            yield path


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.mtime = datetime.now(UTC).timestamp()
    archive.addfile(info, io.BytesIO(data))


def _unpack(file: IO[bytes], folder: Path) -> Manifest:
    try:
        with gzip.open(file) as unzipped, tarfile.open(fileobj=unzipped, mode="r|") as archive:
            members = iter(archive)
            manifest = _manifest(archive, next(members, None))
            for member in members:
                name = PurePosixPath(member.name)
                content = archive.extractfile(member) if member.isreg() else None
                if content is None or name.is_absolute() or ".." in name.parts:
                    raise BadBackup(f"{member.name!r} does not belong into a backup")
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    shutil.copyfileobj(content, out)
            while unzipped.read(1 << 20):  # to the end, where the checksum is
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadBackup(f"it is no backup, or damaged ({error})") from error
    return manifest


def _manifest(archive: tarfile.TarFile, first: tarfile.TarInfo | None) -> Manifest:
    content = archive.extractfile(first) if first and first.name == MANIFEST else None
    if content is None:
        raise BadBackup("it is no backup of DigitBot")
    try:
        told = json.load(content)
        if told["format"] > FORMAT:
            raise BadBackup("it was made by a newer version of DigitBot: install that one")
        return Manifest(told["format"], told["created"], told["has_database"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadBackup("it is no backup of DigitBot") from error


def _check(database: Path) -> None:
    """Raise `BadBackup` unless SQLite finds a database whole."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        raise BadBackup(f"the database is damaged ({answer})")
