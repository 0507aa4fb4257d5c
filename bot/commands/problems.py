"""How a command ends that cannot do what it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.errors import CannotStart
from model import ModelError


@contextmanager
def problems_on_stderr() -> Iterator[None]:
    """End with one sentence a problem and exit code 2 where something has to be set right first."""
    try:
        yield
    except CannotStart as error:
        for problem in error.problems:
            typer.echo(problem, err=True)
        raise typer.Exit(2) from None
    except ModelError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
