"""`python -m bot` is `digitbot`."""

from bot.cli import main

if __name__ == "__main__":
    main()
