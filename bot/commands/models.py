"""`digitbot models`: look at the models of this installation, and choose which one answers.

A running bot takes the choice over within a few seconds. Imports wait as they do in `bot.cli`.
"""
# ruff: noqa: PLC0415 - see above

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.problems import problems_on_stderr
from bot.errors import CannotStart

if TYPE_CHECKING:
    from bot.settings import Installation
    from model.card import ModelCard
    from model.store import ModelStore, StoredModel

app = typer.Typer(help="The models of this installation, and which one answers.")

Version = Annotated[str, typer.Argument(help="As `digitbot models list` names it.")]


@app.command("list")
def list_models() -> None:
    """List all models, newest first."""
    from rich.console import Console
    from rich.table import Table

    with problems_on_stderr():
        settings = _settings()
    table = Table("version", "made on", "set", "right", "of", "", box=None)
    for model in _store(settings).versions():
        metric = next(iter(model.card.metrics), None)
        table.add_row(
            model.card.version,
            f"{model.card.created}",
            metric.set if metric else "",
            f"{metric.accuracy:.2%}" if metric else "",
            f"{metric.count}" if metric else "",
            _standing(model, settings),
        )
    Console().print(table)
    if settings.model_path:
        typer.echo(f"MODEL_PATH is set: the model in {settings.model_path} answers.")


@app.command()
def show(version: Version) -> None:
    """Show what a model's card says."""
    with problems_on_stderr():
        settings = _settings()
        model = _store(settings).get(version)
        _print(model.card)
        typer.echo(f"{model.folder} {_standing(model, settings)}")


@app.command()
def promote(version: Version) -> None:
    """Let a model answer from now on."""
    with problems_on_stderr():
        settings = _settings()
        _refuse_if_pinned(settings)
        store = _store(settings)
        from bot.services.reader_worker import load_digit_reader

        load_digit_reader(store.get(version).folder)  # that it fits, and answers
        store.promote(version)
        typer.echo(f"{version} answers from now on.")


@app.command()
def rollback() -> None:
    """Let the model answer again that did before."""
    with problems_on_stderr():
        settings = _settings()
        _refuse_if_pinned(settings)
        typer.echo(f"{_store(settings).rollback().card.version} answers from now on.")


@app.command()
def prune(
    keep: Annotated[int, typer.Option(min=0, help="How many of the newest stay.")] = 10,
) -> None:
    """Remove old models; the one that answers, its predecessor and the shipped one stay."""
    with problems_on_stderr():
        removed = _store(_settings()).prune(keep)
        typer.echo(f"Removed: {', '.join(removed)}." if removed else "There was nothing to remove.")


def _settings() -> "Installation":
    from bot.settings import load_installation

    return load_installation()


def _store(settings: "Installation") -> "ModelStore":
    from bot.services.models import MODELS
    from model.store import ModelStore

    return ModelStore(settings.data_dir / MODELS)


def _standing(model: "StoredModel", settings: "Installation") -> str:
    served = "answers" if model.is_served and not settings.model_path else ""
    return ", ".join(word for word in (served, "shipped" if model.is_shipped else "") if word)


def _print(card: "ModelCard") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False, box=None)
    table.add_row("version", card.version)
    table.add_row("made on", f"{card.created}")
    table.add_row("learned from", ", ".join(card.data))
    table.add_row("weights", f"{card.parameters:,}")
    table.add_row("pipeline", card.fingerprint)
    for metric in card.metrics:
        figures = f"{metric.accuracy:.2%} of {metric.count}, calibration error {metric.ece:.2%}"
        table.add_row(metric.set, figures)
    Console().print(table)


def _refuse_if_pinned(settings: "Installation") -> None:
    if settings.model_path:
        raise CannotStart(
            f"MODEL_PATH says that the model in {settings.model_path} answers. Unset it to choose"
            " another."
        )
