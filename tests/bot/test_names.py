"""Names that would spoil the words around them."""

import pytest
from telegram import User

from bot.services.names import name_of


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("Anna", None, "Anna"),
        ("Анна", "Ким", "Анна Ким"),
        ("مريم", None, "مريم"),
        ("👩‍👧", None, "👩‍👧"),
        ("<b>Eve</b>", "& Co", "<b>Eve</b> & Co"),  # escaping is for whoever writes HTML
        ("Eve\n\rLine", None, "Eve Line"),
        ("\u202egnp.exe\u202c", "\u2066x", "gnp.exe x"),
        ("\x00\x1b[31m", None, "[31m"),
        ("x" * 200, None, "x" * 128),
    ],
)
def test_a_name_is_one_line_and_turns_nothing(first: str, last: str | None, shown: str) -> None:
    assert name_of(User(1, first, is_bot=False, last_name=last)) == shown
