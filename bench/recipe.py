"""The recipe of most tutorials: shrink the photo to 28×28, invert, `model.predict`.

It runs in a process of its own, the only one of the benchmark that imports TensorFlow.
"""

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.comparison import milliseconds

_model: Any  # one for the process, set once by `load`


def load(folder: Path) -> None:
    """Load a model's Keras network, the thorough one, and keep to one thread like the rival."""
    global _model  # noqa: PLW0603 - the process is the object that owns it
    with Path(os.devnull).open("w") as nowhere:  # TensorFlow greets on stderr, setting or not
        os.dup2(nowhere.fileno(), 2)
    import tensorflow as tf  # noqa: PLC0415

    from model.training import network  # noqa: PLC0415

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    cv2.setNumThreads(1)
    _model = network.load(folder).get_layer(network.NAMES[network.THOROUGH])


def predict(jpeg: bytes) -> float:
    """Return the milliseconds that one photo takes."""
    return milliseconds(lambda: _model.predict(as_mnist(jpeg)[None, ..., None], verbose=0))


def as_mnist(image: bytes, *, erode: bool = False) -> NDArray[np.float32]:
    """What the recipe shows the network of an image file, (28, 28) in [0, 1].

    `erode` is its usual patch: dark strokes are made wider by a pixel, after the reduction.
    """
    grey = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        return np.zeros((28, 28), np.float32)
    small = cv2.resize(grey, (28, 28), interpolation=cv2.INTER_AREA)
    if erode:
        small = cv2.erode(small, np.ones((2, 2), np.uint8))
    picture: NDArray[np.float32] = (255 - small) / np.float32(255)
    return picture
