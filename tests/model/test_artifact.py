"""A model is served only whole, and only under the pipeline it was made for."""

import dataclasses
from dataclasses import replace
from pathlib import Path

import pytest

from model.artifact import load_artifact
from model.card import (
    CARD_FILE,
    KERAS_FILE,
    LITERT_FILE,
    SCOUT_FILE,
    model_card,
    model_folder,
    write_card,
)
from model.errors import ArtifactError, FingerprintMismatch
from model.pipeline.normalise import NormaliseParams
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
    files = {LITERT_FILE, SCOUT_FILE, KERAS_FILE, CARD_FILE}
    assert {file.name for file in folder.iterdir()} == files
    assert card.version == folder.name
    assert card.classes[:10] == tuple("0123456789")
    assert {m.set for m in card.metrics} >= {"MNIST test"}
    assert card.temperature > 0
    assert len(card.biases) == len(card.classes)


@pytest.mark.parametrize("name", [LITERT_FILE, SCOUT_FILE, CARD_FILE])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ArtifactError, match=name):
        load_artifact(copy)


@pytest.mark.parametrize("name", [LITERT_FILE, SCOUT_FILE])
def test_a_damaged_network_is_refused(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
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
