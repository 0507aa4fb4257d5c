"""A whole training, tiny but real: the order in, a model and its report out."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.card import model_card, model_folder
from model.pipeline.normalise import normalise
from model.store import ModelStore
from model.training.events import Chose, Entered, Event, Failed, Finished, Step, decode
from model.training.order import EVENTS_FILE, Correction, Order, Preset, write_order
from model.training.strokes import NOT_A_DIGIT, draw_digit

ROOT = Path(__file__).parents[2]
TRAINED = 200  # of the pictures; what is beyond is for calibration
COUNT = 5000 + TRAINED

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="training needs TensorFlow"),
]


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Pictures like MNIST's, drawn by our own pen."""
    rng = np.random.default_rng(0)
    pictures: list[np.ndarray] = []
    labels: list[int] = []
    while len(pictures) < COUNT + 500:
        ink, label = draw_digit(rng)
        if label != NOT_A_DIGIT:
            glyph = normalise(np.clip(ink, 0, 1).astype(np.float32))
            pictures.append(np.round(glyph * 255).astype(np.uint8))
            labels.append(label)
    return np.stack(pictures), np.array(labels, np.uint8)


def train(
    folder: Path,
    digits: tuple[np.ndarray, np.ndarray],
    preset: Preset,
    *,
    shuffled: bool = False,
) -> list[Event]:
    """Run a training as its own process, though not with its low priority; return what it said."""
    x, y = digits
    taught = np.random.default_rng(1).permutation(y[:COUNT]) if shuffled else y[:COUNT]
    mnist = folder / "mnist.npz"
    np.savez(mnist, x_train=x[:COUNT], y_train=taught, x_test=x[COUNT:], y_test=y[COUNT:])
    corrections = []
    for number in range(12):
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), x[number])
        corrections.append(Correction(number, 1, path, int(y[number]), is_reviewed=True))
    run = folder / "training" / "1"
    order = Order(
        1, preset, run, folder / "models", model_folder(None), 7, mnist,
        corrections=tuple(corrections), trial=TRAINED,
    )  # fmt: skip
    write_order(order)
    code = "import sys; from pathlib import Path; from model.training.job import run\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}sys.exit(run(Path({str(run)!r})))"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return decode((run / EVENTS_FILE).read_bytes())


def test_a_quick_training_ends_with_a_model_and_a_report(
    tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    events = train(tmp_path, digits, "quick")
    phases = [event.phase for event in events if isinstance(event, Entered)]
    assert phases == ["preparing", "training", "exporting", "comparing", "reporting"]
    (chose,) = [event for event in events if isinstance(event, Chose)]
    assert (chose.taught + chose.held_back, chose.suspects) == (12, ())
    steps = [event for event in events if isinstance(event, Step)]
    assert (steps[-1].epoch, steps[-1].batch) == (steps[-1].epochs, steps[-1].batches)
    end = events[-1]
    assert isinstance(end, Finished)
    assert end.compared_with == model_card().version
    assert end.sets[0].after.accuracy > 0.9
    run = tmp_path / "training" / "1"
    assert all((run / name).read_bytes().startswith(b"\x89PNG") for name in end.pictures)
    assert b"<html" in (run / end.report).read_bytes()
    card = ModelStore(tmp_path / "models").get(end.version).card
    assert card.fingerprint == model_card().fingerprint
    assert len(card.biases) == len(card.classes)
    assert any(card.biases), "it is calibrated anew"
    assert 1.0 not in (card.temperature, card.scout_temperature)
    before, epochs = model_card().log, steps[-1].epochs
    assert (card.log[:-epochs], len(card.log)) == (before, len(before) + epochs)
    assert all(0 <= epoch.accuracy <= 1 and 0 < epoch.loss < 5 for epoch in card.log)


def test_one_seed_gives_the_same_training(
    tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    """Up to the order in which threads sum."""
    cards = []
    for name in ("once", "again"):
        (tmp_path / name).mkdir()
        end = train(tmp_path / name, digits, "quick")[-1]
        assert isinstance(end, Finished)
        cards.append(ModelStore(tmp_path / name / "models").get(end.version).card)
    once, again = cards
    assert [epoch.loss for epoch in once.log] == pytest.approx(
        [epoch.loss for epoch in again.log], rel=0.01
    )
    accuracies = zip(once.metrics, again.metrics, strict=True)
    assert all(abs(a.accuracy - b.accuracy) <= 0.01 for a, b in accuracies)


def test_a_candidate_that_learned_shuffled_labels_does_not_pass(
    tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    end = train(tmp_path, digits, "full", shuffled=True)[-1]
    assert isinstance(end, Finished)
    assert (end.passed, end.reason) == (False, "worse")
    assert end.sets[0].verdict == "worse"


def test_a_missing_data_set_ends_with_what_to_do(tmp_path: Path) -> None:
    run = tmp_path / "training" / "1"
    write_order(
        Order(1, "quick", run, tmp_path / "models", model_folder(None), 7, tmp_path / "gone.npz")
    )
    done = subprocess.run(
        [sys.executable, "-m", "model.training", str(run)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    *_, end = decode((run / EVENTS_FILE).read_bytes())
    assert isinstance(end, Failed)
    assert end.reason == "data"
    assert "gone.npz" in end.message
    assert "mnist.npz" in end.message
