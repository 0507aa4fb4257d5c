"""Pictures of answers: mistakes, the worst first, and what another model answers otherwise."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from model.drawing.charts import reliability
from model.drawing.matrix import confusion_matrix
from model.drawing.shapes import Drawing, Paint, Pixels, side_by_side
from model.drawing.sheets import Tile, contact_sheet, look
from model.errors import UnreadableImage
from model.evaluation.answer import Answer
from model.evaluation.compare import Change, Comparison, SetComparison
from model.evaluation.figures import Figures
from model.pipeline.image import decode
from model.reading import Box

SEVERAL = 3  # digits that are worth a larger picture
SIDE = 264  # pixels of the longer side of a smaller one
LARGE = 1280  # pixels of the longer side of what a part is cut from
NO_PICTURE: Pixels = np.full((8, 8, 3), 128, np.uint8)


def mistakes(answers: Iterable[Answer]) -> list[Answer]:
    """What is wrong, the most confident first."""
    wrong = [a for a in answers if not a.is_right]
    return sorted(wrong, key=lambda a: (a.confidence, a.score), reverse=True)


def tile(answer: Answer) -> Tile:
    """A wrong or right answer: where it looked, what it saw, and what it said."""
    title = difference(answer.label, answer.number)
    sure = f", {_sure(answer)} sure" if answer.claims else ""
    return Tile(
        _picture(answer), _glyphs(answer), title, answer.name + sure, _paint(answer.is_right)
    )


def change_tile(change: Change) -> Tile:
    """One picture that two models answer differently; what the second saw."""
    before, after = change.before, change.after
    title = f"is {_shown(after.label)}: {_shown(before.number)} → {_shown(after.number)}"
    sure = f"{_sure(before)} → {_sure(after)}"
    return Tile(
        _picture(after), _glyphs(after), title, f"{after.name}, {sure}", _paint(after.is_right)
    )


def changed_answers(comparison: Comparison, most: int = 24) -> Drawing:
    """A sheet of what the second model newly gets wrong, and then of what it newly gets right."""
    wrong = [c for part in comparison.sets for c in part.newly_wrong]
    right = [c for part in comparison.sets for c in part.newly_right]
    half = most // 2
    kept = max(half, most - len(right))
    shown = (wrong[:kept] + right)[:most]
    title = f"{len(right)} newly right, {len(wrong)} newly wrong (before → after)"
    return contact_sheet([change_tile(c) for c in shown], title)


def worst_mistakes(answers: Iterable[Answer], title: str, most: int = 24) -> Drawing:
    """A sheet of mistakes: label → answer."""
    return contact_sheet([tile(a) for a in mistakes(answers)[:most]], title)


def both_confusions(comparison: Comparison, part: SetComparison) -> Drawing:
    """The confusion matrices of two models on one set."""
    versions = (comparison.before.card.version, comparison.after.card.version)
    figures = (part.before, part.after)
    return side_by_side(
        [
            confusion_matrix(f.confusion, f"{part.name}, {v}")
            for f, v in zip(figures, versions, strict=True)
        ],
        f"Confusion matrices: {part.name}",
    )


def reliability_of(figures: Figures) -> Drawing:
    """The reliability diagram of one set."""
    parts = [(b.low, b.high, b.claimed, b.right.value, b.right.total) for b in figures.bins]
    return reliability(parts, figures.ece, figures.name)


def difference(label: str, number: str) -> str:
    """What was said instead; of a page whose rows were found, only the rows that are wrong."""
    rows, said = label.split("|"), number.split("|")
    if len(rows) == len(said) > 1:
        pairs = enumerate(zip(rows, said, strict=True), start=1)
        return ", ".join(f"row {n}: {a} → {b}" for n, (a, b) in pairs if a != b)
    return f"{_shown(label)} → {_shown(number)}"


def _shown(number: str) -> str:
    return number or "none"


def _sure(answer: Answer) -> str:
    return f"{answer.confidence:.2%}" if answer.claims else "–"


def _paint(is_right: bool) -> Paint:
    return "good" if is_right else "bad"


def _glyphs(answer: Answer) -> tuple[Pixels, ...]:
    """What the network saw: what is wrong, then what it was least sure of."""
    if not answer.claims:
        return () if answer.doubted is None else (answer.doubted,)
    wrong = {pair.place for pair in answer.pairs() if not pair.is_right}
    order = sorted(
        range(len(answer.claims)), key=lambda i: (i not in wrong, answer.claims[i].confidence)
    )
    return tuple(answer.claims[i].glyph for i in order)


def _picture(answer: Answer) -> Pixels:
    if not isinstance(answer.picture, Path):
        return NO_PICTURE if answer.picture is None else answer.picture
    try:
        picture = decode(answer.picture.read_bytes(), LARGE)
    except (OSError, UnreadableImage):
        return NO_PICTURE
    marks = [(str(c.digit), _scaled(c.box, 1 / picture.scale)) for c in answer.claims if c.box]
    return look(picture.pixels, marks, SIDE if len(marks) < SEVERAL else 2 * SIDE)


def _scaled(box: Box, k: float) -> Box:
    return Box(*(round(v * k) for v in box))
