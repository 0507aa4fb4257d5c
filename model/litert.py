"""Runs one exported network in LiteRT. TensorFlow is not needed, nor imported."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

Glyphs = NDArray[np.float32]  # (n, 28, 28) in [0, 1]

LARGEST = 16  # glyphs in one call

_STDERR = threading.Lock()  # the process has but one


class Network:
    """Glyphs to logits. Threads may share it: each gets interpreters of its own."""

    def __init__(self, content: bytes) -> None:
        """Run the LiteRT file with this content."""
        self._content = content
        self._local = threading.local()

    def __call__(self, glyphs: Glyphs) -> NDArray[np.float32]:
        """Answer with (n, 11) logits, in one call unless there are very many glyphs."""
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
            with _STDERR, _quiet():
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
