"""Commands about digits: classify images, evaluate a model, train one.

Only their shape is here; the work is in `model.commands`, imported when a command is called, so
that a bot that offers these commands beside its own does not load what they need.
"""
# ruff: noqa: PLC0415 - see above

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Annotated

import typer

ModelOption = Annotated[
    Path | None,
    typer.Option("--model", envvar="MODEL_PATH", help="A model's folder; else the shipped one."),
]
MnistOption = Annotated[
    Path | None,
    typer.Option("--mnist", envvar="MNIST_PATH", help="Keras' mnist.npz; else it is downloaded."),
]


class Precision(StrEnum):
    """Of the sums while training."""

    FLOAT32 = "float32"
    MIXED_BFLOAT16 = "mixed_bfloat16"


def _is_rate(value: float) -> float:
    if not 0 < value < inf:
        raise typer.BadParameter("it is a number greater than 0, such as 0.002.")
    return value


def _given(context: typer.Context) -> Iterator[str]:
    """The options that were given on the command line."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE":
            yield (parameter.name or "").replace("_", "-")


def classify(
    paths: Annotated[
        list[Path], typer.Argument(help="Image files; - is the standard input.", metavar="PATH…")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    preview: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="A folder to write what the model saw to, as PNG."),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Read the digit in each image. Exits with 1 if a file could not be read."""
    from model.commands.classify import classify as work

    with _problems_on_stderr():
        if not work(paths, as_json, preview, model):
            raise typer.Exit(1)


def evaluate(
    context: typer.Context,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            help="A folder of labelled images, or an .npz of small ones; else MNIST. Repeatable."
        ),
    ] = None,
    report: Annotated[
        Path,
        typer.Option(dir_okay=False, help="The page to write; its figures go beside it, as JSON."),
    ] = Path("evaluation.html"),
    model: ModelOption = None,
    compare: Annotated[
        Path | None, typer.Option(metavar="OTHER_MODEL", help="A model to compare it with.")
    ] = None,
    corruptions: Annotated[
        bool, typer.Option("--corruptions", help="Damage the photos, too: this takes a while.")
    ] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Use only so many of each set, drawn by the seed.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed draws and damages the same.")] = 1,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes to read with; else one a processor.")
    ] = None,
    mnist: MnistOption = None,
) -> None:
    """Measure a model on labelled images, and write a report to look at.

    A folder holds images and a labels.csv, with the columns file and label. A label is the digits,
    with a bar between rows, or spaces where they are scattered, or empty. Or the folder holds
    folders of images, named 0 to 9 and none.
    """
    from model.commands.evaluate import Request
    from model.commands.evaluate import evaluate as work

    if report.suffix.lower() == ".json":
        typer.echo(
            "--report is a page, such as evaluation.html; the .json goes beside it.", err=True
        )
        raise typer.Exit(2)

    if data and "mnist" not in _given(context):
        mnist = None  # a setting for where the file is does not ask to measure on it, too

    with _problems_on_stderr():
        work(
            Request(
                tuple(data or ()), mnist, model, compare, report, corruptions, sample, seed, jobs
            )
        )


def train(
    context: typer.Context,
    preset: Annotated[
        str | None,
        typer.Option(
            help="quick or full: as /train does, with the settings and corrections of the bot here;"
            " no other option counts then."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="The folder of models; the new one goes into it. Else DATA_DIR/models.",
        ),
    ] = None,
    mnist: MnistOption = None,
    extra: Annotated[
        list[Path] | None, typer.Option(help="Further digits: an .npz with x and y. Repeatable.")
    ] = None,
    start: Annotated[
        Path | None, typer.Option("--from", help="A model to train on from, instead of afresh.")
    ] = None,
    meet: Annotated[
        Path | None, typer.Option(help="A model whose weights and the new ones' mean is taken.")
    ] = None,
    epochs: Annotated[
        int, typer.Option(min=0, help="Times through MNIST; 0 with --from only exports anew.")
    ] = 16,
    rate: Annotated[
        float,
        typer.Option(callback=_is_rate, help="The learning rate at its peak; lower to train on."),
    ] = 2e-3,
    plain: Annotated[
        float, typer.Option(min=0, max=1, help="Share of MNIST's digits left nearly as they are.")
    ] = 0.45,
    precision: Annotated[
        Precision, typer.Option(help="mixed_bfloat16 is quicker on processors that have it.")
    ] = Precision.FLOAT32,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model, nearly.")] = 1,
    limit: Annotated[
        int | None, typer.Option(min=500, help="Use only so many of MNIST's digits: a trial run.")
    ] = None,
    measure: Annotated[
        list[Path] | None,
        typer.Option(help="Folders with labels.csv to measure on, for the card. Repeatable."),
    ] = None,
) -> None:
    """Train a model. It needs TensorFlow, which `make tensorflow` installs."""
    if preset is not None:
        if others := sorted(set(_given(context)) - {"preset"}):
            typer.echo(
                f"--preset trains as the settings say (.env), and takes no other option: leave out"
                f" {', '.join(others)}.",
                err=True,
            )
            raise typer.Exit(2)
        context.obj(preset)  # the program that this is a command of knows how
        return
    if not epochs and start is None:
        typer.echo("With --epochs 0 say which model to export anew: --from FOLDER.", err=True)
        raise typer.Exit(2)
    try:
        from model.commands.train import train as work
        from model.training.fit import Plan
    except ModuleNotFoundError as error:
        typer.echo(f"Training needs {error.name}: install it with `make tensorflow`.", err=True)
        raise typer.Exit(2) from error
    with _problems_on_stderr():
        work(
            Plan(
                out or Path(os.environ.get("DATA_DIR") or "data") / "models",
                mnist,
                tuple(extra or ()),
                start,
                epochs,
                rate=rate,
                plain=plain,
                precision=precision.value,
                seed=seed,
                limit=limit,
                meet=meet,
                measure=tuple(measure or ()),
            )
        )


@contextmanager
def _problems_on_stderr() -> Iterator[None]:
    """What a person can mend ends in its sentence and exit code 2."""
    from model.datasets import MissingData
    from model.errors import ArtifactError

    try:
        yield
    except (ArtifactError, MissingData) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except OSError as error:
        if error.filename is None:
            raise
        typer.echo(f"{error.filename}: {error.strerror}.", err=True)
        raise typer.Exit(2) from error
