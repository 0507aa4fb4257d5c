"""`python -m bench.hostile FOLDER [--count N] [--seed N]`: write hostile files into a folder."""

from pathlib import Path
from typing import Annotated

import typer

from bench.hostile import hostile_files


def main(
    folder: Path,
    count: Annotated[int, typer.Option(min=1)] = 10_000,
    seed: int = 1,
) -> None:
    """Write them, named by number, and an index of what is wrong with each."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "index.tsv").open("w") as index:
        for n, file in enumerate(hostile_files(count, seed)):
            (folder / f"{n:05}").write_bytes(file.data)
            index.write(f"{n:05}\t{len(file.data)}\t{file.kind}\n")


if __name__ == "__main__":
    typer.run(main)
