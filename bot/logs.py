"""Logging: readable lines or JSON, each with the update it is about, the token in none of them.

Whatever a message is made of, no line of the log is anything but the beginning of a record that
somebody logged, or is indented and belongs to the one before it.
"""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(about)s%(message)s"
REDACTED = "<token>"

# What moves a terminal's cursor, ends a line somewhere, or turns the direction of writing; and what
# no stream can encode.
_UNFIT = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)

_update_id: ContextVar[int | None] = ContextVar("update_id", default=None)


@contextmanager
def about(update_id: int) -> Iterator[None]:
    """Let all that is logged within the block, and by tasks begun in it, name an update."""
    before = _update_id.set(update_id)
    try:
        yield
    finally:
        _update_id.reset(before)


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
        return self._formatted(record).replace(self._secret, REDACTED)

    def _formatted(self, record: logging.LogRecord) -> str:
        update_id = _update_id.get()
        record.about = "" if update_id is None else f"[update {update_id}] "
        text = _UNFIT.sub(_escaped, super().format(record))
        return text.replace("\n", "\n    ")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the first line of a record; what it says in several lines becomes one."""
        return super().formatMessage(record).replace("\n", "\\n")


def _escaped(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]


class JsonFormatter(RedactingFormatter):
    """Makes an object a line: time, level, logger, message and, where there are, update, traceback.

    All but ASCII is escaped, so that nothing within a message can look like the end of its line.
    """

    def _formatted(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        update_id = _update_id.get()
        if update_id is not None:
            fields["update"] = update_id
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields)


FORMATTERS = {"readable": RedactingFormatter, "json": JsonFormatter}


def set_up_logging(
    level: str, token: str, *handlers: logging.Handler, form: str = "readable"
) -> None:
    """Send every log line through `handlers` (default: stderr) in a form of `FORMATTERS`.

    Redacted on the handlers, because a filter on a logger does not see its children's records.
    """
    for handler in handlers or (logging.StreamHandler(),):
        handler.setFormatter(FORMATTERS[form](token))
        logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(level)
    logging.captureWarnings(capture=True)
    # These print each update and byte at DEBUG, which buries what we say ourselves.
    for chatty in ("asyncio", "telegram"):
        logging.getLogger(chatty).setLevel(max(logging.INFO, logging.getLevelName(level)))
    for chatty in ("alembic", "aiohttp"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
