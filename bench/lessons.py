"""What each kind of training example is worth: small trainings, each without one of them."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from model.artifact import Artifact, load_artifact
from model.pipeline.normalise import Ink
from model.training.data import load_mnist
from model.training.fit import Plan, train
from model.training.printing import print_text
from model.training.strokes import draw_digit


@dataclass(frozen=True, slots=True)
class Lesson:
    """A kind of example left out: names in the training's modules, and what takes their place."""

    instead: dict[str, object] = field(default_factory=dict)
    plain: float = 0.45  # as `Plan` has it


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


WITHOUT: dict[str, Lesson] = {
    "(nothing left out)": Lesson(),
    "pens of other widths": Lesson({"model.training.augment._change_stroke": _untouched}),
    "remains of rules, specks": Lesson({"model.training.augment._leave_remains": _untouched}),
    "worn ink": Lesson({"model.training.augment._wear": _untouched}),
    "coarse and blurred digits": Lesson({"model.training.augment._coarsen": _untouched}),
    "printed digits": Lesson({"model.training.data.print_text": _written}),
    "digits drawn in European forms": Lesson({"model.training.data.draw_digit": _printed}),
    "photographed MNIST": Lesson(plain=1.0),
}


def small_trainings(
    mnist: Path, pictures: int, epochs: int, precision: str
) -> Iterator[tuple[str, Artifact]]:
    """Train a model without each of them; yield what was left out, and the model.

    They tell what matters, not how good it gets: each sees `pictures` of MNIST `epochs` times.
    """
    data = load_mnist(mnist)
    for name, lesson in WITHOUT.items():
        with ExitStack() as stack:
            out = Path(stack.enter_context(TemporaryDirectory()))
            for target, other in lesson.instead.items():
                stack.enter_context(patch(target, other))
            plan = Plan(out, epochs=epochs, limit=pictures, plain=lesson.plain, precision=precision)
            artifact = load_artifact(train(plan, mnist=data))
        yield name, artifact
