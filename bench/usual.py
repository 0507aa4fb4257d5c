"""The networks of most tutorials, trained on MNIST as it is.

`train` and `classify` need TensorFlow, and run in a process of their own, like `bench.recipe`.
"""

import os
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["dense", "convolutional"]

EPOCHS: dict[Kind, int] = {"dense": 5, "convolutional": 15}  # as the tutorials have it


def train(kind: Kind, mnist: Path, path: Path) -> None:
    """Train a network on MNIST's 60,000 digits divided by 255, and nothing else.

    The dense one is of TensorFlow's "quickstart for beginners", the convolutional one of Keras'
    "Simple MNIST convnet".
    """
    keras = _keras()
    keras.utils.set_random_seed(1)
    layers = keras.layers
    body = {
        "dense": [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.2)],
        "convolutional": [
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
        ],
    }[kind]
    network = keras.Sequential([keras.Input((28, 28, 1)), *body, layers.Dense(10, "softmax")])
    network.compile("adam", "sparse_categorical_crossentropy")
    with np.load(mnist) as file:
        x, y = file["x_train"], file["y_train"]
    batch = 32 if kind == "dense" else 128
    pictures = x[..., None].astype(np.float32) / 255
    network.fit(pictures, y, batch_size=batch, epochs=EPOCHS[kind], verbose=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    network.save(path)


def classify(path: Path, pictures: NDArray[np.float32]) -> NDArray[np.int64]:
    """The digit that a trained network takes each of (n, 28, 28) pictures for."""
    network = _keras().models.load_model(path, compile=False)
    scores = network.predict(pictures[..., None], batch_size=500, verbose=0)
    return np.asarray(scores.argmax(axis=1), np.int64)


def _keras() -> Any:
    with Path(os.devnull).open("w") as nowhere:  # TensorFlow greets on stderr, setting or not
        os.dup2(nowhere.fileno(), 2)
    import keras  # noqa: PLC0415

    return keras
