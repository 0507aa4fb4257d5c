"""A training of two courses: all there is to learn, and then only what is no digit."""

from pathlib import Path

import numpy as np
import pytest

from model.card import KERAS_FILE, model_card

pytest.importorskip("tensorflow", reason="training needs TensorFlow, which is not installed")

from model.training.checkpoint import Checkpoints, Interrupted, Stop
from model.training.data import Mnist
from model.training.fit import Plan, Progress, train
from model.training.network import DIGITS, NAMES, NONE, load
from model.training.order import CHECKPOINTS

BATCHES = 3  # in an epoch


def weights(folder: Path) -> dict[str, list[np.ndarray]]:
    """Those of the layers that tell digits apart, and those of the layers that refuse."""
    network = load(folder)
    return {
        layer: [w for name in NAMES for w in network.get_layer(name).get_layer(layer).get_weights()]
        for layer in (DIGITS, NONE)
    }


def are_equal(some: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras' own
def test_the_second_course_goes_on_and_leaves_what_tells_digits_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (600, 28, 28), np.uint8), rng.integers(0, 10, 600)
    few = noise[0][:100], noise[1][:100]
    plan = Plan(tmp_path / "models", epochs=1, rejection=2, per_epoch=BATCHES * 165)
    kept, stop = tmp_path / "kept", Stop()
    seen: list[tuple[int, int]] = []

    def tell(progress: Progress) -> None:
        assert progress.epochs == 3
        seen.append((progress.epoch, progress.batch))
        if seen[-1] == (2, 1):  # what the first course came to
            (checkpoint,) = kept.glob(CHECKPOINTS)
            (tmp_path / KERAS_FILE).write_bytes(checkpoint.read_bytes())
        stop.is_requested = seen[-1] == (3, 1)

    mnist = Mnist(noise, few, few)
    with pytest.raises(Interrupted):
        train(plan, tell, mnist=mnist, checkpoints=Checkpoints(kept, stop))
    folder = train(plan, tell, mnist=mnist, checkpoints=Checkpoints(kept))

    whole = [(epoch, batch) for epoch in (1, 2, 3) for batch in range(1, BATCHES + 1)]
    assert seen == [*whole[: 2 * BATCHES + 1], *whole[2 * BATCHES :]]
    assert len(model_card(folder).log) == model_card(folder).epochs == 3
    before, after = weights(tmp_path), weights(folder)
    assert are_equal(before[DIGITS], after[DIGITS])
    assert not are_equal(before[NONE], after[NONE])
