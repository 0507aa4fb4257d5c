"""`digitbot`, and `python -m bot`.

Spawned readers import this module too, and need no command line.
"""


def main() -> None:
    """Run the command line."""
    from bot.cli import main as command_line  # noqa: PLC0415 - see above

    command_line()


if __name__ == "__main__":
    main()
