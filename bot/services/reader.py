"""What the bot asks of a reader, however and wherever it runs."""

from dataclasses import dataclass
from typing import Protocol

from model import Reading


@dataclass(frozen=True, slots=True)
class ReaderAnswer:
    """A reading and, if it was asked for, the picture of what the model saw."""

    reading: Reading
    preview: bytes | None  # PNG


class Reader(Protocol):
    """Reads images without blocking the loop."""

    async def read(self, data: bytes, *, preview: bool = False) -> ReaderAnswer:
        """Read one image.

        Raises `model.UnreadableImage` if it is none, `bot.errors.ReaderFailed` if that failed.
        """
        ...
