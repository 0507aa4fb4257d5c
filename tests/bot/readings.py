"""Readings, model cards and pictures for tests; free of Telegram, because workers import it."""

import io
from datetime import date

import numpy as np
from PIL import Image, ImageDraw

from model import Box, Digit, Metric, ModelCard, Reading, Reason, Timings

# Readings


def make_digit(digit: int = 7, confidence: float = 0.99, **rivals: float) -> Digit:
    """Return a digit; rivals are scores by digit, as in `make_digit(7, 0.6, d1=0.3)`."""
    scores = [0.0] * 10
    for name, score in rivals.items():
        scores[int(name[1])] = score
    scores[digit] = confidence
    return Digit(digit, confidence, tuple(scores), Box(10, 20, 30, 40), np.zeros((28, 28), "f4"))


def make_reading(*digits: Digit, number: str | None = None) -> Reading:
    """Return a reading of these digits, in one row unless `number` says otherwise."""
    written = number or "".join(str(digit.digit) for digit in digits)
    return Reading("ok", written, digits, "1.0", Timings())


def make_refusal(reason: Reason) -> Reading:
    """Return a reading that found no digit."""
    return Reading("no_digit", "", (), "1.0", Timings(), reason)


def make_card(*metrics: Metric, version: str = "1.0") -> ModelCard:
    """Return a model card."""
    return ModelCard(
        version=version,
        created=date(2026, 3, 9),
        fingerprint="0123abcd",
        classes=tuple("0123456789"),
        temperature=1.0,
        parameters=300_000,
        seed=1,
        epochs=1,
        metrics=metrics,
    )


class FixedModel:
    """Stands for the models of an installation: one answers, for ever."""

    def __init__(self, card: ModelCard | None = None) -> None:
        self.card = card or make_card()


# Pictures


def draw_seven(width: int = 640, height: int = 480) -> Image.Image:
    """Return a picture of a 7, dark on light."""
    image = Image.new("RGB", (width, height), "white")
    points = [(0.35, 0.2), (0.65, 0.2), (0.45, 0.8)]
    line = [(x * width, y * height) for x, y in points]
    ImageDraw.Draw(image).line(line, fill=(20, 20, 90), width=max(2, width // 30), joint="curve")
    return image


def encode(image: Image.Image, image_format: str = "JPEG") -> bytes:
    """Return an image file."""
    buffer = io.BytesIO()
    image.save(buffer, image_format)
    return buffer.getvalue()
