"""What a line of the log holds: the update it is about, and never the token."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.logs import JsonFormatter, RedactingFormatter, about, set_up_logging
from tests.bot.builders import TOKEN
from tests.bot.live import Running
from tests.bot.readings import draw_seven, encode

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


async def test_a_line_names_the_update_it_is_about(logged: io.StringIO) -> None:
    async def handle(update_id: int) -> None:
        with about(update_id):
            await asyncio.sleep(0)
            await asyncio.create_task(log_from_a_task())

    async def log_from_a_task() -> None:
        logging.getLogger("bot").info("read")

    await asyncio.gather(handle(5), handle(6))
    logging.getLogger("bot").info("idle")
    lines = [line.partition("bot: ")[2] for line in logged.getvalue().splitlines()]
    assert lines == ["[update 5] read", "[update 6] read", "idle"]


async def test_each_picture_of_an_album_names_its_own_update(
    logged: io.StringIO, running: Running
) -> None:
    album = await running.chat.send_album([encode(draw_seven())] * 3)
    await running.chat.wait_for_reply(to=album[0])
    about_updates = re.findall(r"\[update (\d+)\] Read: 1 digit\b", logged.getvalue())
    assert len(set(about_updates)) == 3


def as_json(message: str, *arguments: object, **more: Any) -> dict[str, Any]:
    record = logging.LogRecord("bot", logging.ERROR, "", 0, message, arguments, None)
    record.__dict__.update(more)
    (line,) = JsonFormatter(TOKEN).format(record).splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_json_is_an_object_a_line() -> None:
    with about(7):
        found = as_json("said %s\nand\u2028more", "ñ", created=1_780_000_000.25)
    assert found == {
        "time": "2026-05-28T20:26:40.250+00:00",
        "level": "ERROR",
        "logger": "bot",
        "message": "said ñ\nand\u2028more",
        "update": 7,
    }


def test_json_is_redacted_its_traceback_included() -> None:
    try:
        raise ValueError(f"https://host/bot{TOKEN}")
    except ValueError as error:
        found = as_json("%s", TOKEN, exc_info=(ValueError, error, error.__traceback__))
    assert found["message"] == "123456789:<token>"
    assert "ValueError: https://host/bot" in found["traceback"]
    assert SECRET not in json.dumps(found)


FORGED = "2026-01-01 00:00:00,000 ERROR   bot: forged"


def test_no_message_and_no_traceback_can_forge_a_line(logged: io.StringIO) -> None:
    logging.getLogger("bot").info("%s said %s", "Eve", f"hi\r\n{FORGED}")
    try:
        raise ValueError(f"cannot parse\n{FORGED}\n\r{FORGED}\u2028{FORGED}")
    except ValueError:
        logging.getLogger("bot").exception("failed\n%s", FORGED)
    records = [line for line in logged.getvalue().split("\n")[:-1] if not line.startswith("    ")]
    assert len(records) == 2
    assert [record.endswith(FORGED) for record in records] == [True, True], "nothing is lost"
    assert not [line for line in logged.getvalue().splitlines() if line == FORGED]


def test_what_a_terminal_would_obey_is_spelt_out(logged: io.StringIO) -> None:
    logging.getLogger("bot").info("a\x1b[2J\x07b\x9b\u202ec\u2066d\ud800")
    assert logged.getvalue().endswith("bot: a\\x1b[2J\\x07b\\x9b\\u202ec\\u2066d\\ud800\n")
    assert logged.getvalue().isprintable() or logged.getvalue()[:-1].isprintable()


def test_a_long_message_leaves_no_half_of_the_token(logged: io.StringIO) -> None:
    logging.getLogger("bot").error("%s", {"url": f"https://host/file/bot{TOKEN}/a", "t": TOKEN})
    assert SECRET[:8] not in logged.getvalue()
    assert logged.getvalue().count("<token>") == 2
