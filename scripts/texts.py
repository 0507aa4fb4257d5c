"""Collects the phrases into the catalogues: `make texts`.

New phrases come in untranslated, those that nobody says any more go, the rest stays. Nothing is
guessed: a phrase that was changed is a new one, and its translation waits to be written.
"""

import io
import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.texts.words import CATALOGUES, ENGLISH, LANGUAGES

ROOT = Path(__file__).parents[1]
# `Phrase(english)`, `Phrase(english, context)` and `words.plural(singular, plural, n)`.
KEYWORDS: Any = {"Phrase": {1: (1,), 2: (1, (2, "c"))}, "plural": (1, 2)}
TRANSLATED = tuple(language for language in LANGUAGES if language != ENGLISH)


def phrases() -> Catalog:
    """Return all that the bot says, in the order of files."""
    template = Catalog()
    for name, _line, message, comments, context in extract_from_dir(
        ROOT / "bot", keywords=KEYWORDS, comment_tags=["Translators:"], strip_comment_tags=True
    ):
        template.add(
            message, locations=[(f"bot/{name}", 0)], auto_comments=comments, context=context
        )
    return template


def catalogue(language: str) -> Catalog:
    """Return a language as it is on the disk, empty if it is new."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        heading = f"# {LANGUAGES[language]}. `make texts` keeps it in step with what the bot says."
        return Catalog(
            language,
            header_comment=heading,
            project="DigitBot",
            version="1",
            msgid_bugs_address="none",
            last_translator="none",
            language_team=LANGUAGES[language],
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(catalog: Catalog) -> list[Message]:
    """Return the phrases that have no translation, or not in every plural form."""
    return [message for message in catalog if message.id and not all(forms(message))]


def forms(message: Message) -> tuple[str, ...]:
    """Return the translations of a phrase: one, or one for each plural form; "" where missing."""
    string: Any = message.string
    return (string or "",) if isinstance(string, str | None) else tuple(string)


def updated(catalog: Catalog, template: Catalog) -> Catalog:
    """Return a catalogue with the phrases of the template and the translations it had."""
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return the file of a catalogue."""
    file = io.BytesIO()
    write_po(file, catalog, width=100, include_lineno=False)
    return file.getvalue()


def main() -> None:
    """Bring all catalogues up to date, and say what is left to translate."""
    template, lacks = phrases(), 0
    for language in TRANSLATED:
        catalog = updated(catalogue(language), template)
        (CATALOGUES / f"{language}.po").write_bytes(written(catalog))
        for message in missing(catalog):
            lacks += 1
            print(f"{language}: {message.id!r}")
    print(f"{len(template)} phrases in {len(LANGUAGES)} languages, {lacks} left to translate.")
    sys.exit(lacks > 0)


if __name__ == "__main__":
    main()
