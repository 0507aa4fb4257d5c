"""What is done now and then, not by the bot: `python -m scripts.NAME`."""
