"""How numbers, per cents, sizes, dates and lists are written in a language: by the Unicode CLDR.

Digits are 0–9 in every language: it is those that the bot reads, and the two stand side by side.
Babel's parts are imported where they are used: they take as long as all the rest of this package.
Its core is imported here, before there is a thread: of two that ask for parts of a package which is
not there yet, one may find it half made.
"""
# ruff: noqa: PLC0415 - see above

import itertools
import re
from collections.abc import Sequence
from datetime import date as Date

import babel  # noqa: F401 - see above

MEGA = 1 << 20


class Writing:
    """One locale's way of writing, such as "pt"."""

    def __init__(self, locale: str) -> None:
        self._locale = locale

    def number(self, value: int) -> str:
        """Return a whole number with its groups.

        >>> Writing("en").number(10_000), Writing("de").number(10_000)
        ('10,000', '10.000')
        """
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self._locale)

    def percent(self, probability: float) -> str:
        """Return a probability in whole per cent, never claiming certainty either way.

        >>> en = Writing("en"); en.percent(0.998), en.percent(0.5), en.percent(0.0001)
        ('99%', '50%', '1%')
        """
        from babel.numbers import format_percent

        return format_percent(min(0.99, max(0.01, probability)), locale=self._locale)

    def share(self, part: float) -> str:
        """Return a measured share in per cent to at most two places.

        >>> Writing("en").share(0.99634)
        '99.63%'
        """
        from babel.numbers import format_percent

        return format_percent(round(part, 4), locale=self._locale, decimal_quantization=False)

    def megabytes(self, size: int) -> str:
        """Return bytes as Telegram counts megabytes: of 1024 · 1024.

        >>> Writing("en").megabytes(20 * 1024 * 1024)
        '20 MB'
        """
        from babel.units import format_unit

        megabytes = round(size / MEGA, 1)
        return format_unit(megabytes, "digital-megabyte", "short", locale=self._locale)

    def date(self, day: Date) -> str:
        """Return a day with its month in words.

        >>> Writing("de").date(Date(2026, 3, 9))
        '9. März 2026'
        """
        from babel.dates import format_date

        return format_date(day, "long", locale=self._locale)

    def duration(self, seconds: float) -> str:
        """Return how long that is, in the one unit that tells it best.

        >>> Writing("en").duration(7300), Writing("de").duration(20)
        ('2 hours', '20 Sekunden')
        """
        from babel.dates import format_timedelta

        return format_timedelta(round(seconds), locale=self._locale)

    def ago(self, seconds: float) -> str:
        """Return when that was, as seen from now: a second ago at the latest.

        >>> Writing("en").ago(0.2), Writing("de").ago(259_200)
        ('1 second ago', 'vor 3 Tagen')
        """
        from babel.dates import format_timedelta

        return format_timedelta(-max(1, round(seconds)), locale=self._locale, add_direction=True)

    def any_of(self, items: Sequence[str]) -> str:
        """Return alternatives as one reads them out.

        >>> Writing("en").any_of(["7", "1"])
        '7 or 1'
        """
        from babel.lists import format_list

        return format_list(items, "or", locale=self._locale)

    def all_of(self, items: Sequence[str]) -> str:
        """Return things that belong together as one reads them out.

        >>> Writing("en").all_of(["7", "1"])
        '7 and 1'
        """
        from babel.lists import format_list

        return format_list(items, "standard", locale=self._locale)


_KEYCAP = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"
_ROW_OF_KEYCAPS = re.compile(rf"(?:[0-9]{_KEYCAP})+")


def keycaps(number: str) -> str:
    """Return digits as keycap emoji, the largest that a message can have; "|" starts a row."""
    return "\n".join("".join(f"{digit}{_KEYCAP}" for digit in row) for row in number.split("|"))


def number_in(text: str) -> str:
    """Return the number that an answer begins with, "" if it begins with none.

    >>> number_in(keycaps("12|7") + "\\nRow by row, it says 12, 7.")
    '12|7'
    """
    lines = text.replace("\N{RIGHT-TO-LEFT MARK}", "").split("\n")  # see `Words.aligned`
    rows = itertools.takewhile(_ROW_OF_KEYCAPS.fullmatch, lines)
    return "|".join(row.replace(_KEYCAP, "") for row in rows)
