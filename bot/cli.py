"""The command line: `digitbot run` and its companions.

Each command imports what it needs when it is called: spawned reader workers import this module
again, and should not pay for Telegram and the database.
"""
# ruff: noqa: PLC0415 - see above

import asyncio
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import Annotated

import typer

from bot import ENV_FILE
from bot.commands.backup import backup, restore
from bot.commands.doctor import doctor
from bot.commands.export import export
from bot.commands.models import app as models
from bot.commands.problems import problems_on_stderr
from bot.commands.run import run
from model.cli import classify, evaluate, train

OF_MODELS = ("DATA_DIR", "MODEL_PATH", "MNIST_PATH")  # what `model.cli` takes of the environment

app = typer.Typer(
    help="Reads handwritten digits in photos, as a Telegram bot and on the command line.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # those print local variables, and one of them is the token
)

app.command()(run)


@app.command()
def playground(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the page is served.")] = 8080,
    host: Annotated[str, typer.Option(help="Other machines can use any but 127.0.0.1.")] = (
        "127.0.0.1"
    ),
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Try the whole bot in the browser: no Telegram, no token, nothing leaves this machine."""
    with problems_on_stderr():
        from bot.playground.app import run as run_playground

        asyncio.run(run_playground(host, port, open_browser=browser))


@app.command()
def health() -> None:
    """Exit with 0 if the bot on this DATA_DIR has heard from Telegram lately, with 1 if not."""
    with problems_on_stderr():
        from bot.services.heartbeat import MAX_AGE, Heartbeat
        from bot.settings import load_settings

        age = Heartbeat(load_settings().data_dir).age()
    if age is None:
        typer.echo("No bot is running on this DATA_DIR.", err=True)
        raise typer.Exit(1)
    if age > MAX_AGE:
        typer.echo(f"The last answer from Telegram is {age:.0f} s old.", err=True)
        raise typer.Exit(1)


app.add_typer(models, name="models")
app.command()(doctor)
app.command()(export)
app.command()(backup)
app.command()(restore)

# What needs no Telegram lives with the model.
for command in (classify, evaluate, train):
    app.command()(command)


def train_preset(preset: str) -> None:
    """What `digitbot train --preset` does."""
    from model.training.order import PRESETS

    if preset not in PRESETS:
        raise typer.BadParameter(f"it is one of {', '.join(PRESETS)}", param_hint="--preset")
    with problems_on_stderr():
        from bot.commands.train import train as work

        if not asyncio.run(work(preset)):
            raise typer.Exit(1)


def main() -> None:
    """Run the command line; what `digitbot` calls."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # where a terminal cannot show it
    _read_env_file()
    app(obj=train_preset)


def _read_env_file() -> None:
    """Let `.env` speak for what commands about digits take of the environment."""
    from dotenv import dotenv_values

    with suppress(UnicodeDecodeError):  # whoever needs the settings says so
        for name, value in dotenv_values(ENV_FILE).items():
            if name in OF_MODELS and value:
                os.environ.setdefault(name, value)
