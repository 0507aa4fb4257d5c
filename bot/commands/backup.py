"""`digitbot backup` and `digitbot restore`. Imports wait as they do in `bot.cli`."""
# ruff: noqa: PLC0415 - see above

import os
import sys
from pathlib import Path
from typing import IO, Annotated

import typer

from bot.commands.problems import problems_on_stderr
from bot.errors import CannotStart

POSTGRESQL = (
    "The database is not in it: {what} PostgreSQL's own with {tool}, at the address in"
    " DATABASE_URL."
)


def backup(
    file: Annotated[Path, typer.Argument(help="A .tar.gz to make; - is the standard output.")],
) -> None:
    """Write DATA_DIR into one file: database, models, corrections. The bot may run meanwhile."""
    with problems_on_stderr():
        from bot.services.backup import BadBackup, write_backup
        from bot.settings import load_installation

        settings = load_installation()
        data_dir = settings.data_dir
        if not data_dir.is_dir():
            raise CannotStart(f"There is nothing to back up: {data_dir} is no folder.")
        try:
            if str(file) == "-":
                count = write_backup(data_dir, sys.stdout.buffer)
            else:
                _refuse_unfit(file, data_dir)
                part = file.with_name(f"{file.name}.part")
                with _private(part) as out:
                    try:
                        count = write_backup(data_dir, out)
                        part.rename(file)
                    except BaseException:
                        part.unlink(missing_ok=True)
                        raise
        except (BadBackup, OSError) as error:
            raise CannotStart(f"The backup could not be made: {error}.") from error
    typer.echo(f"{count} files of {data_dir} are in the backup.", err=True)
    if settings.database_url:
        typer.echo(POSTGRESQL.format(what="back up", tool="pg_dump"), err=True)


def restore(
    file: Annotated[Path, typer.Argument(help="What `digitbot backup` made; - is the input.")],
) -> None:
    """Put a backup into DATA_DIR, which must be empty or not there yet."""
    with problems_on_stderr():
        from bot.services.backup import BadBackup, read_backup
        from bot.settings import load_installation

        data_dir = load_installation().data_dir
        try:
            if str(file) == "-":
                manifest = read_backup(sys.stdin.buffer, data_dir)
            else:
                with file.open("rb") as archive:
                    manifest = read_backup(archive, data_dir)
        except FileExistsError:
            raise CannotStart(
                f"{data_dir} is not empty, and nothing in it is overwritten: stop the bot, move"
                " the folder away, and try again."
            ) from None
        except BadBackup as error:
            raise CannotStart(f"{file} cannot be restored: {error}.") from error
        except OSError as error:
            raise CannotStart(f"The backup could not be restored: {error}.") from error
    typer.echo(f"{data_dir} is as it was on {manifest.created[:10]}. Start the bot.", err=True)
    if not manifest.has_database:
        typer.echo(POSTGRESQL.format(what="restore", tool="pg_restore"), err=True)


def _refuse_unfit(file: Path, data_dir: Path) -> None:
    if file.exists():
        raise CannotStart(f"{file} is there already, and stays as it is: choose another name.")
    if file.absolute().is_relative_to(data_dir.absolute()):
        raise CannotStart(f"{file} would be a part of the next backup: put it outside {data_dir}.")


def _private(file: Path) -> IO[bytes]:
    """Make a file that only its owner may read: it holds what people sent."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
