"""`python -m bot` is `digitbot`."""

if __name__ == "__main__":
    # Spawned readers import this module too, and need no command line.
    from bot.cli import main

    main()
