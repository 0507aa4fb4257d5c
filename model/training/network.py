"""The network: 3×3 convolutions with residuals, most of them where the picture is already small."""

import keras
from keras import layers

CLASSES = 11  # the ten digits, and "not a digit"


def build(dropout: float = 0.4) -> keras.Model:
    """A small residual network (He et al. 2016), (28, 28, 1) float32 in [0, 1] to 11 logits.

    Batch normalisation before each ReLU lets it train fast and folds away in the export.
    """
    inputs = keras.Input((28, 28, 1), name="glyph")
    x = _convolved(_convolved(inputs, 16), 32)
    x = layers.MaxPooling2D()(x)
    for channels in (64, 128):
        x = _convolved(x, channels)
        for _ in range(2):
            x = layers.ReLU()(layers.add([x, _normed(x, channels)]))
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    logits = layers.Dense(CLASSES, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name="digits")


def _convolved(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    return layers.ReLU()(_normed(x, channels))


def _normed(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    return layers.BatchNormalization(momentum=0.95)(x)
