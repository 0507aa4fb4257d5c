"""`digitbot models` and `digitbot train --preset`: what admins do from the shell."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app, train_preset
from model.card import LITERT_FILE, model_folder, read_card, write_card
from model.store import ModelStore
from model.training.order import training_lock

SHIPPED = read_card(model_folder(None)).version

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call `digitbot` in an installation of its own."""
    monkeypatch.chdir(tmp_path)  # where no .env is

    def run(*arguments: str, **settings: str) -> Result:
        env = {"DATA_DIR": f"{tmp_path}", "COLUMNS": "200", **settings}
        return CliRunner().invoke(app, arguments, obj=train_preset, env=env)

    return run


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """The shipped model under two further names."""
    store = ModelStore(tmp_path / "models")
    for version in ("20270101-000000", "20270102-000000"):
        copied = tmp_path / version
        shutil.copytree(model_folder(None), copied)
        write_card(copied, replace(read_card(copied), version=version))
        store.add(copied)
    return store


def answering(run: Run) -> str:
    """Which of the models `list` says answers."""
    lines = run("models", "list").stdout.splitlines()
    (line,) = [line for line in lines if "answers" in line]
    return line.split()[0]


@pytest.mark.usefixtures("store")
def test_models_are_listed_shown_promoted_and_rolled_back(run: Run) -> None:
    assert answering(run) == SHIPPED
    shown = run("models", "show", "20270101-000000")
    assert f"{read_card(model_folder(None)).parameters:,}" in shown.stdout
    assert "MNIST test" in shown.stdout
    for version in ("20270101-000000", "20270102-000000"):
        assert run("models", "promote", version).exit_code == 0
        assert answering(run) == version
    assert run("models", "rollback").stdout == "20270101-000000 answers from now on.\n"
    assert answering(run) == "20270101-000000"


def test_prune_leaves_what_answers_and_the_way_back(run: Run, store: ModelStore) -> None:
    run("models", "promote", "20270101-000000")
    assert run("models", "prune", "--keep", "0").stdout == "Removed: 20270102-000000.\n"
    assert [model.card.version for model in store.versions()] == ["20270101-000000", SHIPPED]
    assert "nothing to remove" in run("models", "prune").stdout


def test_what_cannot_be_promoted_is_said_in_a_sentence(run: Run, store: ModelStore) -> None:
    damaged = store.get("20270101-000000").folder / LITERT_FILE
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    pinned = {"MODEL_PATH": f"{model_folder(None)}"}
    for result, words in (
        (run("models", "promote", "gone"), "There is no model gone"),
        (run("models", "promote", "20270101-000000"), "damaged"),
        (run("models", "rollback"), "no earlier model"),
        (run("models", "promote", "20270102-000000", **pinned), "MODEL_PATH"),
    ):
        assert result.exit_code == 2
        assert words in result.stderr
        assert "Traceback" not in result.stderr
    assert answering(run) == SHIPPED


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="training needs TensorFlow")
def test_while_another_trains_it_says_so(run: Run, tmp_path: Path) -> None:
    runs = tmp_path / "training"
    runs.mkdir()
    with training_lock(runs):
        result = run("train", "--preset", "quick")
    assert result.exit_code == 2
    assert "A training is already running" in result.stderr


def test_a_data_set_that_is_not_there_is_said_in_a_sentence(run: Run, tmp_path: Path) -> None:
    result = run("train", "--preset", "quick", MNIST_PATH=f"{tmp_path / 'gone.npz'}")
    assert result.exit_code == 2
    assert "MNIST_PATH" in result.stderr


def test_there_are_two_presets(run: Run) -> None:
    result = run("train", "--preset", "slow")
    assert result.exit_code == 2
    assert "quick, full" in result.stderr
