"""Finds the temperature that makes confidence honest."""

import numpy as np
from numpy.typing import NDArray

from model.classifier import scores
from model.datasets import Labels


def fit_temperature(logits: NDArray[np.floating], labels: Labels) -> float:
    """The temperature with the least negative log-likelihood of `labels` (Guo et al. 2017).

    Args:
        logits: (n, 11) of pictures that were not trained on.
        labels: (n,), 0 to 9.
    """
    rows = np.arange(len(labels))

    def surprise(temperature: float) -> float:
        p = scores(logits, temperature).digits[rows, labels]
        return float(-np.log(np.maximum(p, 1e-12)).mean())

    candidates = np.geomspace(0.3, 4.0, 120)
    return float(min(candidates, key=surprise))
