"""`digitbot`, and `python -m bot`.

Spawned readers import this module too, and need no command line.
"""
# ruff: noqa: PLC0415 - see above

import sys


def main() -> None:
    """Run the command line, or the bot at once: `run` takes no options, and should start fast."""
    if sys.argv[1:] == ["run"]:
        from bot.commands.run import run

        run()
    else:
        from bot.cli import main as command_line

        command_line()


if __name__ == "__main__":
    main()
