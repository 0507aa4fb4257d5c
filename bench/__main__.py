"""`python -m bench`: measure everything and print it as one table."""

import asyncio
import os
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.comparison import Row
from bench.reading import against_decoding, against_recipe
from bench.serving import start_up, throughput
from bench.training import while_training

WIDTH = 124  # columns; what it takes to show each row on one line


def main() -> None:
    """Measure with the shipped model, or the one in MODEL_PATH."""
    model, mnist = _path("MODEL_PATH"), _path("MNIST_PATH")
    console = Console(stderr=True)
    rows: list[Row] = []
    try:
        with console.status("Reading a photo, beside decoding it"):
            rows.extend(against_decoding(model))
        with console.status("Reading a photo, beside the usual recipe"):
            rows.append(against_recipe(model))
        with console.status("Starting the bot, beside importing TensorFlow"):
            rows.extend(asyncio.run(start_up(model)))
        with console.status("Sending photos to the bot"):
            rows.append(asyncio.run(throughput(model)))
        with console.status("Sending photos while the bot trains"):
            rows.extend(asyncio.run(while_training(model, mnist)))
    finally:  # what was measured is not lost if one of them fails
        Console(width=max(WIDTH, Console().width)).print(_table(rows), *_notes(rows), sep="\n")


def _path(name: str) -> Path | None:
    """Take a path out of the environment: what is measured gets it only where it is meant to."""
    given = os.environ.pop(name, None)
    return Path(given).resolve() if given else None


def _table(rows: list[Row]) -> Table:
    table = Table("what", title="DigitBot and the usual ways, medians", title_justify="left")
    for heading in ("DigitBot", "the rival's"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("who is")
    for heading in ("ratio", "goal", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row.cells())
    return table


def _notes(rows: list[Row]) -> list[str]:
    return [row.note for row in rows if row.note]


if __name__ == "__main__":
    main()
