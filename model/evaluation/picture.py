"""Draws a confusion matrix."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def draw_confusion(table: NDArray[np.int64], title: str, path: Path) -> None:
    """Draw (11, 11) counts, row the truth, column the answer, the last of each "none", to a PNG.

    Shades follow the share of each row, so that a rare digit's mistakes show as well.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415  half a second, and seldom needed

    names = [*"0123456789", "none"]
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(7, 6.4), dpi=120, layout="constrained")
    axes = figure.subplots()
    # Mistakes are few: a square root lifts one in a thousand out of the white.
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(table):
        if count:
            dark = shares[row, column] > 0.3
            axes.text(
                column, row, str(count), ha="center", va="center", fontsize=8,
                color="white" if dark else "black" if row == column else "firebrick",
            )  # fmt: skip
    axes.set_xticks(range(11), names)
    axes.set_yticks(range(11), names)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    axes.set_title(title)
    figure.savefig(path)
