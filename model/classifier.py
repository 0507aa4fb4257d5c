"""Stage 5: glyphs to scores, by LiteRT. TensorFlow is not needed, nor imported.

A glyph that leaves the network in doubt is looked at again, leaning and turned a little either way,
and the opinions are averaged: some of MNIST's errors go, and a sure glyph costs no more.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from model.artifact import Artifact
from model.pipeline.normalise import check_ink

Glyphs = NDArray[np.float32]  # (n, 28, 28) in [0, 1]

LARGEST = 16  # glyphs in one call of the network
DOUBT = 0.85  # a glyph whose best digit has less is looked at again
PERHAPS = 0.2  # unless it is less likely than this to be a digit at all
FEW = 12  # doubtful glyphs; where more, and most, are in doubt, these are no digits
LEAN = 0.15  # pixels to the side for each up or down
TURN = 12.0  # degrees


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What the network says of n glyphs."""

    digits: NDArray[np.float64]  # (n, 10), calibrated; each row sums to 1: which digit, if one
    digitness: NDArray[np.float64]  # (n,), the probability that it is a digit at all


class Classifier:
    """The network of one model. Threads may share it: each gets an interpreter of its own."""

    def __init__(self, artifact: Artifact) -> None:
        self._content = artifact.litert
        self._temperature = artifact.card.temperature
        self._local = threading.local()

    def __call__(self, glyphs: Glyphs) -> Scores:
        """Score glyphs, those of a picture in one call of the network unless they are very many.

        Raises:
            NotInk: the values are not ink in [0, 1]; pixels of 0–255 end here.
        """
        check_ink(glyphs.reshape(-1, glyphs.shape[-1]))
        logits = self._logits(glyphs)
        first = scores(logits, self._temperature)
        doubted = (first.digits.max(axis=1) < DOUBT) & (first.digitness > PERHAPS)
        if not doubted.any() or doubted.sum() > max(FEW, len(glyphs) / 2):
            return first
        digits = first.digits.copy()
        for i in np.flatnonzero(doubted):
            again = self._logits(np.stack([_seen_from(view, glyphs[i]) for view in _views()]))
            opinions = scores(np.concatenate([logits[i : i + 1], again]), self._temperature)
            digits[i] = _softmax(np.log(opinions.digits).mean(axis=0, keepdims=True))[0]
        return Scores(digits, first.digitness)

    def _logits(self, glyphs: Glyphs) -> NDArray[np.float32]:
        """The network's (n, 11) answers, in one call unless there are very many glyphs."""
        parts = [glyphs[start : start + LARGEST] for start in range(0, len(glyphs), LARGEST)]
        return np.concatenate([self._invoke(part) for part in parts])

    def _invoke(self, glyphs: Glyphs) -> NDArray[np.float32]:
        interpreter = self._interpreter(len(glyphs))
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], glyphs[..., None])
        interpreter.invoke()
        logits: NDArray[np.float32] = interpreter.get_tensor(
            interpreter.get_output_details()[0]["index"]
        )
        return logits

    def _interpreter(self, batch: int) -> Interpreter:
        """This thread's interpreter for batches of this size.

        LiteRT plans anew for another size, which takes it as long as ten glyphs: so there is one
        for each, and they are few.
        """
        ready: dict[int, Interpreter] = self._local.__dict__.setdefault("ready", {})
        if batch not in ready:
            with _quiet():
                interpreter = Interpreter(model_content=self._content, num_threads=1)
                index = interpreter.get_input_details()[0]["index"]
                interpreter.resize_tensor_input(index, (batch, 28, 28, 1))
                interpreter.allocate_tensors()
            ready[batch] = interpreter
        return ready[batch]


@contextmanager
def _quiet() -> Iterator[None]:
    """Close the process's stderr for a moment: LiteRT announces its delegate there, unasked."""
    stderr = os.dup(2)
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def _views() -> Iterator[NDArray[np.float64]]:
    """Ways to look at a glyph again, as (2, 3) matrices of cv2.warpAffine about its centre."""
    centre = (13.5, 13.5)
    for lean in (LEAN, -LEAN):
        yield np.array([[1, lean, -lean * centre[1]], [0, 1, 0]])
    for turn in (TURN, -TURN):
        yield cv2.getRotationMatrix2D(centre, turn, 1)


def _seen_from(view: NDArray[np.float64], glyph: Glyphs) -> Glyphs:
    return cv2.warpAffine(glyph, view, glyph.shape[::-1])


def scores(logits: NDArray[np.floating], temperature: float) -> Scores:
    """Turn (n, 11) logits, the last for "not a digit", into calibrated probabilities."""
    scaled = logits.astype(np.float64) / temperature
    return Scores(_softmax(scaled[:, :10]), 1 - _softmax(scaled)[:, 10])


def _softmax(x: NDArray[np.float64]) -> NDArray[np.float64]:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = e / e.sum(axis=1, keepdims=True)
    return result
