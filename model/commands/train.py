"""`digitbot train`: train a model under a progress bar."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from model.card import read_card
from model.training.fit import Plan
from model.training.fit import Progress as Step
from model.training.fit import train as fit


def train(plan: Plan) -> None:
    """Train by `plan` and print where the model is.

    Raises:
        ArtifactError: the model to start from cannot be used.
        MissingData: a data set is not there.
    """
    columns = (
        TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}  accuracy {task.fields[accuracy]:.2%}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as bar:
        task = bar.add_task(
            "",
            visible=plan.epochs > 0,  # there is nothing to show of an export
            epoch=0,
            epochs=plan.epochs,
            loss=float("nan"),
            accuracy=0.0,
        )

        def show(step: Step) -> None:
            bar.update(
                task,
                total=step.epochs * step.batches,
                completed=(step.epoch - 1) * step.batches + step.batch,
                epoch=step.epoch,
                loss=step.loss,
                accuracy=step.accuracy,
            )

        folder = fit(plan, show)
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(f"New model: {folder}")
    for metric in read_card(folder).metrics:
        console.print(f"{metric.set}: {metric.accuracy:.2%} of {metric.count} right")
