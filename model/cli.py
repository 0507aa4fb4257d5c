"""Commands about digits: classify images, evaluate a model, train one."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from model.artifact import load_artifact
from model.classifier import Classifier
from model.datasets import MissingData, labelled_sets, load_pictures
from model.errors import ArtifactError, UnreadableImage
from model.evaluation.measure import Answer, confusion, metric, read_images, read_pictures
from model.evaluation.picture import draw_confusion
from model.preview import draw_preview
from model.reader import DigitReader
from model.reading import Reading

T = TypeVar("T")

ModelOption = Annotated[
    Path | None,
    typer.Option("--model", envvar="MODEL_PATH", help="A model's folder; else the shipped one."),
]
MnistOption = Annotated[
    Path | None,
    typer.Option("--mnist", envvar="MNIST_PATH", help="Keras' mnist.npz; else it is downloaded."),
]


@dataclass(frozen=True, slots=True)
class _Line:
    """What became of one file."""

    path: Path
    reading: Reading | None
    reason: str | None
    ms: float


def classify(
    paths: Annotated[list[Path], typer.Argument(help="Image files.", metavar="PATH…")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    preview: Annotated[
        Path | None, typer.Option(help="A folder to write what the model saw to, as PNG.")
    ] = None,
    model: ModelOption = None,
) -> None:
    """Read the digit in each image. Exits with 1 if a file could not be read."""
    reader = _or_exit(lambda: DigitReader.load(model))
    table = Table("file", "digit", "confidence", "ms", box=None)
    unreadable = False
    for path in paths:
        line = _classify_one(reader, path, preview)
        unreadable |= line.reading is None
        if as_json:
            typer.echo(json.dumps(_as_object(line, reader.card.version)))
        else:
            table.add_row(*_as_row(line))
    if not as_json:
        Console().print(table)
    if unreadable:
        raise typer.Exit(1)


def _classify_one(reader: DigitReader, path: Path, preview: Path | None) -> _Line:
    start = time.perf_counter()
    try:
        data = path.read_bytes()
        reading = reader.read(data)
    except OSError as error:
        return _Line(path, None, error.strerror or str(error), 0.0)
    except UnreadableImage as error:
        return _Line(path, None, str(error), (time.perf_counter() - start) * 1000)
    elapsed = (time.perf_counter() - start) * 1000
    if preview is not None:
        preview.mkdir(parents=True, exist_ok=True)
        # The suffix stays in the name: 7.jpg and 7.png have a preview each.
        (preview / f"{path.name}.preview.png").write_bytes(draw_preview(data, reading))
    return _Line(path, reading, reading.reason, elapsed)


def _as_object(line: _Line, version: str) -> dict[str, Any]:
    reading = line.reading
    return {
        "path": str(line.path),
        "status": reading.status if reading else "unreadable",
        "number": reading.number if reading else "",
        "digits": [
            {
                "digit": d.digit,
                "confidence": round(d.confidence, 6),
                "box": list(d.box),
                "scores": [round(s, 6) for s in d.scores],
            }
            for d in (reading.digits if reading else ())
        ],
        "reason": line.reason,
        "model": version,
        "ms": round(line.ms, 2),
    }


def _as_row(line: _Line) -> tuple[str, str, str, str]:
    if line.reading is None:
        return str(line.path), "–", line.reason or "", ""
    if not line.reading.digits:
        return str(line.path), "none", (line.reason or "").replace("_", " "), f"{line.ms:.1f}"
    sure = " ".join(f"{d.confidence:.1%}" for d in line.reading.digits)
    return str(line.path), line.reading.number, sure, f"{line.ms:.1f}"


def evaluate(
    data: Annotated[
        Path | None,
        typer.Option(help="An .npz of small pictures, or a folder with labels.csv; else MNIST."),
    ] = None,
    picture: Annotated[Path, typer.Option(help="Where to draw the confusion matrix.")] = Path(
        "confusion.png"
    ),
    model: ModelOption = None,
    mnist: MnistOption = None,
) -> None:
    """Measure a model on labelled images: accuracy, mistakes by digit, calibration."""
    console = Console()
    sets = _or_exit(lambda: _answers(data, model, mnist))
    summary = Table("set", "images", "right", "accuracy", "refused", "ECE", box=None)
    everything: list[Answer] = []
    for name, answers in sets.items():
        measured = metric(name, answers)
        right = sum(a.answer == a.truth for a in answers)
        refused = sum(a.answer == "" != a.truth for a in answers)
        summary.add_row(
            name,
            f"{len(answers)}",
            f"{right}",
            f"{measured.accuracy:.2%}",
            f"{refused}",
            f"{measured.ece:.2%}",
        )
        everything += answers
    console.print(summary)
    counts = confusion(everything)
    console.print(_by_digit(counts))
    draw_confusion(counts, f"{sum(map(len, sets.values()))} images", picture)
    console.print(f"Confusion matrix: {picture}")


def _answers(data: Path | None, model: Path | None, mnist: Path | None) -> dict[str, list[Answer]]:
    if data is not None and data.is_dir():
        reader = DigitReader.load(model)
        return {
            name: list(read_images(reader, images)) for name, images in labelled_sets(data).items()
        }
    classifier = Classifier(load_artifact(model))
    if data is None and mnist is None:
        from model.training.data import load_mnist  # noqa: PLC0415  brings TensorFlow along

        return {"MNIST test": read_pictures(classifier, *load_mnist(None).test)}
    path = data or mnist
    assert path is not None
    return {path.stem: read_pictures(classifier, *load_pictures(path))}


def _by_digit(counts: np.ndarray[Any, np.dtype[np.int64]]) -> Table:
    table = Table("digit", "images", "wrong", "taken for", box=None)
    for digit in range(10):
        row = counts[digit]
        mistakes = [(int(n), i) for i, n in enumerate(row) if n and i != digit]
        taken = ", ".join(
            f"{i if i < 10 else 'none'} ×{n}" for n, i in sorted(mistakes, reverse=True)[:4]
        )
        table.add_row(str(digit), str(row.sum()), str(row.sum() - row[digit]), taken)
    return table


def train(
    out: Annotated[
        Path, typer.Option(help="The folder of models; the new one goes into it.")
    ] = Path("data/models"),
    mnist: MnistOption = None,
    extra: Annotated[
        list[Path] | None, typer.Option(help="Further digits: an .npz with x and y. Repeatable.")
    ] = None,
    start: Annotated[
        Path | None, typer.Option("--from", help="A model to train on from, instead of afresh.")
    ] = None,
    epochs: Annotated[
        int, typer.Option(min=0, help="Times through MNIST; 0 with --from only exports anew.")
    ] = 22,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model, nearly.")] = 1,
    limit: Annotated[
        int | None, typer.Option(min=500, help="Use only so many of MNIST's digits: a trial run.")
    ] = None,
    measure: Annotated[
        list[Path] | None,
        typer.Option(help="Folders with labels.csv to measure on, for the card. Repeatable."),
    ] = None,
) -> None:
    """Train a model. It needs TensorFlow: pip install 'digitbot[train]'."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        from model.training.fit import Plan  # noqa: PLC0415  seconds, and only here
        from model.training.fit import Progress as Step  # noqa: PLC0415
        from model.training.fit import train as fit  # noqa: PLC0415
    except ModuleNotFoundError as error:
        typer.echo(f"Training needs {error.name}: pip install 'digitbot[train]'", err=True)
        raise typer.Exit(2) from error
    if not epochs and start is None:
        typer.echo("With --epochs 0 say which model to export anew: --from FOLDER.", err=True)
        raise typer.Exit(2)
    plan = Plan(
        out,
        mnist,
        tuple(extra or ()),
        start,
        epochs,
        seed=seed,
        limit=limit,
        measure=tuple(measure or ()),
    )
    columns = (
        TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}  accuracy {task.fields[accuracy]:.2%}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("", epoch=0, epochs=epochs, loss=float("nan"), accuracy=0.0)

        def show(step: Step) -> None:
            bar.update(
                task,
                total=step.epochs * step.batches,
                completed=(step.epoch - 1) * step.batches + step.batch,
                epoch=step.epoch,
                loss=step.loss,
                accuracy=step.accuracy,
            )

        folder = _or_exit(lambda: fit(plan, show))
    Console().print(f"New model: {folder}")


def _or_exit(work: Callable[[], T]) -> T:
    """Do `work`; what a person can mend ends in its sentence and exit code 2."""
    try:
        return work()
    except (ArtifactError, MissingData) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
