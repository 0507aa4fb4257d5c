"""A model is served only whole, and only under the pipeline it was made for."""

import dataclasses
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.artifact import load_artifact
from model.card import CARD_FILE, KERAS_FILE, LITERT_FILE, model_card, model_folder, write_card
from model.classifier import Classifier, scores
from model.errors import ArtifactError, FingerprintMismatch
from model.pipeline.normalise import NormaliseParams, NotInk
from model.pipeline.params import DEFAULT, PipelineParams, fingerprint


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped model."""
    for file in model_folder(None).iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def changes() -> list[PipelineParams]:
    """The pipeline with one number of it changed, once for each there is."""
    changed = []
    for stage in dataclasses.fields(DEFAULT):
        params = getattr(DEFAULT, stage.name)
        for field in dataclasses.fields(params):
            value = getattr(params, field.name)
            if isinstance(value, int | float):
                other = replace(params, **{field.name: value * 2 + 1})
                changed.append(replace(DEFAULT, **{stage.name: other}))
    return changed


def test_each_parameter_changes_the_fingerprint() -> None:
    prints = [str(fingerprint(params)) for params in changes()]
    assert len(prints) > 15
    assert len({*prints, str(fingerprint(DEFAULT))}) == len(prints) + 1


def test_only_stage_four_changes_the_half_that_weights_depend_on() -> None:
    ours = fingerprint(DEFAULT)
    for params in changes():
        assert (fingerprint(params).shape == ours.shape) == (params.normalise == DEFAULT.normalise)


def test_a_model_is_refused_under_another_pipeline_and_both_are_named() -> None:
    other = replace(DEFAULT, normalise=NormaliseParams(longest=22))
    with pytest.raises(FingerprintMismatch) as caught:
        load_artifact(params=other)
    assert str(fingerprint(DEFAULT)) in str(caught.value)
    assert str(fingerprint(other)) in str(caught.value)


def test_the_shipped_model_is_whole_small_and_says_where_it_comes_from() -> None:
    folder = model_folder(None)
    card = load_artifact().card
    assert sum(file.stat().st_size for file in folder.iterdir()) < 4 * 2**20
    assert {file.name for file in folder.iterdir()} == {LITERT_FILE, KERAS_FILE, CARD_FILE}
    assert card.version == folder.name
    assert card.classes[:10] == tuple("0123456789")
    assert {m.set for m in card.metrics} >= {"MNIST test"}
    assert card.temperature > 0


@pytest.mark.parametrize("name", [LITERT_FILE, CARD_FILE])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ArtifactError, match=name):
        load_artifact(copy)


def test_a_damaged_network_is_refused(copy: Path) -> None:
    data = bytearray((copy / LITERT_FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / LITERT_FILE).write_bytes(data)
    with pytest.raises(ArtifactError, match="checksum"):
        load_artifact(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "1"}'])
def test_a_card_that_is_none_is_refused(copy: Path, text: str) -> None:
    (copy / CARD_FILE).write_text(text)
    with pytest.raises(ArtifactError, match=CARD_FILE):
        model_card(copy)


def test_a_card_survives_being_written(copy: Path) -> None:
    card = replace(model_card(copy), version="other", seed=7)
    write_card(copy, card)
    assert model_card(copy) == card


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(load_artifact())


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
