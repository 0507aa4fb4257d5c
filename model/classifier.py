"""Stage 5: glyphs to scores, by LiteRT. TensorFlow is not needed, nor imported.

A small network, the scout, is asked first, and what it is sure of is left to it: most digits are
plain. A glyph that leaves the thorough one in doubt is looked at again, leaning and turned a little
either way, and the opinions are averaged: some of MNIST's errors go, and a sure one costs no more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.artifact import Artifact
from model.litert import Glyphs, Network
from model.pipeline.normalise import check_ink

PLAIN = 0.99  # a digit that the scout is this sure of is left to it,
NONSENSE = 0.01  # and so is what it finds less likely than this to be a digit
DOUBT = 0.85  # a glyph whose best digit has less is looked at again
PERHAPS = 0.24  # unless it is less likely than this to be a digit at all
FEW = 12  # doubtful glyphs; where more, and most, are in doubt, these are no digits
LEAN = 0.15  # pixels to the side for each up or down
TURN = 12.0  # degrees


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What the network says of n glyphs."""

    digits: NDArray[np.float64]  # (n, 10), calibrated; each row sums to 1: which digit, if one
    digitness: NDArray[np.float64]  # (n,), the probability that it is a digit at all


class Classifier:
    """The networks of one model. Threads may share it."""

    def __init__(self, artifact: Artifact) -> None:
        self._thorough = Network(artifact.litert)
        self._scout = Network(artifact.scout) if artifact.scout else None
        self._temperature, self._biases = artifact.card.temperature, artifact.card.biases
        self._scout_temperature = artifact.card.scout_temperature

    def warm_up(self) -> None:
        """Make the first call of this thread as fast as the later ones."""
        blank = np.zeros((1, 28, 28), np.float32)
        for network in (self._scout, self._thorough):
            if network is not None:
                network(blank)

    def __call__(self, glyphs: Glyphs) -> Scores:
        """Score glyphs, those of a picture in one call of a network unless they are very many.

        Raises:
            NotInk: the values are not ink in [0, 1]; pixels of 0–255 end here.
        """
        check_ink(glyphs.reshape(-1, glyphs.shape[-1]))
        most = max(FEW, len(glyphs) // 2)
        if self._scout is None:
            return self._studied(glyphs, most)
        found = scores(self._scout(glyphs), self._scout_temperature)
        quality = found.digits.max(axis=1) * found.digitness
        unclear = (quality < PLAIN) & (found.digitness > NONSENSE)
        if unclear.any():
            studied = self._studied(glyphs[unclear], most)
            found.digits[unclear], found.digitness[unclear] = studied.digits, studied.digitness
        return found

    def _studied(self, glyphs: Glyphs, most: int) -> Scores:
        """What the thorough network says, after a second look at what it doubts, if that is not
        more than `most`.
        """
        logits = self._thorough(glyphs)
        first = scores(logits, self._temperature, self._biases)
        doubted = (first.digits.max(axis=1) < DOUBT) & (first.digitness > PERHAPS)
        if not doubted.any() or doubted.sum() > most:
            return first
        digits = first.digits.copy()
        for i in np.flatnonzero(doubted):
            again = self._thorough(np.stack([_seen_from(view, glyphs[i]) for view in _views()]))
            all_looks = np.concatenate([logits[i : i + 1], again])
            opinions = scores(all_looks, self._temperature, self._biases)
            digits[i] = _softmax(np.log(opinions.digits).mean(axis=0, keepdims=True))[0]
        return Scores(digits, first.digitness)


def _views() -> Iterator[NDArray[np.float64]]:
    """Ways to look at a glyph again, as (2, 3) matrices of cv2.warpAffine about its centre."""
    centre = (13.5, 13.5)
    for lean in (LEAN, -LEAN):
        yield np.array([[1, lean, -lean * centre[1]], [0, 1, 0]])
    for turn in (TURN, -TURN):
        yield cv2.getRotationMatrix2D(centre, turn, 1)


def _seen_from(view: NDArray[np.float64], glyph: Glyphs) -> Glyphs:
    return cv2.warpAffine(glyph, view, glyph.shape[::-1])


def scores(
    logits: NDArray[np.floating], temperature: float, biases: Sequence[float] = ()
) -> Scores:
    """Turn (n, 11) logits, the last for "not a digit", into calibrated probabilities.

    Args:
        logits: as a network gives them.
        temperature: what they are divided by.
        biases: added before to those of the ten digits, and of what is none; or to fewer, or none.
    """
    scaled = logits.astype(np.float64)
    scaled[:, : len(biases)] += biases
    scaled /= temperature
    return Scores(_softmax(scaled[:, :10]), 1 - _softmax(scaled)[:, 10])


def _softmax(x: NDArray[np.float64]) -> NDArray[np.float64]:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = e / e.sum(axis=1, keepdims=True)
    return result
