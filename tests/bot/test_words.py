"""One language: values are escaped, isolated where the script runs the other way, and counted."""

from datetime import date
from gettext import NullTranslations

import pytest
from markupsafe import Markup

from bot.texts import chat
from bot.texts.numbers import keycaps
from bot.texts.words import LANGUAGES, Phrase, Words, words_in

GREETING = Phrase("Hello, <b>{name}</b>!")
RLM = "\N{RIGHT-TO-LEFT MARK}"
FSI, PDI = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


class Russian(NullTranslations):
    """Three forms, as in "1 фото, 2 фото, 5 фото"."""

    def ngettext(self, _singular: str, _plural: str, n: int) -> str:
        if n % 10 == 1 and n % 100 != 11:
            return "{n} <b>цифра</b>"
        return "{n} <b>цифры</b>" if n % 10 in {2, 3, 4} else "{n} <b>цифр</b>"

    def pgettext(self, context: str, _message: str) -> str:
        return {"preview": "Всегда показывать", "trigger": "Всегда отвечать"}[context]


def test_values_in_html_are_escaped_unless_they_are_html() -> None:
    words = words_in("en")
    assert words(GREETING, name="<Ann & Co>") == "Hello, <b>&lt;Ann &amp; Co&gt;</b>!"
    assert words(GREETING, name=Markup("<i>Ann</i>")) == "Hello, <b><i>Ann</i></b>!"


def test_plain_text_is_as_it_is() -> None:
    assert words_in("en").plain(Phrase("Hello, {name}!"), name="<Ann & Co>") == "Hello, <Ann & Co>!"


def test_a_value_is_no_template() -> None:
    assert words_in("en")(GREETING, name="{name} {0}") == "Hello, <b>{name} {0}</b>!"
    assert words_in("ar").plain(Phrase("{name}"), name="{x} /off") == f"{RLM}{FSI}{{x}} /off{PDI}"


def test_a_phrase_is_not_sent_by_mistake() -> None:
    assert not isinstance(GREETING, str)


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 <b>цифра</b>"), (3, "3 <b>цифры</b>"), (11_000, "11\xa0000 <b>цифр</b>")]
)
def test_numbers_choose_the_form(n: int, said: str) -> None:
    assert Words("ru", Russian()).plural("{n} digit", "{n} digits", n) == said


def test_context_tells_phrases_of_one_wording_apart() -> None:
    always, every_photo = Phrase("Always", "preview"), Phrase("Always", "trigger")
    russian = Words("ru", Russian())
    assert (russian(always), russian(every_photo)) == ("Всегда показывать", "Всегда отвечать")
    assert words_in("en")(always) == "Always"


@pytest.mark.parametrize(
    ("language", "percent", "number", "megabytes", "day", "either"),
    [
        ("en", "99%", "10,000", "20 MB", "March 9, 2026", "7 or 1"),
        ("zh", "99%", "10,000", "20 MB", "2026年3月9日", "7或1"),
        ("ru", "99\xa0%", "10\xa0000", "20 МБ", "9 марта 2026\u202fг.", "7 или 1"),  # noqa: RUF001
        ("es", "99\xa0%", "10.000", "20 MB", "9 de marzo de 2026", "7 o 1"),
        ("de", "99\xa0%", "10.000", "20 MB", "9. März 2026", "7 oder 1"),
        ("pt", "99%", "10.000", "20 MB", "9 de março de 2026", "7 ou 1"),
        ("ar", "99%", "10,000", "20 م.ب", "9 مارس 2026", "7 أو 1"),
        ("hi", "99%", "10,000", "20 MB", "9 मार्च 2026", "7 या 1"),
    ],
)
def test_numbers_are_written_the_languages_way(
    language: str, percent: str, number: str, megabytes: str, day: str, either: str
) -> None:
    words = words_in(language)
    assert words.percent(0.994).strip("\N{LEFT-TO-RIGHT MARK}") == percent
    assert words.number(10_000) == number
    assert words.megabytes(20 * 2**20) == megabytes
    assert words.date(date(2026, 3, 9)) == day
    assert words.any_of(["7", "1"]) == either


@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_are_those_that_the_bot_reads(language: str) -> None:
    words = words_in(language)
    said = words.percent(0.5) + words.share(0.99634) + words.number(1234567890) + words.megabytes(1)
    assert all(character in "0123456789" for character in said if character.isdigit())


def test_arabic_keeps_values_and_commands_in_their_own_order() -> None:
    arabic = words_in("ar")
    sentence = Phrase("أرسل /train quick أو <b>/digit@DigitBot</b>")
    assert arabic(sentence) == f"أرسل {FSI}/train quick{PDI} أو <b>{FSI}/digit@DigitBot{PDI}</b>"
    assert f"{FSI}/about{PDI}" in arabic(chat.HELP)
    assert arabic(Phrase("{n}/5"), n="<a>") == f"{RLM}{FSI}&lt;a&gt;{PDI}/5"
    assert arabic(Phrase("{n}"), n=Markup("<b>7</b>")) == f"{RLM}{FSI}<b>7</b>{PDI}"


def test_arabic_lines_start_from_the_right_whatever_comes_first() -> None:
    arabic = words_in("ar")
    text = arabic(Phrase("مرحبًا\n\n<b>مرحبًا</b> {n}\n• {n} مرحبًا\n7"), n="MNIST")
    assert [line.startswith(RLM) for line in text.split("\n")] == [False, False, False, True, True]
    assert isinstance(text, Markup)
    assert arabic.aligned(keycaps("7|1")) == f"{RLM}{keycaps('7')}\n{RLM}{keycaps('1')}"
    assert words_in("en").aligned(keycaps("7")) == keycaps("7")


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "ar"])
def test_other_languages_need_no_isolation(language: str) -> None:
    text = words_in(language)(chat.HELP) + words_in(language)(GREETING, name="Ann")
    assert FSI not in text
