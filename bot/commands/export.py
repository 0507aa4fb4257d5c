"""`digitbot export`: the corrections as data sets. Imports wait as they do in `bot.cli`."""
# ruff: noqa: PLC0415 - see above

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.problems import problems_on_stderr
from bot.errors import CannotStart

if TYPE_CHECKING:
    from bot.services.export import Exported


def export(
    folder: Annotated[Path, typer.Argument(help="A folder to make, or an empty one.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that an admin has rejected.")
    ] = False,
) -> None:
    """Write what people corrected as FOLDER/corrections.npz and FOLDER/labels.csv with crops.

    Both are data for `digitbot evaluate --data`.
    """
    with problems_on_stderr():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CannotStart(f"{folder} is there already: name a folder that is not, or is empty.")
        exported = asyncio.run(_export(folder, everything))
    typer.echo(
        f"{exported.digits} digits and {exported.others} pictures of none are in {folder}."
        + (f" Of {exported.missing} the files are gone." if exported.missing else "")
    )


async def _export(folder: Path, everything: bool) -> "Exported":
    from bot.services.correction_files import CORRECTIONS, CorrectionFiles
    from bot.services.export import write
    from bot.settings import load_installation
    from bot.storage import Status, open_database

    settings = load_installation()
    async with open_database(settings.data_dir, settings.database_url) as database:
        found = await database.corrections.list()
    if not found:
        raise CannotStart("There are no corrections to export.")
    chosen = [c for c in found if everything or c.status is not Status.REJECTED]
    files = CorrectionFiles(settings.data_dir / CORRECTIONS)
    return await asyncio.to_thread(write, folder, chosen, files)
