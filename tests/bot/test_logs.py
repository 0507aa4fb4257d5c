"""The token is in no line of the log, wherever it comes from."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot.logs import RedactingFormatter, set_up_logging
from tests.bot.builders import (
    TOKEN,
)

SECRET = TOKEN.partition(":")[2]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What goes to the log; the root logger is left as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging("DEBUG", TOKEN, logging.StreamHandler(stream))
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def test_message_arguments_are_redacted(logged: io.StringIO) -> None:
    logging.getLogger("somebody.else").info("GET https://host/bot%s/getMe", TOKEN)
    assert "GET https://host/bot" in logged.getvalue()
    assert SECRET not in logged.getvalue()


def test_tracebacks_are_redacted(logged: io.StringIO) -> None:
    try:
        raise ValueError(f"cannot parse https://host/file/bot{TOKEN}/x")
    except ValueError as cause:
        try:
            raise RuntimeError("outer") from cause
        except RuntimeError:
            logging.getLogger("bot").exception("failed")
    assert "cannot parse https://host/file/bot" in logged.getvalue()
    assert "RuntimeError: outer" in logged.getvalue()
    assert SECRET not in logged.getvalue()


def test_a_percent_encoded_token_is_redacted(logged: io.StringIO) -> None:
    logging.getLogger("bot").warning("https://host/bot%s", TOKEN.replace(":", "%3A"))
    assert SECRET not in logged.getvalue()


def test_libraries_do_not_log_their_debugging(logged: io.StringIO) -> None:
    logging.getLogger("telegram.ext.ExtBot").debug("every update")
    logging.getLogger("bot").debug("ours")
    assert "every update" not in logged.getvalue()
    assert "ours" in logged.getvalue()


def test_a_record_without_secret_stays_as_it_is() -> None:
    record = logging.LogRecord("bot", logging.INFO, "", 0, "read %d", (7,), None)
    assert RedactingFormatter(TOKEN).format(record).endswith("INFO    bot: read 7")
