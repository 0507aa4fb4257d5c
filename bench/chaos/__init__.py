"""What the bot promises to bear, tried out: `python -m bench.chaos`, one module a row."""
