"""What the bot says: the right words for each reading and problem, within Telegram's limits."""

import subprocess
import sys
import unicodedata

import pytest
from telegram.constants import CallbackQueryLimit
from telegram.error import NetworkError, TimedOut

from bot.errors import DownloadFailed, FileTooLarge, PhotoProblem, ReaderFailed
from bot.handlers.buttons import Button
from bot.services.reader import ReaderAnswer
from bot.texts import answers, chat, problems
from bot.texts.numbers import keycaps, number_in
from bot.texts.together import line
from bot.texts.words import LANGUAGES, Phrase, Words, words_in
from model import Metric, Reason
from model.errors import ImageTooLarge, ImageTooSmall, NotAnImage, UnreadableImage
from tests.bot.builders import ENGLISH, answer_to
from tests.bot.readings import (
    make_card,
    make_digit,
    make_reading,
    make_refusal,
)

LANGUAGE = pytest.mark.parametrize(
    "words", [words_in(language) for language in LANGUAGES], ids=LANGUAGES
)
SEVEN = "7\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"


def test_a_sure_digit_stands_alone() -> None:
    text = answer_to(make_reading(make_digit(7, 0.994, d1=0.004)))
    assert text == f"{SEVEN}\nIt says <b>7</b>. I'm 99% sure."


def test_a_likely_digit_names_its_rival() -> None:
    text = answer_to(make_reading(make_digit(7, 0.78, d2=0.17, d1=0.04)))
    assert text.startswith(f"{SEVEN}\nIt's probably <b>7</b> (78%).")
    assert text.endswith("It could also be 2 (17%).")


@pytest.mark.parametrize(
    ("digit", "rival", "form"), [(7, "d1", "a 1 with an upstroke"), (9, "d4", "an open 4")]
)
def test_a_rival_that_differs_by_a_habit_is_named_by_it(digit: int, rival: str, form: str) -> None:
    text = answer_to(make_reading(make_digit(digit, 0.78, **{rival: 0.17})))
    assert text.endswith(f"It could also be {form} (17%).")


def test_a_guess_says_so_names_two_rivals_and_what_would_help() -> None:
    text = answer_to(make_reading(make_digit(7, 0.45, d1=0.3, d4=0.12, d9=0.1)))
    assert "I'm not sure. My best guess is <b>7</b> (45%)." in text
    assert "It could also be 1 (30%) or 4 (12%)." in text
    assert "9" not in text
    assert "sharper photo" in text


def test_rivals_come_by_their_score_not_by_their_value() -> None:
    text = answer_to(make_reading(make_digit(7, 0.5, d1=0.1, d9=0.35)))
    assert "9 (35%) or 1 (10%)" in text


def test_a_row_of_digits_is_one_number() -> None:
    text = answer_to(make_reading(make_digit(1, 0.99), make_digit(2, 0.97)))
    assert text.splitlines()[0] == keycaps("12")
    assert "It says <b>12</b>." in text
    assert "at least 97% sure of each digit" in text


def test_rows_are_shown_as_rows() -> None:
    digits = [make_digit(d, 0.99) for d in (1, 2, 3, 4)]
    text = answer_to(make_reading(*digits, number="12|34"))
    assert text.splitlines()[:2] == [keycaps("12"), keycaps("34")]
    assert "<b>12</b>, <b>34</b>" in text
    assert "|" not in text


@pytest.mark.parametrize(("language", "rows"), [("zh", "{}、{}、{}"), ("ar", "{}، {}، {}")])
def test_rows_are_listed_the_languages_way(language: str, rows: str) -> None:
    digits = [make_digit(d, 0.99) for d in (1, 2, 3)]
    reading = ReaderAnswer.of(make_reading(*digits, number="1|2|3"))
    text = answers.answer(words_in(language), reading)
    shown = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    assert rows.format("<b>1</b>", "<b>2</b>", "<b>3</b>") in shown


def test_arabic_reads_rows_from_the_right() -> None:
    reading = ReaderAnswer.of(make_reading(make_digit(1), make_digit(2), number="1|2"))
    said = answers.answer(words_in("ar"), reading)
    # What is between isolates has the direction of its first strong sign: here the mark.
    inside = "\N{FIRST STRONG ISOLATE}\N{RIGHT-TO-LEFT MARK}"
    first = "\N{FIRST STRONG ISOLATE}<b>1</b>\N{POP DIRECTIONAL ISOLATE}"
    assert f"{inside}{first}، " in said
    said = line(words_in("ar"), reading)
    assert said.startswith("\N{RIGHT-TO-LEFT MARK}"), "what is isolated does not turn the line"
    assert f"{inside}<b>1 | 2</b>" in said


@LANGUAGE
def test_the_number_is_found_again_in_an_answer(words: Words) -> None:
    digits = [make_digit(d, 0.99) for d in (1, 2, 3)]
    said = answers.answer(words, ReaderAnswer.of(make_reading(*digits, number="12|3")))
    assert number_in(said) == "12|3"


