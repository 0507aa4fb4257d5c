"""The network to train: what it takes and returns, and how it is judged."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

if find_spec("tensorflow") is None:
    pytest.skip("training needs TensorFlow, which is not installed", allow_module_level=True)

import keras

from model.card import KERAS_FILE, model_folder
from model.training.network import CLASSES, NAMES, SCOUT, THOROUGH, accuracy, build, load, loss

pytestmark = [
    pytest.mark.slow,  # it imports TensorFlow
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras' own
]

LABELS = np.array([3, 10, 0])


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return build()


def logits(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 2, (3, 2, CLASSES)).astype(np.float32)


def test_it_gives_the_opinions_of_both(network: keras.Model) -> None:
    glyphs = np.random.default_rng(0).random((4, 28, 28, 1), np.float32)
    opinions = network.predict(glyphs, verbose=0)
    assert opinions.shape == (4, 2, CLASSES)
    for place in (SCOUT, THOROUGH):
        own = network.get_layer(NAMES[place]).predict(glyphs, verbose=0)
        assert own == pytest.approx(opinions[:, place], abs=1e-5)


def test_it_is_small_and_the_scout_far_smaller(network: keras.Model) -> None:
    scout, thorough = (network.get_layer(name).count_params() for name in NAMES)
    assert scout + thorough == network.count_params() <= 1_000_000
    assert scout < thorough / 8


def test_the_loss_is_the_mean_of_both_cross_entropies() -> None:
    opinions = logits(1)
    shares = np.exp(opinions) / np.exp(opinions).sum(axis=2, keepdims=True)
    rows = np.arange(3)
    expected = -np.log(np.stack([shares[rows, part, LABELS] for part in range(2)], axis=1))
    assert np.asarray(loss(LABELS, opinions)) == pytest.approx(expected, rel=1e-4)


def test_it_is_as_right_as_the_thorough_one() -> None:
    opinions = logits(2)
    opinions[[0, 2], THOROUGH, LABELS[[0, 2]]] = 20
    opinions[1, THOROUGH, 4] = 20
    opinions[:, SCOUT, 4] = 20  # wrong throughout
    assert np.asarray(accuracy(LABELS, opinions)).tolist() == [1, 0, 1]


def test_a_model_from_before_there_was_a_scout_is_lent_one(
    network: keras.Model, tmp_path: Path
) -> None:
    network.get_layer("thorough").save(tmp_path / KERAS_FILE)
    glyphs = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)
    lent, shipped = load(tmp_path), load(model_folder(None))
    opinions = lent.predict(glyphs, verbose=0)
    assert opinions[:, THOROUGH] == pytest.approx(
        network.predict(glyphs, verbose=0)[:, THOROUGH], abs=1e-5
    )
    assert opinions[:, SCOUT] == pytest.approx(
        shipped.predict(glyphs, verbose=0)[:, SCOUT], abs=1e-5
    )


def as_it_was_before(part: keras.Model) -> keras.Model:
    """A network whose last layer tells all, and which knows as much of what is no digit."""
    seen = part.get_layer("which").input
    which, bias = part.get_layer("which").get_weights()
    none, none_bias = part.get_layer("none").get_weights()
    last = keras.layers.Dense(CLASSES, name="last")
    former = keras.Model(part.input, last(seen), name=part.name)
    last.set_weights(
        [
            np.concatenate([which, none[: len(which)]], axis=1),
            np.concatenate([bias, none_bias]),
        ]
    )
    return former


def test_a_model_from_before_oddities_had_a_layer_answers_as_it_did(tmp_path: Path) -> None:
    glyph = keras.Input((28, 28, 1), name="glyph")
    scout, thorough = (as_it_was_before(build().get_layer(name)) for name in NAMES)
    opinions = [keras.layers.Reshape((1, CLASSES))(part(glyph)) for part in (scout, thorough)]
    former = keras.Model(glyph, keras.layers.Concatenate(axis=1)(opinions))
    former.save(tmp_path / KERAS_FILE)
    glyphs = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)
    expected = former.predict(glyphs, verbose=0)
    assert load(tmp_path).predict(glyphs, verbose=0) == pytest.approx(expected, abs=1e-5)
    assert np.ptp(expected) > 0.01


def test_it_can_be_kept_with_its_optimizer(network: keras.Model, tmp_path: Path) -> None:
    network.compile("adam", loss, metrics=[accuracy])
    glyphs = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)
    network.train_on_batch(glyphs, LABELS)
    network.save(tmp_path / "kept.keras")
    again = keras.models.load_model(tmp_path / "kept.keras")
    assert int(again.optimizer.iterations) == 1
    assert again.evaluate(glyphs, LABELS, verbose=0) == pytest.approx(
        network.evaluate(glyphs, LABELS, verbose=0), rel=1e-4
    )
