"""Reads handwritten digits in images: bytes in, a `Reading` out. Knows nothing of Telegram."""

from model.errors import ModelError, UnreadableImage
from model.reading import Box, Digit, Reading, Reason, Timings

__all__ = ["Box", "Digit", "ModelError", "Reading", "Reason", "Timings", "UnreadableImage"]
