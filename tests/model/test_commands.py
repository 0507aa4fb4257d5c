"""classify, evaluate and train, as a person calls them."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from model import cli
from model.card import LITERT_FILE, model_card, model_folder
from tests.model.pictures import encode, page

app = typer.Typer()
for command in (cli.classify, cli.evaluate, cli.train):
    app.command()(command)


@pytest.fixture
def run() -> CliRunner:
    return CliRunner(env={"MODEL_PATH": "", "MNIST_PATH": "", "COLUMNS": "200"})


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    path = tmp_path / "seven.png"
    path.write_bytes(encode(page(7)))
    return path


def test_classify_prints_a_table(run: CliRunner, seven: Path) -> None:
    result = run.invoke(app, ["classify", str(seven)])
    assert result.exit_code == 0
    row = next(line for line in result.stdout.splitlines() if "seven.png" in line)
    assert row.split()[1] == "7"
    assert row.split()[2].endswith("%")


def test_classify_prints_one_object_a_line_and_exits_with_1_for_the_unreadable(
    run: CliRunner, seven: Path, tmp_path: Path
) -> None:
    blank, broken = tmp_path / "blank.png", tmp_path / "broken.jpg"
    blank.write_bytes(encode(np.full((90, 90, 3), 255, np.uint8)))
    broken.write_bytes(b"\xff\xd8\xff no")
    paths = [str(p) for p in (seven, blank, broken, tmp_path / "gone.png")]
    result = run.invoke(app, ["classify", "--json", *paths])
    assert result.exit_code == 1
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["status"] for line in lines] == ["ok", "no_digit", "unreadable", "unreadable"]
    keys = ["path", "status", "number", "digits", "reason", "model", "ms"]
    assert all(list(line) == keys for line in lines)
    (digit,) = lines[0]["digits"]
    assert list(digit) == ["digit", "confidence", "box", "scores"]
    assert (lines[0]["number"], digit["digit"], len(digit["box"]), len(digit["scores"])) == (
        "7", 7, 4, 10,
    )  # fmt: skip
    assert lines[0]["model"] == model_card().version
    assert lines[1]["reason"] == "blank"
    assert "picture" in lines[2]["reason"]


def test_classify_writes_previews(run: CliRunner, seven: Path, tmp_path: Path) -> None:
    result = run.invoke(app, ["classify", "--preview", str(tmp_path / "out"), str(seven)])
    assert result.exit_code == 0
    assert (tmp_path / "out" / "seven.png.preview.png").read_bytes().startswith(b"\x89PNG")


def test_images_of_one_name_have_a_preview_each(
    run: CliRunner, seven: Path, tmp_path: Path
) -> None:
    twin = tmp_path / "[old]" / seven.name
    twin.parent.mkdir()
    twin.write_bytes(seven.read_bytes())
    out = tmp_path / "out"
    result = run.invoke(app, ["classify", "--preview", str(out), str(seven), str(twin)])
    assert len(list(out.iterdir())) == 2
    assert "[old]" in result.stdout.replace("\n", ""), "a name is no markup"


def test_previews_do_not_go_into_a_file(run: CliRunner, seven: Path) -> None:
    result = run.invoke(app, ["classify", "--preview", str(seven), str(seven)])
    assert result.exit_code == 2
    assert "is a file" in result.stderr


def test_a_report_is_not_overwritten_by_its_figures(run: CliRunner, tmp_path: Path) -> None:
    result = run.invoke(app, ["evaluate", "--report", str(tmp_path / "r.json")])
    assert result.exit_code == 2
    assert "--report is a page" in result.stderr


def test_a_model_that_is_none_ends_in_a_sentence(
    run: CliRunner, seven: Path, tmp_path: Path
) -> None:
    result = run.invoke(app, ["classify", "--model", str(tmp_path), str(seven)])
    assert result.exit_code == 2
    assert "metadata.json" in result.stderr
    assert "Traceback" not in result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three digits, one of them labelled wrongly."""
    for digit in (1, 4, 7):
        (tmp_path / f"{digit}.png").write_bytes(encode(page(digit)))
    (tmp_path / "labels.csv").write_text("file,label\n1.png,1\n4.png,4\n7.png,2\n")
    return tmp_path


def test_evaluate_measures_a_folder(run: CliRunner, folder: Path) -> None:
    report = folder / "new" / "report.html"
    result = run.invoke(app, ["evaluate", "--data", str(folder), "--report", str(report)])
    assert result.exit_code == 0, result.output
    assert "66.67%" in result.stdout
    assert "7 ×1" in result.stdout, "the 2 that was taken for a 7"
    assert "7.png" in report.read_text()
    (part,) = json.loads(report.with_suffix(".json").read_text())["sets"]
    assert (part["right"]["count"], part["right"]["of"]) == (2, 3)
    assert [m["name"] for m in part["mistakes"]] == ["7.png"]


