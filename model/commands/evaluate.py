"""`digitbot evaluate`: measure a model on labelled images, and write a report."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from model.artifact import load_artifact
from model.classifier import Classifier
from model.commands.figures_table import by_digit, changes, damages, notes, summary
from model.datasets import GlyphSet, MissingData, PhotoSet, load_pictures, load_sets
from model.evaluation.compare import side_by_side
from model.evaluation.corruptions import CORRUPTIONS
from model.evaluation.crowd import Trial, processors, read_all, read_damaged
from model.evaluation.evaluation import Answered, Damage, Evaluation
from model.evaluation.measure import read_pictures
from model.evaluation.record import as_json
from model.evaluation.report import as_page
from model.evaluation.statistics import Share


@dataclass(frozen=True, slots=True)
class Request:
    """What to measure."""

    data: tuple[Path, ...]  # folders and collections
    mnist: Path | None = None  # Keras' mnist.npz; downloaded if there is nothing else to measure on
    model: Path | None = None  # None is the shipped one
    rival: Path | None = None  # another model, to compare it with
    report: Path = Path("evaluation.html")  # its figures go beside it, as JSON
    corruptions: bool = False
    sample: int | None = None  # use only so many of each set
    seed: int = 1
    jobs: int | None = None  # processes; None is one a processor


def evaluate(request: Request) -> None:
    """Print the figures and write the report.

    Raises:
        ArtifactError: a model cannot be used.
        MissingData: a set or MNIST is not there.
        OSError: the report cannot be written.
    """
    console = Console(markup=False)
    sets = _sampled(_sets(request), request)
    # Rather now than after the work.
    request.report.parent.mkdir(parents=True, exist_ok=True)
    request.report.open("ab").close()
    if request.rival is not None:
        load_artifact(request.rival)
    jobs = request.jobs or processors()
    measured = _answered(request.model, sets, jobs)
    if request.corruptions:
        photos = [part for part in sets if isinstance(part, PhotoSet)]
        measured = _damaged(measured, request, photos, jobs)
    comparison = None
    if request.rival is not None:
        comparison = side_by_side(_answered(request.rival, sets, jobs), measured)
    console.print(f"Model {measured.card.version}", highlight=False)
    console.print("", summary(measured), notes(measured), "", by_digit(measured))
    if measured.damages:
        console.print("", damages(measured))
    if comparison is not None:
        before, after = comparison.before.card.version, comparison.after.card.version
        console.print("", changes(comparison))
        console.print(f"Before: {before}. After: {after}. p: of McNemar's exact test.")
    request.report.write_bytes(as_page(measured, comparison))
    figures = request.report.with_suffix(".json")
    figures.write_text(as_json(measured, comparison), encoding="utf-8")
    console.print(f"\nReport: {request.report}; its figures: {figures}", soft_wrap=True)


def _sets(request: Request) -> tuple[PhotoSet | GlyphSet, ...]:
    sets = load_sets(request.data)
    if request.mnist is not None:
        return (*sets, GlyphSet("MNIST test", *load_pictures(request.mnist, "_test")))
    if sets:
        return sets
    try:
        from model.training.data import load_mnist  # noqa: PLC0415  brings TensorFlow along
    except ModuleNotFoundError as error:
        raise MissingData(
            "Say what to measure on: --data FOLDER, or --mnist FILE for Keras' mnist.npz. Only an"
            " installation that can train downloads that by itself: make tensorflow."
        ) from error
    return (GlyphSet("MNIST test", *load_mnist(None).test),)


def _sampled(sets: tuple[PhotoSet | GlyphSet, ...], request: Request) -> list[PhotoSet | GlyphSet]:
    """At most so many of each set, drawn by the seed."""
    kept: list[PhotoSet | GlyphSet] = []
    for part in sets:
        count = min(len(part), request.sample or len(part))
        chosen = np.random.default_rng(request.seed).permutation(len(part))[:count]
        chosen.sort()
        if isinstance(part, PhotoSet):
            kept.append(PhotoSet(part.name, tuple(part.images[i] for i in chosen)))
        else:
            kept.append(GlyphSet(part.name, part.pictures[chosen], part.labels[chosen]))
    return kept


def _answered(model: Path | None, sets: list[PhotoSet | GlyphSet], jobs: int) -> Evaluation:
    """What the model in a folder answers to all sets."""
    artifact = load_artifact(model)
    images = [image for part in sets if isinstance(part, PhotoSet) for image in part.images]
    with _progress(f"reading with {artifact.card.version}", len(images)) as advance:
        said = []
        for answer in read_all(model, images, jobs) if images else ():
            said.append(answer)
            advance()
    rest = iter(said)
    answered = []
    for part in sets:
        if isinstance(part, PhotoSet):
            answers = [next(rest) for _ in part.images]
        else:
            answers = read_pictures(Classifier(artifact), part.pictures, part.labels)
        answered.append(Answered(part.name, tuple(answers)))
    return Evaluation(artifact.card, tuple(answered))


def _damaged(measured: Evaluation, request: Request, sets: list[PhotoSet], jobs: int) -> Evaluation:
    """The evaluation, and what is left right of it when the photos are damaged."""
    cases = [
        (kind, severity, part)
        for kind, corruption in enumerate(CORRUPTIONS)
        for severity in range(len(corruption.severities))
        for part in sets
    ]
    trials = [
        Trial(image, kind, severity, request.seed)
        for kind, severity, part in cases
        for image in part.images
    ]
    right: list[bool] = []
    with _progress("reading damaged photos", len(trials)) as advance:
        for is_right in read_damaged(request.model, trials, jobs):
            right.append(is_right)
            advance()
    results = iter(right)
    counted = {
        (kind, severity, part.name): Share(sum(next(results) for _ in part.images), len(part))
        for kind, severity, part in cases
    }
    whole = {part.name: part.figures.right for part in measured.sets}
    damages = tuple(
        Damage(
            corruption.name,
            part.name,
            ("none", *corruption.labels()),
            (
                whole[part.name],
                *(counted[kind, s, part.name] for s in range(len(corruption.severities))),
            ),
        )
        for kind, corruption in enumerate(CORRUPTIONS)
        for part in sets
    )
    return Evaluation(measured.card, measured.sets, damages)


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
