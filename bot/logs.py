"""Logging: one format, libraries kept quiet, the token in no line of it, tracebacks included."""

import logging

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
REDACTED = "<token>"


class RedactingFormatter(logging.Formatter):
    """Formats a record whole, traceback included, and then takes the secret out.

    URLs of the Bot API contain the token, and exceptions contain URLs: only the finished text shows
    all the places where it may be.
    """

    def __init__(self, token: str) -> None:
        super().__init__(FORMAT)
        # The part after the colon is the secret, and the one part that no URL encoding changes.
        self._secret = token.partition(":")[2] or token

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text without the token."""
        return super().format(record).replace(self._secret, REDACTED)


def set_up_logging(level: str, token: str, *handlers: logging.Handler) -> None:
    """Send every log line through `handlers` (default: stderr), redacted there.

    On the handlers, because a filter on a logger does not see the records of its children.
    """
    for handler in handlers or (logging.StreamHandler(),):
        handler.setFormatter(RedactingFormatter(token))
        logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(level)
    logging.captureWarnings(capture=True)
    # These print each update, byte and statement at DEBUG, which buries what we say ourselves.
    for chatty in ("aiosqlite", "asyncio", "telegram"):
        logging.getLogger(chatty).setLevel(max(logging.INFO, logging.getLevelName(level)))
    logging.getLogger("alembic").setLevel(logging.WARNING)
