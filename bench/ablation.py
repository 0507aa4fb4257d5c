"""`python -m bench.ablation`: what each part of the pipeline is worth, by leaving it out.

Parts of the search for ink are left out of the reader as it is. What a kind of augmentation is
worth only another training can tell: name such models with `--model`, and each has its line.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from model.artifact import Artifact, load_artifact
from model.classifier import Classifier
from model.datasets import GlyphSet, MissingData, PhotoSet, load_sets
from model.errors import ArtifactError
from model.evaluation.compare import SIGNIFICANT, side_by_side
from model.evaluation.evaluation import Answered, Evaluation
from model.evaluation.measure import read_images, read_pictures
from model.pipeline.params import DEFAULT, PipelineParams
from model.reader import DigitReader

ink, glyphs, normalise = DEFAULT.ink, DEFAULT.glyphs, DEFAULT.normalise

WITHOUT: dict[str, PipelineParams] = {
    "any second opinion on the ink": replace(DEFAULT, ink=replace(ink, guesses=ink.guesses[:1])),
    "erasing rules": replace(
        DEFAULT, ink=replace(ink, guesses=tuple(g for g in ink.guesses if not g.ruled))
    ),
    "light ink on dark as an opinion": replace(
        DEFAULT, ink=replace(ink, guesses=tuple(g for g in ink.guesses if not g.flip))
    ),
    "another reach for the paper": replace(
        DEFAULT, ink=replace(ink, guesses=tuple(g for g in ink.guesses if g.reach == 0.30))
    ),
    "pale strokes that touch ink": replace(
        DEFAULT, ink=replace(ink, guesses=tuple(replace(g, pale=1.0) for g in ink.guesses))
    ),
    "judging ink by its share of the light": replace(DEFAULT, ink=replace(ink, lit=2.0)),
    "joining pieces": replace(DEFAULT, glyphs=replace(glyphs, gap=-1.0)),
    "dropping specks": replace(DEFAULT, glyphs=replace(glyphs, speck=0.0)),
    "weighing by sharp edges": replace(DEFAULT, glyphs=replace(glyphs, ramp=1e6)),
    "widening thin strokes": replace(DEFAULT, normalise=replace(normalise, min_stroke=0.0)),
}


def main(
    data: Annotated[list[Path], typer.Option(help="Folders of labelled images, or .npz.")],
    model: Annotated[
        list[Path] | None, typer.Option(help="Models trained without something, as further lines.")
    ] = None,
    shipped: Annotated[Path | None, typer.Option(envvar="MODEL_PATH")] = None,
) -> None:
    """Print what is right of each set, and how much that is less than with everything."""
    console = Console(stderr=True)
    try:
        sets = load_sets(data)
        whole = _measure(load_artifact(shipped), DEFAULT, sets)
        table = Table("without", title="Right, and change; * if p < 0.05", title_justify="left")
        for part in sets:
            table.add_column(part.name, justify="right")
        table.add_row(
            "(nothing left out)",
            *(f"{p.figures.right.count}/{p.figures.right.total}" for p in whole.sets),
        )
        for name, params in WITHOUT.items():
            with console.status(f"Reading without {name}"):
                table.add_row(name, *_cells(whole, _measure(load_artifact(shipped), params, sets)))
        for path in model or ():
            with console.status(f"Reading with {path.name}"):
                table.add_row(
                    path.name, *_cells(whole, _measure(load_artifact(path), DEFAULT, sets))
                )
    except (ArtifactError, MissingData) as error:
        raise SystemExit(str(error)) from error
    Console(width=140).print(table)


def _measure(
    artifact: Artifact, params: PipelineParams, sets: Sequence[PhotoSet | GlyphSet]
) -> Evaluation:
    classifier = Classifier(artifact)
    reader = DigitReader(classifier, artifact.card, params)
    return Evaluation(
        artifact.card,
        tuple(
            Answered(
                part.name,
                tuple(
                    read_images(reader, part.images)
                    if isinstance(part, PhotoSet)
                    else read_pictures(classifier, part.pictures, part.labels, params.normalise)
                ),
            )
            for part in sets
        ),
    )


def _cells(whole: Evaluation, other: Evaluation) -> list[str]:
    cells = []
    for part in side_by_side(whole, other).sets:
        change = len(part.newly_right) - len(part.newly_wrong)
        mark = "*" if part.p < SIGNIFICANT else ""
        cells.append(f"{part.after.right.count} ({change:+d}{mark})" if change else "=")
    return cells


if __name__ == "__main__":
    typer.run(main)
