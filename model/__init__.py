"""Reads handwritten digits in images: bytes in, a `Reading` out. Knows nothing of Telegram."""

from typing import TYPE_CHECKING, Any

from model.card import Metric, ModelCard, model_card
from model.errors import ArtifactError, ModelError, UnreadableImage
from model.reading import Box, Digit, Reading, Reason, Timings

if TYPE_CHECKING:
    from model.reader import DigitReader

__all__ = [
    "ArtifactError",
    "Box",
    "Digit",
    "DigitReader",
    "Metric",
    "ModelCard",
    "ModelError",
    "Reading",
    "Reason",
    "Timings",
    "UnreadableImage",
    "model_card",
]


def __getattr__(name: str) -> Any:
    """Import the reader when it is asked for: a process that only passes readings on, as the bot's
    own does, need not load OpenCV and LiteRT for it.
    """
    if name == "DigitReader":
        from model.reader import DigitReader  # noqa: PLC0415

        return DigitReader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
