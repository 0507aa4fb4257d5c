"""The network, which is two: a scout for what is plain, and a thorough one for the rest.

Most digits are plain. The scout multiplies 1.5 million times where the other does 40 million times,
and what it is sure of, the other is not asked: a cascade (Viola & Jones 2001; for networks,
Teerapittayanon et al. 2016, arXiv 1709.01686). They share no layer, but are trained, kept and
exported as one.
"""

from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from model.card import KERAS_FILE, model_folder
from model.training.strokes import NOT_A_DIGIT

CLASSES = 11  # the ten digits, and "not a digit"
DIGITS = "which"  # the layer that tells which digit it is,
ODDITIES, NONE = "oddities", "none"  # and those that tell only whether it is none
SCOUT, THOROUGH = 0, 1  # places in what the network returns, and its layers' names below
NAMES = ("scout", "thorough")


def build() -> keras.Model:
    """From (28, 28, 1) float32 in [0, 1] to (2, 11) logits, the scout's and the other's."""
    glyph = keras.Input((28, 28, 1), name="glyph")
    logits = [network(glyph) for network in (_scout(), _thorough())]
    return keras.Model(glyph, _stacked(logits), name="digits")


def load(folder: Path) -> keras.Model:
    """The network of the model in `folder`, of `build`'s form.

    To one from before there was a scout, the shipped model lends its own.
    """
    network = keras.models.load_model(folder / KERAS_FILE)
    if NAMES[SCOUT] in {layer.name for layer in network.layers}:
        parts = {name: network.get_layer(name) for name in NAMES}
        if all(NONE in {layer.name for layer in part.layers} for part in parts.values()):
            return network
        whole = build()
    else:
        parts = {NAMES[THOROUGH]: network}
        whole = load(model_folder(None))
    for name, part in parts.items():
        _take_over(whole.get_layer(name), part)
    return whole


def _take_over(network: keras.Model, former: keras.Model) -> None:
    """Give it the weights of one whose last layer tells all, digits and what is none."""
    weights = former.get_weights()
    if len(weights) == len(network.get_weights()):
        network.set_weights(weights)
        return
    *earlier, kernel, bias = weights
    nothing_of_it = np.zeros((network.get_layer(ODDITIES).units, 1), np.float32)
    none = np.concatenate([kernel[:, NOT_A_DIGIT:], nothing_of_it])
    network.get_layer(DIGITS).set_weights([kernel[:, :NOT_A_DIGIT], bias[:NOT_A_DIGIT]])
    network.get_layer(NONE).set_weights([none, bias[NOT_A_DIGIT:]])
    body = keras.Model(network.input, network.get_layer(DIGITS).input)
    body.set_weights(earlier)


@keras.saving.register_keras_serializable("digitbot")  # type: ignore[untyped-decorator]
def loss(labels: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Cross-entropy in nats, (n,) labels and (n, 2, 11) logits: the two networks' mean."""
    twice = ops.stack([labels, labels], axis=1)
    return keras.losses.sparse_categorical_crossentropy(twice, logits, from_logits=True)


@keras.saving.register_keras_serializable("digitbot")  # type: ignore[untyped-decorator]
def accuracy(labels: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Where the thorough network is right, (n,)."""
    return keras.metrics.sparse_categorical_accuracy(labels, logits[:, THOROUGH])


def _stacked(logits: list[keras.KerasTensor]) -> keras.KerasTensor:
    rows = [layers.Reshape((1, CLASSES), dtype="float32")(row) for row in logits]
    return layers.Concatenate(axis=1, dtype="float32", name="logits")(rows)


def _scout() -> keras.Model:
    """Few convolutions, and those where the picture is small already."""
    glyph = keras.Input((28, 28, 1))
    x = _convolved(glyph, 16, size=4, stride=2)
    x = _convolved(x, 32, stride=2)
    for _ in range(2):
        x = _added(x, 32)
    x = _convolved(x, 64, stride=2)
    return _classified(glyph, x, dropout=0.1, oddities=12, name=NAMES[SCOUT])


def _thorough() -> keras.Model:
    """A small residual network (He et al. 2016): 3×3 convolutions, most where the picture is small.

    Batch normalisation before each ReLU lets it train fast and folds away in the export.
    """
    glyph = keras.Input((28, 28, 1))
    x = _convolved(_convolved(glyph, 16), 32)
    x = layers.MaxPooling2D()(x)
    for channels in (64, 128):
        x = _convolved(x, channels)
        for _ in range(2):
            x = _added(x, channels)
        x = layers.MaxPooling2D()(x)
    return _classified(glyph, x, dropout=0.4, oddities=64, name=NAMES[THOROUGH])


def _classified(
    glyph: keras.KerasTensor, x: keras.KerasTensor, *, dropout: float, oddities: int, name: str
) -> keras.Model:
    """Which digit it is shows at once; what is none is of many kinds, and has a layer for them."""
    x = layers.Dropout(dropout)(layers.Flatten()(x))
    which = layers.Dense(NOT_A_DIGIT, dtype="float32", name=DIGITS)(x)
    odd = layers.Dense(oddities, activation="relu", name=ODDITIES)(x)
    none = layers.Dense(1, dtype="float32", name=NONE)(layers.Concatenate()([x, odd]))
    return keras.Model(glyph, layers.Concatenate(dtype="float32")([which, none]), name=name)


def _added(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    return layers.ReLU()(layers.add([x, _normed(x, channels)]))


def _convolved(
    x: keras.KerasTensor, channels: int, *, size: int = 3, stride: int = 1
) -> keras.KerasTensor:
    return layers.ReLU()(_normed(x, channels, size, stride))


def _normed(
    x: keras.KerasTensor, channels: int, size: int = 3, stride: int = 1
) -> keras.KerasTensor:
    x = layers.Conv2D(channels, size, strides=stride, padding="same", use_bias=False)(x)
    return layers.BatchNormalization(momentum=0.95)(x)
