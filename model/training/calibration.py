"""Finds the temperature and the biases that make confidence honest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.classifier import scores
from model.datasets import Labels

# How dear a bias is. The pictures it is found on are of one country's hands, and those that people
# send of many: where little holds them back, biases make sevens of ones with an upstroke.
DEAR = 3e-3
STEPS = 25  # of Newton's, none longer than LONGEST: from far away he leaps past the aim
LONGEST = 1.0
REFUSED = 0.007  # of the digits held back, plain and worn, no more than this are taken for none


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes probabilities of logits; see `classifier.scores`."""

    temperature: float
    biases: tuple[float, ...] = ()


def calibrate(logits: NDArray[np.floating], labels: Labels) -> Calibration:
    """The temperature and biases that suit pictures which were not trained on.

    What a network is trained on has more ones with upstrokes, and so on, than what it is asked
    about: a bias for each digit takes that back (Alexandari et al. 2020, arXiv 1901.06852).

    Args:
        logits: (n, 11) of them.
        labels: (n,), 0 to 9.
    """
    biases = _fit_biases(logits, labels, fit_temperature(logits, labels))
    return Calibration(fit_temperature(logits, labels, biases), biases)


def forgiving(calibration: Calibration, logits: NDArray[np.floating]) -> Calibration:
    """The same, with a bias for "not a digit" too: no more than `REFUSED` of digits are refused.

    Args:
        calibration: the temperature and the biases of the ten digits.
        logits: (n, 11) of digits that were not trained on.
    """
    digitness = scores(logits, calibration.temperature, calibration.biases).digitness
    certain = np.clip(digitness, 1e-12, 1 - 1e-12)
    odds = np.log(certain / (1 - certain))
    bias = calibration.temperature * float(np.quantile(odds, REFUSED))
    return Calibration(calibration.temperature, (*calibration.biases, min(0.0, bias)))


def fit_temperature(
    logits: NDArray[np.floating], labels: Labels, biases: tuple[float, ...] = ()
) -> float:
    """The temperature with the least negative log-likelihood of `labels` (Guo et al. 2017).

    Args:
        logits: (n, 11) of pictures that were not trained on.
        labels: (n,), 0 to 9.
        biases: what is added to the logits of the digits.
    """
    rows = np.arange(len(labels))

    def surprise(temperature: float) -> float:
        p = scores(logits, temperature, biases).digits[rows, labels]
        return float(-np.log(np.maximum(p, 1e-12)).mean())

    candidates = np.geomspace(0.3, 4.0, 120)
    return float(min(candidates, key=surprise))


def _fit_biases(
    logits: NDArray[np.floating], labels: Labels, temperature: float
) -> tuple[float, ...]:
    """The biases with the least negative log-likelihood, and `DEAR` times their squares."""
    biases = np.zeros(10)
    right = np.eye(10)[labels]
    for _ in range(STEPS):
        p = scores(logits, temperature, tuple(biases)).digits
        slope = (p - right).mean(axis=0) + 2 * DEAR * biases / temperature
        bend = np.diag(p.mean(axis=0)) - p.T @ p / len(p) + 2 * DEAR * np.eye(10)
        step = np.linalg.solve(bend, slope)
        biases -= temperature * step / max(1.0, float(np.abs(step).max()) / LONGEST)
    return tuple(float(bias) for bias in biases)
