"""What people call themselves, made fit to be shown to others."""

import re

from telegram import User

LONGEST = 128  # characters: Telegram lets a name have as many, first and last together

# Control characters, and what turns the direction of all that is written after it (UAX #9).
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def name_of(user: User) -> str:
    """Return somebody's name, on one line, which leaves the words around it alone."""
    return " ".join(_UNFIT.sub(" ", user.full_name).split())[:LONGEST]
