"""What the bot asks of a reader, however and wherever it runs."""

from dataclasses import dataclass
from typing import Protocol, Self

from model import Reading, Reason


@dataclass(frozen=True, slots=True)
class ReadDigit:
    """One digit, as far as it is spoken of: `model.Digit` without its place and its glyph."""

    digit: int
    confidence: float  # scores[digit]
    scores: tuple[float, ...]  # ten, summing to 1


@dataclass(frozen=True, slots=True)
class ReaderAnswer:
    """What there is to say of a reading and, if it was asked for, the picture of what was seen.

    Not the reading itself: its glyphs are arrays, and to receive one from a worker, the bot's own
    process would have to load NumPy.
    """

    number: str  # the digits in reading order, rows separated by "|"; "" when there is none
    digits: tuple[ReadDigit, ...]
    reason: Reason | None  # why there is no digit
    model_version: str
    preview: bytes | None  # PNG

    @classmethod
    def of(cls, reading: Reading, preview: bytes | None = None) -> Self:
        """Sum up a reading."""
        digits = tuple(ReadDigit(d.digit, d.confidence, d.scores) for d in reading.digits)
        return cls(reading.number, digits, reading.reason, reading.model_version, preview)


@dataclass(frozen=True, slots=True)
class CutOut:
    """One digit of an image, to be kept beside what it really is."""

    number: str  # what was read in the whole image, as in ReaderAnswer
    glyph: bytes  # a 28×28 grey PNG, what the model saw
    crop: bytes  # a JPEG, the original around it


class Reader(Protocol):
    """Reads images without blocking the loop."""

    async def read(self, data: bytes, *, preview: bool = False) -> ReaderAnswer:
        """Read one image.

        Raises `model.UnreadableImage` if it is none, `bot.errors.ReaderFailed` if that failed.
        """
        ...

    async def cut_out(self, data: bytes, position: int) -> CutOut | None:
        """Read one image and cut out the digit in this place, from 0; None if it has none there.

        Raises as `read` does.
        """
        ...
