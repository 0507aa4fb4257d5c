"""What each kind of training example is worth: small trainings, each without one of them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from model.artifact import Artifact, load_artifact
from model.pipeline.normalise import Ink, NormaliseParams
from model.training.augment import gentle
from model.training.data import load_mnist
from model.training.fit import Plan, train
from model.training.printing import print_text
from model.training.strokes import draw_digit

# Names in the training's modules, and what takes their place.
Instead = Mapping[str, object]


def _untouched(page: Ink, _rng: np.random.Generator) -> Ink:
    return page


def _written(text: str, rng: np.random.Generator) -> Ink:
    """A digit by a pen, where a printed one was asked for."""
    while True:
        ink, digit = draw_digit(rng)
        if str(digit) == text:
            return ink


def _printed(rng: np.random.Generator) -> tuple[Ink, int]:
    """A printed digit, where one by a pen was asked for."""
    digit = int(rng.integers(10))
    return print_text(str(digit), rng), digit


def _gentle(ink: Ink, rng: np.random.Generator, _plain: float, params: NormaliseParams) -> Ink:
    """A digit nearly as it is, where many were to be distorted."""
    return gentle(ink, rng, params)


WITHOUT: dict[str, Instead] = {
    "(nothing left out)": {},
    "pens of other widths": {"model.training.augment._change_stroke": _untouched},
    "remains of rules, specks": {"model.training.augment._leave_remains": _untouched},
    "digits cut off by an edge": {"model.training.augment._cut_off": _untouched},
    "worn ink": {"model.training.augment._wear": _untouched},
    "coarse and blurred digits": {"model.training.augment._coarsen": _untouched},
    "digits out of focus, sharpened": {"model.training.augment._defocus": _untouched},
    "printed digits": {"model.training.data.print_text": _written},
    "digits drawn in European forms": {"model.training.data.draw_digit": _printed},
    "photographed MNIST": {"model.training.data.distort": _gentle},
    "glyphs found in pictures of things": {"model.training.outliers._OF_THINGS": 0.0},
}


@contextmanager
def replaced(instead: Instead) -> Iterator[None]:
    """Let these take their places within the block."""
    with ExitStack() as stack:
        for target, other in instead.items():
            stack.enter_context(patch(target, other))
        yield


def small_trainings(
    mnist: Path, pictures: int, epochs: int, precision: str, seed: int
) -> Iterator[tuple[str, Artifact]]:
    """Train a model without each of them; yield what was left out, and the model.

    They tell what matters, not how good it gets: each sees `pictures` of MNIST `epochs` times.
    """
    data = load_mnist(mnist)
    for name, instead in WITHOUT.items():
        with TemporaryDirectory() as out, replaced(instead):
            plan = Plan(Path(out), epochs=epochs, seed=seed, limit=pictures, precision=precision)
            artifact = load_artifact(train(plan, mnist=data))
        yield name, artifact
