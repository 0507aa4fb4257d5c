"""Confusion matrices, alone or side by side."""

import numpy as np
from numpy.typing import NDArray

from model.drawing.shapes import Drawing, Paint, Rect, Shape, Text

CELL = 30.0
LEFT, TOP = 58.0, 50.0
NAMES = (*"0123456789", "none")

Counts = NDArray[np.int64]  # (11, 11): row the truth, column the answer, the last of each "none"


def confusion_matrix(table: Counts, title: str) -> Drawing:
    """Draw counts; the shade is the share of its row, so that a rare digit's mistakes show too."""
    side = 11 * CELL
    shapes: list[Shape] = [Text(0, 14, title, size=13)]
    shapes.append(Text(LEFT + side / 2, 32, "read as", "soft", 11, "middle"))
    rows = np.maximum(table.sum(axis=1), 1)
    for i, name in enumerate(NAMES):
        middle = CELL * (i + 0.5)
        shapes.append(Text(LEFT + middle, TOP - 4, name, "soft", 11, "middle"))
        shapes.append(Text(LEFT - 6, TOP + middle + 4, f"is {name}", "soft", 11, "end"))
    for row in range(11):
        for column in range(11):
            shapes += _cell(row, column, int(table[row, column]), int(rows[row]))
    return Drawing(LEFT + side + 2, TOP + side + 2, tuple(shapes), f"Confusion matrix: {title}")


def _cell(row: int, column: int, count: int, total: int) -> list[Shape]:
    x, y = LEFT + column * CELL, TOP + row * CELL
    if not count:
        return [Rect(x, y, CELL - 1, CELL - 1, "panel")]
    share = count / total
    right = row == column
    note = f"{NAMES[row]} read as {NAMES[column]}: {count} of {total}"
    # Mistakes are few: a root lifts one in a thousand off the ground.
    shade = 0.12 + 0.5 * share if right else 0.25 + 0.65 * share**0.5
    paint: Paint = "main" if right else "bad"
    text = Text(
        x + CELL / 2, y + CELL / 2 + 4, f"{count}", "ink", 9 if count > 999 else 11, "middle"
    )
    return [Rect(x, y, CELL - 1, CELL - 1, paint, shade, note), text]
