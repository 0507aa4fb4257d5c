"""Answers made for tests, with no reader behind them."""

import numpy as np

from model.evaluation.answer import Answer, Claim
from model.labels import digits_in

GLYPH = np.zeros((28, 28), np.uint8)


def answer(label: str, number: str, confidence: float = 0.9, name: str = "x.png") -> Answer:
    """What was answered to a photo that is not there; `confidence` is of each digit."""
    claims = tuple(Claim(int(d), confidence, GLYPH) for d in digits_in(number))
    return Answer(name, label, number, claims, not claims, confidence if claims else 0.0)
