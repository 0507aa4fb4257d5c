"""The bytes behind file ids: a folder on disk, bounded, the oldest thrown out first.

A file is known by its contents: the same bytes sent again are the same file (`file_unique_id`).
"""

import hashlib
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.api_server.errors import BadRequest
from bot.api_server.objects import JsonObject

DOWNLOAD_LIMIT: Final = 20 * 2**20  # what a bot may fetch, in bytes
_FOLDERS: Final = {"photo": "photos", "document": "documents", "sticker": "stickers"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that somebody sent."""

    file_id: str
    unique_id: str
    size: int  # in bytes; what it claims to be where only a part is kept
    path: str  # under /file/bot<token>/, and under the store's folder

    def to_json(self) -> JsonObject:
        """The three fields that every kind of file has."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": self.size,
        }


class FileStore:
    """Keeps up to `max_bytes` of files in a temporary folder, made when the first file comes."""

    def __init__(self, *, max_bytes: int) -> None:
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._max_bytes = max_bytes
        self._held = 0
        self._files: OrderedDict[str, StoredFile] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._served: dict[str, str] = {}  # path → file id

    def add(
        self, data: bytes, *, kind: str, suffix: str = "", claimed_size: int | None = None
    ) -> StoredFile:
        """Keep `data`; `claimed_size` makes it pass for a larger file than it is."""
        digest = hashlib.sha256(data, usedforsecurity=False)
        unique_id = digest.hexdigest()[:16]
        digest.update(f"{kind}{suffix}{claimed_size}".encode())
        name = digest.hexdigest()
        file_id = f"{kind[:2].upper()}{name}"
        if file_id in self._files:
            self._files.move_to_end(file_id)
            return self._files[file_id]
        folder = _FOLDERS.get(kind, f"{kind}s")
        path = f"{folder}/{name[:24]}{suffix}"
        stored = StoredFile(file_id, unique_id, claimed_size or len(data), path)
        target = self._folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
        self._files[file_id] = stored
        self._sizes[file_id] = len(data)
        self._held += len(data)
        while self._held > self._max_bytes and len(self._files) > 1:
            self._drop_oldest()
        return stored

    def get(self, file_id: str) -> StoredFile:
        """The file of that id; raises BadRequest."""
        try:
            return self._files[file_id]
        except KeyError:
            raise BadRequest(
                "wrong file_id or the file is temporarily unavailable"
                if file_id
                else "file_id not specified"
            ) from None

    def offer(self, file: StoredFile) -> None:
        """Make `file` downloadable, as getFile does; raises BadRequest over 20 MiB."""
        if file.size > DOWNLOAD_LIMIT:
            raise BadRequest("file is too big")
        self._served[file.path] = file.file_id

    def downloadable(self, path: str) -> Path | None:
        """Where an offered file lies."""
        return self._folder / path if path in self._served else None

    def read(self, file_id: str) -> bytes:
        """The bytes of a file; raises BadRequest."""
        return (self._folder / self.get(file_id).path).read_bytes()

    def close(self) -> None:
        """Remove the folder and forget what was in it."""
        self._files.clear()
        self._served.clear()
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    @property
    def _folder(self) -> Path:
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="bot-api-")
        return Path(self._temporary.name)

    def _drop_oldest(self) -> None:
        file_id, stored = self._files.popitem(last=False)
        self._held -= self._sizes.pop(file_id)
        self._served.pop(stored.path, None)
        (self._folder / stored.path).unlink(missing_ok=True)
