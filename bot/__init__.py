"""The Telegram side: turns updates into readings and readings into replies."""

ENV_FILE = ".env"  # in the folder where the bot is started
