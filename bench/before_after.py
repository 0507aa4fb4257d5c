"""`python -m bench.before_after`: the usual recipe and DigitBot on the same files.

Shrink the whole photo to 28×28, invert, divide by 255, classify: with and without a pixel of
erosion, by the networks of two tutorials. They cannot say "no digit", nor see several.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.recipe import as_mnist
from bench.usual import EPOCHS, classify, train
from model.datasets import GlyphSet, MissingData, PhotoSet, load_pictures, load_sets
from model.errors import ArtifactError
from model.evaluation.evaluation import evaluate
from model.evaluation.statistics import Share
from model.labels import digits_in, is_right
from model.reader import DigitReader

CACHE = Path("build/usual")  # the tutorials' networks, once they are trained

Pictures = NDArray[np.float32]  # (n, 28, 28) in [0, 1]


def main(
    mnist: Annotated[Path, typer.Option(envvar="MNIST_PATH", help="Keras' mnist.npz.")],
    data: Annotated[list[Path], typer.Option(help="Folders of labelled images.")],
    model: Annotated[Path | None, typer.Option(envvar="MODEL_PATH")] = None,
) -> None:
    """Print what each way gets right of each set."""
    if find_spec("tensorflow") is None:
        raise SystemExit("The usual recipe needs TensorFlow: make tensorflow installs it.")
    console = Console(stderr=True)
    try:
        test = GlyphSet("MNIST test", *load_pictures(mnist, "_test"))
        photos = [part for part in load_sets(data) if isinstance(part, PhotoSet)]
        reader = DigitReader.load(model)
    except (ArtifactError, MissingData) as error:
        raise SystemExit(str(error)) from error
    table = Table("pipeline", title="Right, by set", title_justify="left")
    for name in ("MNIST test", *(part.name for part in photos), "one digit for"):
        table.add_column(name, justify="right")
    with ProcessPoolExecutor(1, get_context("spawn")) as process:  # TensorFlow stays out of here
        for kind in EPOCHS:
            path = CACHE / f"{kind}.keras"
            if not path.exists():
                with console.status(f"Training the tutorial's {kind} network, once"):
                    process.submit(train, kind, mnist.resolve(), path.resolve()).result()

            def ask(pictures: Pictures, path: Path = path) -> NDArray[np.int64]:
                return process.submit(classify, path.resolve(), pictures).result()

            for erode in (False, True):
                what = f"usual recipe, {kind}" + (", eroded" if erode else "")
                table.add_row(what, *usual_right(test, photos, ask, erode))
    with console.status("Reading with DigitBot"):
        table.add_row("DigitBot", *_ours(test, photos, reader))
    Console(width=150).print(table)
    print("One digit for: the share of photos of one digit that are all given the same answer.")


def usual_right(
    test: GlyphSet,
    photos: Sequence[PhotoSet],
    ask: Callable[[Pictures], NDArray[np.int64]],
    erode: bool,
) -> list[str]:
    """The cells of one line: what a network gets right of pictures made by the recipe."""
    digits = ask(test.pictures.astype(np.float32) / np.float32(255))
    cells = [_cell(Share(int((digits == test.labels).sum()), len(test)))]
    said: list[str] = []
    for part in photos:
        pictures = [as_mnist(image.path.read_bytes(), erode=erode) for image in part.images]
        answers = [str(digit) for digit in ask(np.stack(pictures))]
        right = [is_right(i.label, a) for i, a in zip(part.images, answers, strict=True)]
        cells.append(_cell(Share(sum(right), len(right))))
        said += [a for i, a in zip(part.images, answers, strict=True) if _is_one(i.label)]
    return [*cells, _most_common(said)]


def _ours(test: GlyphSet, photos: Sequence[PhotoSet], reader: DigitReader) -> list[str]:
    measured = evaluate(reader, [test, *photos])
    said = [a.number for a in measured.photos if _is_one(a.label)]
    return [*(_cell(part.figures.right) for part in measured.sets), _most_common(said)]


def _is_one(label: str) -> bool:
    return len(digits_in(label)) == 1


def _most_common(said: Sequence[str]) -> str:
    return f"{max(Counter(said).values()) / len(said):.0%}" if said else ""


def _cell(share: Share) -> str:
    return f"{share.value:.2%}" if share.total > 1000 else f"{share.count}/{share.total}"


if __name__ == "__main__":
    typer.run(main)
