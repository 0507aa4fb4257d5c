"""An evaluation's figures as tables for the terminal."""

import numpy as np
from rich.table import Table

from model.evaluation.compare import Comparison
from model.evaluation.evaluation import Evaluation
from model.evaluation.figures import Figures
from model.evaluation.statistics import together
from model.labels import NONE

NAMED = 10  # of the files that could not be read


def summary(measured: Evaluation) -> Table:
    """One line for each set."""
    has_numbers = any(part.figures.numbers.total for part in measured.sets)
    columns = ["right", "accuracy", "95 %", "refused", "accepted", "ECE"]
    table = _table("set", *columns, *(["digits"] if has_numbers else []))
    for part in measured.sets:
        f = part.figures
        low, high = f.right.interval
        digits = f"{f.digits.count}/{f.digits.total}" if f.numbers.total else ""
        table.add_row(
            f.name,
            f"{f.right.count}/{f.right.total}",
            f"{f.right.value:.2%}",
            f"{100 * low:.1f}–{100 * high:.1f}",
            f"{f.refused.count}" if f.refused.total else "",
            f"{f.accepted.count}" if f.accepted.total else "",
            f"{f.ece:.2%}" if f.digits.total else "",
            *([digits] if has_numbers else []),
        )
    return table


def notes(measured: Evaluation) -> str:
    """What the columns of the summary mean, and which files could not be read."""
    text = "Refused: pictures of digits taken for none. Accepted: others given a digit."
    if any(part.is_of_glyphs for part in measured.sets):
        text += (
            " Small pictures, from an .npz, enter at stage 4 and are asked which digit they show;"
            " those that would have been refused are counted beside, not as wrong."
        )
    unreadable = [a for part in measured.sets for a in part.unreadable]
    if unreadable:
        text += f"\nCould not be read, and count as refused: {_files(len(unreadable))}"
        text += "".join(f"\n  {a.name}: {a.unreadable}" for a in unreadable[:NAMED])
        if len(unreadable) > NAMED:
            text += "\n  and more, which the report names."
    return text


def by_digit(measured: Evaluation) -> Table:
    """One line for each digit, over all sets."""
    counts = sum((part.figures.confusion for part in measured.sets), np.zeros((11, 11), np.int64))
    table = _table("digit", "seen", "wrong")
    table.add_column("taken for")
    for digit in (*range(10), NONE):
        row = counts[digit]
        wrong = int(row.sum() - row[digit])
        mistakes = sorted(
            ((int(n), i) for i, n in enumerate(row) if n and i != digit), reverse=True
        )
        taken = ", ".join(f"{_name(i)} ×{n}" for n, i in mistakes[:4])
        table.add_row(_name(digit), f"{row.sum()}", f"{wrong}", taken)
    return table


def damages(measured: Evaluation) -> Table:
    """One line for each kind of damage: what is right in full at each severity."""
    most = max(len(d.severities) for d in measured.damages)
    table = _table("damage", *(f"{i}" if i else "none" for i in range(most)))
    table.title = "Photos of digits that are right in full, all sets together, when damaged"
    for kind in dict.fromkeys(d.kind for d in measured.damages):
        own = measured.damages_to(kind, digits=True)
        if own:
            shares = [together(case) for case in zip(*(d.right for d in own), strict=True)]
            named = zip(own[0].severities[1:], shares[1:], strict=True)
            cells = [f"{severity}: {share.value:.1%}" for severity, share in named]
            table.add_row(kind, f"{shares[0].value:.1%}", *cells)
    return table


def changes(comparison: Comparison) -> Table:
    """One line for each set: which model is better, and by how much."""
    table = _table("set", "before", "after", "gained", "lost", "p", "so it is")
    for part in comparison.sets:
        table.add_row(
            part.name,
            _right(part.before),
            _right(part.after),
            f"{len(part.newly_right)}",
            f"{len(part.newly_wrong)}",
            f"{part.p:.3g}",
            part.verdict,
        )
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, title_justify="left")
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _right(f: Figures) -> str:
    return f"{f.right.count}/{f.right.total}"


def _name(digit: int) -> str:
    return "none" if digit == NONE else f"{digit}"


def _files(count: int) -> str:
    return f"{count} file{'s' * (count > 1)}"
