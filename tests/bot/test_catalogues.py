"""The catalogues say all that the bot says, in each language, and nothing else."""

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from gettext import c2py
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest
from babel.core import Locale
from babel.messages.catalog import Catalog, Message
from telegram.constants import MessageLimit

from bot.texts.words import CATALOGUES, LANGUAGES, RIGHT_TO_LEFT
from scripts import texts

BOT = Path(__file__).parents[2] / "bot"
# Those of all others are Latin.
SCRIPTS = {"zh": "CJK", "ru": "CYRILLIC", "ar": "ARABIC", "hi": "DEVANAGARI"}
COMMAND = re.compile(r"(?<![\w<])/[a-z]+")


@pytest.fixture(scope="module", params=texts.TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return texts.catalogue(request.param)


@pytest.fixture(scope="module")
def template() -> Catalog:
    return texts.phrases()


def keys(catalog: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in catalog if message.id}


def translations(catalog: Catalog) -> Iterator[tuple[Message, str, str]]:
    """Yield each phrase as it is in English and in the language, plural forms one by one."""
    for message in catalog:
        if isinstance(message.id, str):
            if message.id:
                yield message, message.id, texts.forms(message)[0]
        else:
            for form in texts.forms(message):
                yield message, message.id[-1], form


def places(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


class Tags(HTMLParser):
    """Collects the tags, and fails on one that is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._open.append(tag)
        self.seen[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def test_every_phrase_is_there_and_no_other(catalogue: Catalog, template: Catalog) -> None:
    assert len(keys(template)) > 30
    assert keys(catalogue) - keys(template) == set(), "nobody says these: make texts"
    assert keys(template) - keys(catalogue) == set(), "these are new: make texts"


def test_every_phrase_is_translated(catalogue: Catalog) -> None:
    assert [message.id for message in texts.missing(catalogue)] == []
    assert [message.id for message in catalogue if message.fuzzy] == []
    assert [message.id for message in catalogue.obsolete.values()] == []


def test_every_plural_form_is_there(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.pluralizable:
            assert len(texts.forms(message)) == catalogue.num_plurals, message.id


@pytest.mark.parametrize("language", texts.TRANSLATED)
def test_catalogues_are_as_make_texts_writes_them(language: str) -> None:
    updated = texts.updated(texts.catalogue(language), texts.phrases())
    assert texts.written(updated) == (CATALOGUES / f"{language}.po").read_bytes()


def test_there_is_a_catalogue_for_each_language_and_no_other() -> None:
    assert {path.stem for path in CATALOGUES.glob("*")} == set(texts.TRANSLATED)


def test_places_for_values_are_the_same(catalogue: Catalog) -> None:
    for message, english, translation in translations(catalogue):
        wanted = places(english)
        if message.pluralizable and "{n}" not in translation:
            del wanted["n"]  # see the test below
        assert places(translation) == wanted, translation


def test_a_number_is_left_out_only_where_the_form_has_but_one(catalogue: Catalog) -> None:
    form_of = c2py(catalogue.plural_expr)
    numbers = [form_of(n) for n in range(1000)]
    for message in catalogue:
        if message.pluralizable:
            for form, text in enumerate(texts.forms(message)):
                assert "{n}" in text or numbers.count(form) == 1, text


def test_english_is_html_that_telegram_takes(template: Catalog) -> None:
    for message in template:
        for english in (message.id,) if isinstance(message.id, str) else message.id:
            assert Tags(english).seen.keys() <= {"b", "i", "u", "s", "code", "a", "blockquote"}
            assert len(english) <= MessageLimit.MAX_TEXT_LENGTH
            assert all(name.isidentifier() for name in places(english)), english


def test_tags_are_the_same_and_closed(catalogue: Catalog) -> None:
    for _, english, translation in translations(catalogue):
        assert Tags(translation).seen == Tags(english).seen, translation


def test_commands_are_the_same(catalogue: Catalog) -> None:
    for _, english, translation in translations(catalogue):
        assert Counter(COMMAND.findall(translation)) == Counter(COMMAND.findall(english)), english


def test_lines_are_the_same(catalogue: Catalog) -> None:
    for _, english, translation in translations(catalogue):
        assert translation.count("\n") == english.count("\n"), translation
        assert translation.strip() == translation, "no space around"
        assert "  " not in translation


def test_each_is_written_in_its_script(catalogue: Catalog) -> None:
    own = SCRIPTS.get(str(catalogue.locale), "LATIN")
    for _, _, translation in translations(catalogue):
        bare = re.sub(r"<[^>]*>|\{\w*\}|/\w+", "", translation)
        scripts = {unicodedata.name(letter).split()[0] for letter in bare if letter.isalpha()}
        assert scripts <= {own, "LATIN"}, translation
        assert own in scripts or not scripts, translation


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_one_that_cldr_knows(language: str) -> None:
    locale = Locale.parse(language)
    assert (locale.text_direction == "rtl") is (language in RIGHT_TO_LEFT)


# What is in the code


def calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func
            if name == (
                called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            ):
                yield node


def test_phrases_are_literal_and_in_texts_only() -> None:
    """What is put together at run time cannot be collected."""
    for path in BOT.rglob("*.py"):
        for name, count in (("Phrase", 2), ("plural", 2)):
            for call in calls(path, name):
                assert path.parent.name == "texts", f"{path}:{call.lineno}"
                for argument in call.args[:count]:
                    assert isinstance(argument, ast.Constant), f"{path}:{call.lineno}"
                assert name != "Phrase" or not call.keywords, f"{path}:{call.lineno}"


SENTENCE = re.compile(r"\w\W*\s\W*\w")


def prose(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of literals with more than one word: no docstring, log or comparison."""
    passed_over: set[int] = set()
    for node in ast.walk(tree):
        is_statement = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_log = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "log"
        )
        if is_statement or is_log or isinstance(node, ast.Raise | ast.Compare):
            passed_over |= {id(inner) for inner in ast.walk(node)}
        match node:
            case ast.Constant(value=str(text)) if id(node) not in passed_over:
                if SENTENCE.search(text):
                    yield node.lineno, text


@pytest.mark.parametrize("path", sorted((BOT / "handlers").rglob("*.py")), ids=lambda p: p.name)
def test_no_text_in_handlers(path: Path) -> None:
    assert list(prose(ast.parse(path.read_text()))) == []


def test_text_in_a_handler_would_be_found() -> None:
    source = '''
async def handler(update, context):
    """What it does."""
    log.info("Not said to anybody")
    await update.message.reply_text(f"Hello {update.x}, how are you?")
'''
    assert list(prose(ast.parse(source))) == [(5, ", how are you?")]
