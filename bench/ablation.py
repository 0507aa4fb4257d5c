"""`python -m bench.ablation`: what each part of the pipeline is worth, by leaving it out.

Parts of the pipeline are left out of the reader as it is. What a kind of training example is worth
only another training can tell: with `--mnist`, small models are trained, each without one.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from model.artifact import Artifact, load_artifact
from model.classifier import Classifier, Scores, scores
from model.datasets import GlyphSet, MissingData, PhotoSet, load_sets
from model.errors import ArtifactError
from model.evaluation.compare import SIGNIFICANT, side_by_side
from model.evaluation.evaluation import Answered, Evaluation
from model.evaluation.measure import read_images, read_pictures
from model.pipeline.params import DEFAULT, PipelineParams
from model.reader import DigitReader


@dataclass(frozen=True, slots=True)
class Part:
    """A part left out: by a parameter where it has one, else by what takes its place."""

    params: PipelineParams = DEFAULT
    instead: tuple[str, object] | None = None  # a name in a module, and what it is to be


def _ink(**changes: Any) -> Part:
    return Part(replace(DEFAULT, ink=replace(DEFAULT.ink, **changes)))


def _glyphs(**changes: Any) -> Part:
    return Part(replace(DEFAULT, glyphs=replace(DEFAULT.glyphs, **changes)))


def _lines(**changes: Any) -> Part:
    return Part(replace(DEFAULT, lines=replace(DEFAULT.lines, **changes)))


def _always_a_digit(
    logits: NDArray[np.floating], temperature: float, biases: Sequence[float] = ()
) -> Scores:
    found = scores(logits, temperature, biases)
    return replace(found, digitness=np.ones(len(found.digits)))


GUESSES = DEFAULT.ink.guesses

WITHOUT: dict[str, Part] = {
    "(nothing left out)": Part(),
    "a glance at few pixels": Part(replace(DEFAULT, image=replace(DEFAULT.image, glance=10**9))),
    "painting over what is beyond the paper": Part(
        replace(DEFAULT, surroundings=replace(DEFAULT.surroundings, apart=256.0))
    ),
    "looking at a sheet within the picture": Part(
        replace(DEFAULT, within=replace(DEFAULT.within, most=0.0))
    ),
    "sharpening what is out of focus": Part(
        replace(DEFAULT, focus=replace(DEFAULT.focus, soft=float("inf")))
    ),
    "any second opinion on the ink": _ink(guesses=GUESSES[:1]),
    "erasing rules": _ink(guesses=tuple(g for g in GUESSES if not g.ruled)),
    "rules along strokes": _ink(guesses=tuple(g for g in GUESSES if not g.along)),
    "sparing what is thicker than rules": _ink(rules=replace(DEFAULT.ink.rules, thicker=40.0)),
    "parting digits from what touches them": _ink(
        guesses=tuple(replace(g, framed=False) for g in GUESSES)
    ),
    "telling what is drawn around digits": Part(
        instead=("model.pipeline.pieces.without_marks", lambda sheet, *_: sheet)
    ),
    "paper beyond the edges": _ink(guesses=tuple(g for g in GUESSES if not g.beyond)),
    "a narrower look where divided": _ink(divided=-1.0),
    "ink on patterned walls": _ink(guesses=tuple(g for g in GUESSES if not g.usual)),
    "looking for what a sample misses": _ink(missed=-1.0),
    "ink and paper swapped": _ink(guesses=tuple(g for g in GUESSES if not g.flip)),
    "other reaches for paper": _ink(guesses=tuple(g for g in GUESSES if g.reach == 0.30)),
    "pale strokes that touch ink": _ink(guesses=tuple(replace(g, pale=1.0) for g in GUESSES)),
    "ink by its share of the light": _ink(lit=2.0),
    "light and dark by their logarithm": _ink(black=1e6),
    "light ink in shadow as deep as beside it": _glyphs(dim=1.0),
    "less weight for what is paler": Part(instead=("model.candidate.CLEAR", 2.0)),
    "joining pieces": _glyphs(gap=-1.0, shards=0),
    "mending strokes that broke": _glyphs(shards=0),
    "dropping specks": _glyphs(pieces=replace(DEFAULT.glyphs.pieces, speck=0.0)),
    "joining pieces in a row": _lines(most=1),
    "cutting digits that touch": _lines(cuts=0),
    "digits of paler pens": Part(instead=("model.transcribe.PALER", 2.0)),
    "singling out what is marked": Part(instead=("model.pipeline.sheet.MARKED", 2.0)),
    "setting pages upright": Part(instead=("model.transcribe.TURNABLE", 10**9)),
    "setting digits upright": Part(instead=("model.reader.LYING", 2.0)),
    "looking on where something large is among digits": Part(instead=("model.page.CLOUDED", 1.0)),
    "giving up on text": Part(instead=("model.transcribe.CROWDED", 10**9)),
    "the class “not a digit”": Part(instead=("model.classifier.scores", _always_a_digit)),
    "leaving plain digits to the scout": Part(instead=("model.classifier.PLAIN", 2.0)),
    "leaving plain nonsense to the scout": Part(instead=("model.classifier.NONSENSE", -1.0)),
    "a second look where in doubt": Part(instead=("model.classifier.DOUBT", 0.0)),
    "evidence: company": Part(instead=("model.judge.alone", lambda *_: 1.0)),
    "evidence: nothing inside": Part(instead=("model.judge.empty", lambda *_: True)),
    "evidence: strokes that lean alike": Part(instead=("model.page.LEAN", 180.0)),
    "signs among digits": Part(instead=("model.page.SIGNS", 0.85)),
    "evidence: one paper": Part(instead=("model.judge.on_one_paper", lambda *_: True)),
    "widening thin strokes": Part(
        replace(DEFAULT, normalise=replace(DEFAULT.normalise, min_stroke=0.0))
    ),
}


def main(
    data: Annotated[list[Path], typer.Option(help="Folders of labelled images, or .npz.")],
    shipped: Annotated[Path | None, typer.Option(envvar="MODEL_PATH")] = None,
    mnist: Annotated[
        Path | None, typer.Option(help="Keras' mnist.npz: train small models, too.")
    ] = None,
    pictures: Annotated[int, typer.Option(help="Of MNIST, in a small training.")] = 12_000,
    epochs: Annotated[int, typer.Option(help="Times through them.")] = 4,
    precision: Annotated[str, typer.Option(help="As for `digitbot train`.")] = "float32",
    seed: Annotated[int, typer.Option(help="Of the small trainings.")] = 1,
) -> None:
    """Print what is right of each set, and how much that is less than with everything."""
    console = Console(stderr=True)
    try:
        sets, artifact = load_sets(data), load_artifact(shipped)
        table = _Comparison("Right without a part", sets)
        for name, part in WITHOUT.items():
            with console.status(f"Reading without {name}"):
                table.add(name, _measure(artifact, part, sets))
        table.show()
        if mnist is not None:
            from bench.lessons import small_trainings  # noqa: PLC0415 - needs TensorFlow

            table = _Comparison("Right after a small training without", sets)
            for name, artifact in small_trainings(mnist, pictures, epochs, precision, seed):
                table.add(name, _measure(artifact, Part(), sets))
            table.show()
    except (ArtifactError, MissingData) as error:
        raise SystemExit(str(error)) from error


class _Comparison:
    """A table whose first line is what the others are compared with."""

    def __init__(self, title: str, sets: Sequence[PhotoSet | GlyphSet]) -> None:
        title = f"{title}, and change; * if p < {SIGNIFICANT}"
        self._table = Table("without", title=title, title_justify="left")
        self._first: Evaluation | None = None
        for part in sets:
            self._table.add_column(part.name, justify="right")

    def add(self, name: str, evaluation: Evaluation) -> None:
        """Add a line."""
        if self._first is None:
            self._first = evaluation
            cells = [
                f"{part.figures.right.count}/{part.figures.right.total}" for part in evaluation.sets
            ]
        else:
            cells = _changes(self._first, evaluation)
        self._table.add_row(name, *cells)

    def show(self) -> None:
        """Print it."""
        Console(width=150).print(self._table)


def _measure(artifact: Artifact, without: Part, sets: Sequence[PhotoSet | GlyphSet]) -> Evaluation:
    reader = DigitReader(Classifier(artifact), artifact.card, without.params)
    answered = []
    with patch(*without.instead) if without.instead else nullcontext():
        for part in sets:
            if isinstance(part, PhotoSet):
                answers = list(read_images(reader, part.images))
            else:
                shape = without.params.normalise
                answers = read_pictures(reader.classifier, part.pictures, part.labels, shape)
            answered.append(Answered(part.name, tuple(answers)))
    return Evaluation(artifact.card, tuple(answered))


def _changes(whole: Evaluation, other: Evaluation) -> list[str]:
    cells = []
    for part in side_by_side(whole, other).sets:
        change = len(part.newly_right) - len(part.newly_wrong)
        mark = "*" if part.p < SIGNIFICANT else ""
        cells.append(f"{part.after.right.count} ({change:+d}{mark})" if change else "=")
    return cells


if __name__ == "__main__":
    typer.run(main)