def test_doubtful_digits_among_several_are_named_with_their_place() -> None:
    text = answer_to(make_reading(make_digit(1, 0.99), make_digit(7, 0.7, d1=0.25)))
    assert "the <b>7</b> in position 2 (70%). It could also be a 1 with an upstroke (25%)." in text
    assert "sure of each" not in text


def test_many_doubts_are_summed_up() -> None:
    text = answer_to(make_reading(*[make_digit(7, 0.5)] * 30))
    assert text.count("less sure") == 3
    assert "Other digits are hard to read too." in text


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_for_no_digit_says_what_to_do(reason: Reason) -> None:
    text = answer_to(make_refusal(reason))
    assert any(verb in text for verb in ("Write", "send", "take"))


def test_every_reason_has_its_own_words() -> None:
    assert len({answer_to(make_refusal(reason)) for reason in Reason}) == len(Reason)


@pytest.mark.parametrize(
    ("probability", "expected"), [(1.0, "99%"), (0.996, "99%"), (0.5, "50%"), (0.0, "1%")]
)
def test_per_cent_never_claims_certainty(probability: float, expected: str) -> None:
    assert ENGLISH.percent(probability) == expected


PROBLEMS = [
    FileTooLarge(22_000_000, 20 * 2**20),
    FileTooLarge(None, 20 * 2**20),
    DownloadFailed(),
    ReaderFailed(),
    NotAnImage("x"),
    ImageTooLarge("x"),
    ImageTooSmall("x"),
    TimedOut(),
    RuntimeError("x"),
]


@pytest.mark.parametrize("error", PROBLEMS, ids=lambda error: type(error).__name__)
def test_a_problem_says_what_to_do(error: Exception) -> None:
    text = problems.problem(ENGLISH, error)
    assert "send" in text.lower()
    assert "{" not in text


@LANGUAGE
def test_problems_fit_into_alerts(words: Words) -> None:
    alone = [
        words(phrase)
        for name, phrase in vars(problems).items()
        if name[0].isupper() and isinstance(phrase, Phrase)
    ]
    for text in [*alone, *(problems.problem(words, error) for error in PROBLEMS)]:
        assert len(text) <= CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH


def test_each_kind_of_problem_has_its_own_words() -> None:
    texts = [problems.problem(ENGLISH, error) for error in PROBLEMS[1:]]
    assert len(set(texts)) == len(texts)


def test_kinds_without_words_of_their_own_get_those_of_their_base() -> None:
    assert problems.problem(ENGLISH, UnreadableImage("x")) == problems.problem(
        ENGLISH, NotAnImage("x")
    )
    assert problems.problem(ENGLISH, NetworkError("x")) == problems.problem(ENGLISH, None)
    assert problems.problem(ENGLISH, PhotoProblem()) == problems.problem(ENGLISH, None)


def test_the_limit_is_named() -> None:
    assert "20 MB" in problems.problem(ENGLISH, FileTooLarge(22_000_000, 20 * 2**20))


def test_callback_data_fits() -> None:
    assert all(len(button.encode()) <= 64 for button in Button)


def test_about_names_model_date_and_accuracy() -> None:
    card = make_card(
        Metric("MNIST test", 10_000, 0.99634, 0.002),
        Metric("your_own_set", 86, 0.9651, 0.02),
        version="2026.3",
    )
    text = chat.about(ENGLISH, card)
    assert "<b>Model</b> 2026.3, trained on March 9, 2026" in text
    assert "• MNIST test set: 99.63% of 10,000" in text
    assert "• your own set: 96.51% of 86" in text


def test_about_escapes_what_a_model_says_of_itself() -> None:
    assert "&lt;i&gt;" in chat.about(ENGLISH, make_card(version="<i>"))


def test_about_without_figures_claims_none() -> None:
    assert "How often" not in chat.about(ENGLISH, make_card())


@LANGUAGE
def test_profile_fits_telegrams_limits(words: Words) -> None:
    assert len(words(chat.DESCRIPTION)) <= 512
    assert len(words(chat.SHORT_DESCRIPTION)) <= 120
    for name, phrase in (*chat.COMMANDS, *chat.GROUP_COMMANDS):
        assert name.islower()
        assert 1 <= len(words(phrase)) <= 256


TOGETHER = """
import threading, time
from importlib.machinery import SourceFileLoader

loaded = SourceFileLoader.exec_module
def slowly(self, module):
    time.sleep(0.2 if module.__name__ == "babel" else 0)
    loaded(self, module)
SourceFileLoader.exec_module = slowly

from bot.texts.numbers import Writing
from bot.texts.words import words_in

def later():
    time.sleep(0.05)
    Writing("en").percent(0.5)

threads = [threading.Thread(target=lambda: words_in("de")), threading.Thread(target=later)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_a_catalogue_and_a_number_may_be_wanted_at_once() -> None:
    """A thread reads catalogues at start; the loop may answer somebody meanwhile."""
    done = subprocess.run(
        [sys.executable, "-c", TOGETHER], capture_output=True, text=True, check=False
    )
    assert not done.stderr
