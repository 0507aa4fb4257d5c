"""Reads handwritten digits in images: bytes in, a `Reading` out. Knows nothing of Telegram."""

from model.artifact import Metric, ModelCard, model_card
from model.errors import ArtifactError, ModelError, UnreadableImage
from model.reader import DigitReader
from model.reading import Box, Digit, Reading, Reason, Timings

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