def test_evaluate_names_what_it_cannot_read(run: CliRunner, folder: Path) -> None:
    for number in range(12):
        (folder / f"broken{number}.png").write_bytes(b"no")
        with (folder / "labels.csv").open("a") as labels:
            labels.write(f"broken{number}.png,{number % 10}\n")
    report = folder / "report.html"
    result = run.invoke(app, ["evaluate", "--data", str(folder), "--report", str(report)])
    assert result.exit_code == 0, result.output
    assert "12 files" in result.stdout
    assert "broken0.png: This file is not a picture" in result.stdout
    assert "broken11.png" in report.read_text()
    (part,) = json.loads(report.with_suffix(".json").read_text())["sets"]
    assert len(part["unreadable"]) == 12
    assert "not a picture" in part["unreadable"][11]["why"]


def test_evaluate_measures_a_collection(run: CliRunner, tmp_path: Path) -> None:
    x = np.zeros((3, 28, 28), np.uint8)
    x[:, 4:24, 13:16] = 255
    np.savez(tmp_path / "ones.npz", x=x, y=np.array([1, 1, 1]))
    data, report = str(tmp_path / "ones.npz"), str(tmp_path / "report.html")
    result = run.invoke(app, ["evaluate", "--data", data, "--report", report])
    assert result.exit_code == 0, result.output
    assert "100.00%" in result.stdout
    assert "stage 4" in result.stdout


@pytest.mark.parametrize("asked", [True, False], ids=["asked for", "only set"])
def test_evaluate_measures_mnist_beside_a_folder_if_asked_to(
    run: CliRunner, folder: Path, *, asked: bool
) -> None:
    x = np.zeros((2, 28, 28), np.uint8)
    x[:, 4:24, 13:16] = 255
    mnist, report = folder / "mnist.npz", folder / "report.html"
    np.savez(mnist, x_test=x, y_test=np.array([1, 1]))
    options = ["--mnist", str(mnist)] if asked else []
    result = run.invoke(
        app,
        ["evaluate", "--data", str(folder), "--report", str(report), *options],
        env={"MNIST_PATH": str(mnist)},
    )
    assert result.exit_code == 0, result.output
    sets = json.loads(report.with_suffix(".json").read_text())["sets"]
    assert [part["right"]["of"] for part in sets] == ([3, 2] if asked else [3])


def test_evaluate_compares_and_damages(run: CliRunner, folder: Path) -> None:
    report = folder / "report.html"
    shipped = str(model_folder(None))
    options = ["--compare", shipped, "--corruptions", "--sample", "1", "--jobs", "1"]
    result = run.invoke(app, ["evaluate", "--data", str(folder), "--report", str(report), *options])
    assert result.exit_code == 0, result.output
    written = json.loads(report.with_suffix(".json").read_text())
    assert written["comparison"]["sets"][0]["p"] == 1
    kinds = {d["kind"]: d for d in written["damages"]}
    assert kinds["turned"]["severities"][:2] == ["none", "5°"]
    assert all(share["of"] == 1 for d in kinds.values() for share in d["right"])
    assert "shadow edge" in report.read_text()


def test_evaluate_says_what_to_measure_on_where_nothing_can_be_downloaded(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)  # as where TensorFlow is not installed
    for name in [n for n in sys.modules if n.startswith("model.training")]:
        monkeypatch.delitem(sys.modules, name)
    result = run.invoke(app, ["evaluate"])
    assert result.exit_code == 2
    assert "--data FOLDER" in result.stderr


@pytest.mark.parametrize("name", ["gone", "gone.npz"])
def test_evaluate_says_what_is_not_there(run: CliRunner, tmp_path: Path, name: str) -> None:
    result = run.invoke(app, ["evaluate", "--data", str(tmp_path / name)])
    assert result.exit_code == 2
    assert "is not there" in result.stderr


