"""The Telegram side: turns updates into readings and readings into replies."""
