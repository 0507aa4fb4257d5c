"""The network: three pairs of 3×3 convolutions, small enough to answer in half a millisecond."""

import keras

CLASSES = 11  # the ten digits, and "not a digit"


def build(width: int = 32, dropout: float = 0.4) -> keras.Model:
    """A plain convolutional network, (28, 28, 1) float32 in [0, 1] to 11 logits.

    Batch normalisation before each ReLU lets it train fast and folds away in the export.
    """
    inputs = keras.Input((28, 28, 1), name="glyph")
    x = inputs
    for level in range(3):
        for _ in range(2):
            x = keras.layers.Conv2D(width << level, 3, padding="same", use_bias=False)(x)
            x = keras.layers.BatchNormalization(momentum=0.95)(x)
            x = keras.layers.ReLU()(x)
        x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(inputs, keras.layers.Dense(CLASSES, name="logits")(x), name="digits")
