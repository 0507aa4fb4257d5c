"""Stage 5: glyphs to scores, by LiteRT. TensorFlow is not needed, nor imported."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from model.artifact import Artifact
from model.pipeline.normalise import check_ink

Glyphs = NDArray[np.float32]  # (n, 28, 28) in [0, 1]


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
        """Score glyphs, all in one call of the network.

        Raises:
            NotInk: the values are not ink in [0, 1]; pixels of 0–255 end here.
        """
        check_ink(glyphs.reshape(-1, glyphs.shape[-1]))
        return scores(self._logits(glyphs), self._temperature)

    def _logits(self, glyphs: Glyphs) -> NDArray[np.float32]:
        interpreter = self._interpreter(len(glyphs))
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], glyphs[..., None])
        interpreter.invoke()
        logits: NDArray[np.float32] = interpreter.get_tensor(
            interpreter.get_output_details()[0]["index"]
        )
        return logits

    def _interpreter(self, batch: int) -> Interpreter:
        """This thread's interpreter for batches of this size (LiteRT re-plans on a new one)."""
        ready: dict[int, Interpreter] = self._local.__dict__.setdefault("ready", {})
        if batch not in ready:
            if len(ready) >= 16:
                ready.clear()
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


def scores(logits: NDArray[np.floating], temperature: float) -> Scores:
    """Turn (n, 11) logits, the last for "not a digit", into calibrated probabilities."""
    scaled = logits.astype(np.float64) / temperature
    return Scores(_softmax(scaled[:, :10]), 1 - _softmax(scaled)[:, 10])


def _softmax(x: NDArray[np.float64]) -> NDArray[np.float64]:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = e / e.sum(axis=1, keepdims=True)
    return result
