"""The networks' answers: probabilities, of the scout where it is sure."""

import os
import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest

from model.artifact import Artifact, load_artifact
from model.classifier import Classifier, scores
from model.litert import Glyphs, Network
from model.pipeline.normalise import NotInk, normalise


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    return load_artifact()


@pytest.fixture(scope="module")
def classifier(artifact: Artifact) -> Classifier:
    return Classifier(artifact)


def plain_zero() -> Glyphs:
    """A 0 that nobody could take for anything else, (1, 28, 28)."""
    ink = np.zeros((120, 100), np.float32)
    cv2.ellipse(ink, (50, 60), (30, 45), 0, 0, 360, 1.0, 9, cv2.LINE_AA)
    return normalise(ink)[None]


def doubtful() -> Glyphs:
    """A 0 with a faint stroke through it, which may make it another digit or none, (1, 28, 28)."""
    ink = np.zeros((120, 100), np.float32)
    cv2.line(ink, (20, 60), (80, 60), 0.6, 9, cv2.LINE_AA)
    return np.maximum(plain_zero(), normalise(ink)[None])


def specks() -> Glyphs:
    """What nobody takes for a digit, (1, 28, 28)."""
    return np.random.default_rng(0).random((1, 28, 28), np.float32)


@pytest.mark.parametrize("count", [1, 3, 1, 20])
def test_scores_are_probabilities(classifier: Classifier, count: int) -> None:
    glyphs = np.random.default_rng(0).random((count, 28, 28), np.float32)
    result = classifier(glyphs)
    assert result.digits.shape == (count, 10)
    assert result.digits.sum(axis=1) == pytest.approx(np.ones(count))
    assert ((result.digitness >= 0) & (result.digitness <= 1)).all()


def test_a_batch_is_scored_like_its_members(classifier: Classifier) -> None:
    glyphs = np.random.default_rng(1).random((5, 28, 28), np.float32)
    alone = np.concatenate([classifier(g[None]).digits for g in glyphs])
    assert classifier(glyphs).digits == pytest.approx(alone, abs=1e-4)


def test_pixels_of_0_to_255_never_reach_the_network(classifier: Classifier) -> None:
    glyph = np.zeros((1, 28, 28), np.float32)
    glyph[0, 4:24, 12:16] = 255
    with pytest.raises(NotInk, match="divide pixels by 255"):
        classifier(glyph)


def test_temperature_softens_without_changing_the_answer() -> None:
    logits = np.array([[0, 4, 1, 0, 0, 0, 0, 2, 0, 0, -3]], np.float32)
    sharp, soft = scores(logits, 1.0), scores(logits, 3.0)
    assert sharp.digits.argmax() == soft.digits.argmax() == 1
    assert sharp.digits.max() > soft.digits.max()


def test_biases_move_what_is_between_two_digits() -> None:
    logits = np.array([[0, 2.0, 0, 0, 0, 0, 0, 1.9, 0, 0, -3]], np.float32)
    biases = (0, -0.1, 0, 0, 0, 0, 0, 0.1, 0, 0)
    assert scores(logits, 0.9).digits.argmax() == 1
    assert scores(logits, 0.9, biases).digits.argmax() == 7
    assert logits[0, 1] == 2  # the network's own are left as they are


def test_what_the_scout_is_sure_of_is_left_to_it(artifact: Artifact) -> None:
    assert artifact.scout is not None
    plain = np.concatenate([plain_zero(), specks()])
    found = Classifier(artifact)(np.concatenate([plain, doubtful()]))
    scout = scores(Network(artifact.scout)(plain), artifact.card.scout_temperature)
    thorough = Classifier(replace(artifact, scout=None))(doubtful())
    assert found.digits[:2] == pytest.approx(scout.digits)
    assert found.digits[2:] == pytest.approx(thorough.digits)
    assert found.digitness == pytest.approx([*scout.digitness, *thorough.digitness])
    assert found.digits[0].argmax() == 0
    assert found.digitness[1] < 0.01


def test_a_model_from_before_there_was_a_scout_answers_alone(artifact: Artifact) -> None:
    alone = Classifier(replace(artifact, scout=None))
    alone.warm_up()
    logits = Network(artifact.litert)(plain_zero())
    expected = scores(logits, artifact.card.temperature, artifact.card.biases)
    assert alone(plain_zero()).digits == pytest.approx(expected.digits)


def test_threads_leave_the_process_its_stderr() -> None:
    """Each makes interpreters of its own, and stderr is shut meanwhile."""
    network, stderr = Network(load_artifact().litert), os.fstat(2)
    together = threading.Barrier(8)

    def work() -> None:
        for size in range(1, 9):
            together.wait()
            network(np.zeros((size, 28, 28), np.float32))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.path.samestat(os.fstat(2), stderr)
