"""`digitbot evaluate`: measure a model on labelled images."""

from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from model.artifact import load_artifact
from model.classifier import Classifier
from model.datasets import labelled_sets, load_pictures
from model.evaluation.measure import Answer, confusion, metric, read_images, read_pictures
from model.evaluation.picture import draw_confusion
from model.reader import DigitReader


def evaluate(data: Path | None, picture: Path, model: Path | None, mnist: Path | None) -> None:
    """Print the figures and draw the confusion matrix to `picture`.

    Raises:
        ArtifactError: the model cannot be used.
        MissingData: `data` or MNIST is not there.
    """
    console = Console()
    sets = _answers(data, model, mnist)
    summary = Table("set", "images", "right", "accuracy", "refused", "ECE", box=None)
    everything: list[Answer] = []
    for name, answers in sets.items():
        measured = metric(name, answers)
        right = sum(a.answer == a.truth for a in answers)
        refused = sum(a.refused for a in answers)
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
