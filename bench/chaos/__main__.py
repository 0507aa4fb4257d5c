"""`python -m bench.chaos [ROW…] [--seed N]`: try out what the bot promises to bear, as a table.

Bounded, on loopback, the same for the same seed but for what the machine makes of it. Exits with 1
if a promise is broken.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bench.chaos.harness import Result
from bench.chaos.hostile import hostile
from bench.chaos.kill import kill
from bench.chaos.load import load
from bench.chaos.storms import storms
from bench.chaos.workers import workers

ROWS: dict[str, Callable[[int], Awaitable[Result]]] = {
    "kill": kill,
    "hostile": hostile,
    "workers": workers,
    "load": load,
    "storms": storms,
}
WIDTH = 124  # columns; what it takes to show each row on few lines


def main(
    rows: Annotated[
        list[str] | None, typer.Argument(help=f"{', '.join(ROWS)}: all if none")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all that is random")] = 1,
) -> None:
    """Keep the bot under pressure and count what it answers."""
    chosen = rows or list(ROWS)
    if unknown := set(chosen) - set(ROWS):
        raise typer.BadParameter(f"There is no row {', '.join(unknown)}, only {', '.join(ROWS)}.")
    console = Console(stderr=True)
    table = Table("row", "promised", "seen", "", "seconds", title="Chaos", title_justify="left")
    kept = True
    for row in chosen:
        start = time.monotonic()
        with console.status(row):
            result = asyncio.run(_run(row, seed))
        seconds = f"{time.monotonic() - start:.0f}"
        verdict = "kept" if result.kept else "BROKEN"
        table.add_row(row, result.promise, result.seen, verdict, seconds)
        console.print(f"{row}: {result.seen}: {verdict}")
        if not result.kept:
            console.print(result.log, markup=False)
        kept = kept and result.kept
    Console(width=max(WIDTH, Console().width)).print(table)
    raise typer.Exit(not kept)


async def _run(row: str, seed: int) -> Result:
    return await ROWS[row](seed)


if __name__ == "__main__":
    typer.run(main)
