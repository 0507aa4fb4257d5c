"""The pictures of corrections, on disk: the glyph that the model saw, and the original around it.

Each pair has a random name, which tells nothing of whose it is; the database knows.
"""

import secrets
import time
from collections.abc import Collection
from pathlib import Path

import aiofiles
import aiofiles.os

CORRECTIONS = "corrections"  # the folder in DATA_DIR
STRAY = 3600.0  # seconds after which a file that no row names is not about to be named
_GLYPH, _CROP = ".glyph.png", ".crop.jpg"


class CorrectionFiles:
    """The pairs in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def glyph(self, picture: str) -> Path:
        """Return where a glyph is: a 28×28 grey PNG, its ink bright."""
        return self._folder / f"{picture}{_GLYPH}"

    def crop(self, picture: str) -> Path:
        """Return where the original around it is: a JPEG."""
        return self._folder / f"{picture}{_CROP}"

    async def save(self, glyph: bytes, crop: bytes) -> str:
        """Write a pair; return its name."""
        picture = secrets.token_hex(8)
        await aiofiles.os.makedirs(self._folder, exist_ok=True)
        for path, data in ((self.crop(picture), crop), (self.glyph(picture), glyph)):
            async with aiofiles.open(path, "xb") as file:
                await file.write(data)
        return picture

    async def load(self, picture: str) -> tuple[bytes, bytes]:
        """Return the glyph and the crop; raise `FileNotFoundError` if they are gone."""
        async with aiofiles.open(self.glyph(picture), "rb") as file:
            glyph = await file.read()
        async with aiofiles.open(self.crop(picture), "rb") as file:
            return glyph, await file.read()

    async def delete(self, pictures: Collection[str]) -> None:
        """Delete pairs; those that are gone already are as they should be."""
        for picture in pictures:
            for path in (self.glyph(picture), self.crop(picture)):
                try:
                    await aiofiles.os.remove(path)
                except FileNotFoundError:
                    continue

    async def sweep(self, known: Collection[str], now: float | None = None) -> int:
        """Delete the files that no row names; return how many those were.

        They are what is left where the bot was ended between writing a file and its row. `now` is
        in seconds since 1970.
        """
        before = (time.time() if now is None else now) - STRAY
        if not await aiofiles.os.path.isdir(self._folder):
            return 0
        strays = 0
        for name in await aiofiles.os.listdir(self._folder):
            path = self._folder / name
            if name.partition(".")[0] in known or (await aiofiles.os.stat(path)).st_mtime > before:
                continue
            await aiofiles.os.remove(path)
            strays += 1
        return strays
