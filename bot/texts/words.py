"""The languages: `Words` speaks one of them, from its catalogue.

What the bot says is written in English where it is said, as `Phrase("…")`; `make texts` collects
the phrases into catalogues/*.po, from which translations are read when the language is first heard.
"""

import gettext
import io
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

from bot.texts.numbers import Writing

# Code, also of the catalogue and the locale, and what the language calls itself. The codes have two
# letters because menus and descriptions are published under such.
LANGUAGES: Final = {
    "en": "English",
    "zh": "简体中文",
    "ru": "Русский",
    "es": "Español",
    "de": "Deutsch",
    "pt": "Português",
    "ar": "العربية",
    "hi": "हिन्दी",
}
ENGLISH: Final = "en"
RIGHT_TO_LEFT: Final = frozenset({"ar"})
CATALOGUES: Final = Path(__file__).parent / "catalogues"

# Keep what is between them out of the order of the words around: https://unicode.org/reports/tr9.
_ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
_MARK = "\N{RIGHT-TO-LEFT MARK}"
_TAG = re.compile(r"<[^>]*>")
_COMMAND = re.compile(r"(?<![\w<])/[a-z]+(?:@\w+)?(?: [a-z]+\b)*")  # with its arguments


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message in English, marked for translation; `{name}` is a place for a value.

    Not a string, so that it cannot be sent without having been spoken. What translators cannot see
    from a short one, such as "On", goes into `context`; phrases of one wording and different
    contexts are translated each by itself.
    """

    english: str
    context: str = ""


class Words(Writing):
    """One language. Called with a phrase, it returns the sentence with its values in place.

    The result is HTML, in which values are escaped unless they are `Markup` already, as all is that
    comes from here. For what is not HTML, alerts and buttons, there is `plain`.
    """

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        super().__init__(language)
        self.language = language
        self._catalogue = catalogue

    def __call__(self, phrase: Phrase, /, **values: object) -> Markup:
        """Return HTML.

        >>> words_in("en")(Phrase("Hello, <b>{name}</b>!"), name="<Anna>")
        Markup('Hello, <b>&lt;Anna&gt;</b>!')
        """
        return Markup(self._fill(Markup(self._look_up(phrase)), values))  # noqa: S704 - our own

    def plain(self, phrase: Phrase, /, **values: object) -> str:
        """Return plain text, nothing in it escaped: for alerts, buttons, menus and files."""
        return self._fill(self._look_up(phrase), values)

    def plural(self, singular: str, plural: str, n: int, /, **values: object) -> Markup:
        """Return HTML in the form for a number of things, which `{n}` in it stands for.

        >>> words_in("en").plural("{n} photo", "{n} photos", 2)
        Markup('2 photos')
        """
        text = Markup(self._catalogue.ngettext(singular, plural, n))  # noqa: S704 - our own
        return Markup(self._fill(text, {"n": self.number(n), **values}))  # noqa: S704

    def aligned(self, text: str) -> str:
        """Return what has no words, such as a line of emoji, aligned as the language is."""
        return _led_from_the_right(text) if self.language in RIGHT_TO_LEFT else text

    def side_by_side(self, things: Markup) -> Markup:
        """Return things without words, such as numbers, in the order in which one reads."""
        return _MARK + things if self.language in RIGHT_TO_LEFT else things

    def _look_up(self, phrase: Phrase) -> str:
        if phrase.context:
            return self._catalogue.pgettext(phrase.context, phrase.english)
        return self._catalogue.gettext(phrase.english)

    def _fill(self, text: str, values: dict[str, object]) -> str:
        """Put the values in their places; of Markup this escapes them."""
        if self.language not in RIGHT_TO_LEFT:
            return text.format(**values)
        text = type(text)(_COMMAND.sub(lambda match: _isolated(match.group()), text))
        text = text.format(**{name: _isolated(value) for name, value in values.items()})
        return _led_from_the_right(text)


def _isolated(value: object) -> str:
    return (Markup if isinstance(value, Markup) else str)(_ISOLATED).format(value)


def _led_from_the_right(text: str) -> str:
    """Mark the lines that an app would take for ones from the left, by their first letter."""
    return "\n".join(
        line if not line or _starts_from_the_right(line) else f"{_MARK}{line}"
        for line in text.split("\n")
    )


def _starts_from_the_right(line: str) -> bool:
    isolates = 0  # for most apps, what is in one does not count; a few know none
    for direction in map(unicodedata.bidirectional, _TAG.sub("", line)):
        isolates += (direction in {"FSI", "LRI", "RLI"}) - (direction == "PDI")
        if direction == "L" or (direction in {"R", "AL"} and not isolates):
            return direction != "L"
    return False


def words_in(language_code: str | None) -> Words:
    """Return the language of a code such as "pt", "pt-br" or "zh-hant", or English."""
    language = (language_code or "").partition("-")[0].lower()
    return _words(language if language in LANGUAGES else ENGLISH)


@cache
def _words(language: str) -> Words:
    if language == ENGLISH:
        return Words(language, gettext.NullTranslations())
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - English never needs it
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = io.BytesIO()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Words(language, gettext.GNUTranslations(compiled))