def test_evaluate_says_what_a_folder_lacks(run: CliRunner, tmp_path: Path) -> None:
    result = run.invoke(app, ["evaluate", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "labels.csv" in result.stderr


def test_train_wants_a_model_to_export_anew(run: CliRunner) -> None:
    result = run.invoke(app, ["train", "--epochs", "0"])
    assert result.exit_code == 2
    assert "--from" in result.stderr


@pytest.fixture(scope="module")
def small_mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn digits in MNIST's form: enough to train on, too few to learn much."""
    import cv2  # noqa: PLC0415

    from model.training.strokes import draw_digit  # noqa: PLC0415

    rng = np.random.default_rng(0)
    drawn = [draw_digit(rng) for _ in range(5800)]
    x = np.stack([cv2.resize(ink, (28, 28), interpolation=cv2.INTER_AREA) for ink, _ in drawn])
    x = (x * 255).astype(np.uint8)
    y = np.array([label for _, label in drawn], np.uint8)
    path = tmp_path_factory.mktemp("data") / "mnist.npz"
    np.savez(path, x_train=x[:5700], y_train=y[:5700], x_test=x[5700:], y_test=y[5700:])
    return path


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras' own
def test_a_training_ends_in_a_model_that_is_served(
    run: CliRunner, seven: Path, small_mnist: Path, tmp_path: Path
) -> None:
    pytest.importorskip("tensorflow", reason="training needs TensorFlow, which is not installed")
    out = tmp_path / "models"
    common = ["--mnist", str(small_mnist), "--out", str(out), "--limit", "600"]
    (tmp_path / "labels.csv").write_text("file,label\nseven.png,7\n")
    result = run.invoke(app, ["train", *common, "--epochs", "1"])
    assert result.exit_code == 0, result.output
    (folder,) = (path for path in out.iterdir() if path.is_dir())
    card = model_card(folder)
    assert (card.epochs, card.seed, card.version) == (1, 1, folder.name)
    assert [(m.set, m.count) for m in card.metrics] == [("MNIST test", 100)]
    result = run.invoke(app, ["classify", "--json", "--model", str(folder), str(seven)])
    assert json.loads(result.stdout)["model"] == folder.name

    # Exported anew: the same weights and origin, more figures.
    again = [
        *common,
        "--from",
        str(model_folder(None)),
        "--epochs",
        "0",
        "--measure",
        str(tmp_path),
    ]
    result = run.invoke(app, ["train", *again])
    assert result.exit_code == 0, result.output
    assert "epoch" not in result.stdout  # there was none
    (other,) = {path for path in out.iterdir() if path.is_dir()} - {folder}
    shipped, exported = model_card(), model_card(other)
    assert (exported.epochs, exported.data) == (shipped.epochs, shipped.data)
    assert [m.set for m in exported.metrics] == ["MNIST test", tmp_path.name]
    assert (other / LITERT_FILE).stat().st_size == (model_folder(None) / LITERT_FILE).stat().st_size


@pytest.mark.slow
def test_missing_mnist_ends_in_what_to_do(run: CliRunner, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", reason="training needs TensorFlow, which is not installed")
    result = run.invoke(app, ["train", "--mnist", str(tmp_path / "gone.npz")])
    assert result.exit_code == 2
    assert "mnist.npz" in result.stderr


def test_a_preset_takes_no_other_option(run: CliRunner) -> None:
    result = run.invoke(app, ["train", "--preset", "quick", "--epochs", "3"])
    assert result.exit_code == 2
    assert "leave out epochs" in result.stderr


@pytest.mark.parametrize(
    "options", [["--rate", "nan"], ["--rate", "-1"], ["--precision", "float8"]]
)
def test_options_that_cannot_be_meant_are_refused(run: CliRunner, options: list[str]) -> None:
    result = run.invoke(app, ["train", *options])
    assert result.exit_code == 2
    assert options[0] in result.stderr


@pytest.mark.slow
def test_whom_to_meet_is_looked_at_before_the_work(run: CliRunner, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", reason="training needs TensorFlow, which is not installed")
    x, y = np.zeros((6000, 28, 28), np.uint8), np.zeros(6000, np.uint8)
    np.savez(tmp_path / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    options = ["--mnist", str(tmp_path / "mnist.npz"), "--out", str(tmp_path / "out")]
    result = run.invoke(app, ["train", *options, "--meet", str(tmp_path)])
    assert result.exit_code == 2
    assert "is not a model" in result.stderr
    assert not (tmp_path / "out").exists()


def test_what_is_no_file_is_said(run: CliRunner, tmp_path: Path, seven: Path) -> None:
    result = run.invoke(app, ["classify", str(tmp_path), "-"], input=seven.read_bytes())
    assert result.exit_code == 1
    _, folder, piped = (line for line in result.stdout.splitlines() if line.strip())
    assert f"is a folder: name what is in it, as {tmp_path}/*.jpg" in folder
    assert piped.split()[:2] == ["-", "7"]


@pytest.mark.parametrize(
    ("options", "says"),
    [(["--compare", "gone"], "is not a model"), (["--report", "{seven}/r.html"], "seven.png")],
)
def test_evaluate_looks_before_it_works(
    run: CliRunner, tmp_path: Path, seven: Path, options: list[str], says: str
) -> None:
    (tmp_path / "labels.csv").write_text("file,label\nseven.png,7\n")
    given = [option.format(seven=seven) for option in options]
    report = ["--report", str(tmp_path / "r.html")]
    result = run.invoke(app, ["evaluate", "--data", str(tmp_path), *report, *given])
    assert result.exit_code == 2
    assert says in result.stderr
    assert "right" not in result.stdout


def test_who_names_the_folder_above_a_model_is_shown_it(run: CliRunner, seven: Path) -> None:
    above = model_folder(None).parent
    result = run.invoke(app, ["classify", "--model", str(above), str(seven)])
    assert f"Do you mean {model_folder(None)}?" in result.stderr
