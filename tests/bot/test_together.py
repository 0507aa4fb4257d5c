"""Several pictures in one answer, in words; and what is remembered of answers."""

import pytest

from bot.errors import DownloadFailed
from bot.services.answered import Answer, Answered, Outcome, Seen
from bot.services.attachments import Attachment
from bot.services.reader import ReaderAnswer
from bot.texts.together import line, together
from bot.texts.words import words_in
from model import Reason
from model.errors import ImageTooSmall
from tests.bot.builders import ENGLISH
from tests.bot.readings import make_digit, make_reading, make_refusal


def seen(message_id: int, outcome: Outcome | None = None) -> Seen:
    """Return a picture that was seen, a 7 unless told otherwise."""
    attachment = Attachment(f"file{message_id}", f"unique{message_id}", None)
    return Seen(message_id, attachment, outcome or read(7, 0.99))


def read(digit: int, confidence: float, **rivals: float) -> ReaderAnswer:
    return ReaderAnswer.of(make_reading(make_digit(digit, confidence, **rivals)))


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (read(7, 0.99), "<b>7</b> (99%)"),
        (read(7, 0.8, d1=0.18, d2=0.01), "probably <b>7</b> (80%), or 1"),
        (read(7, 0.4, d1=0.2, d4=0.3), "perhaps <b>7</b> (40%), or 4 or 1"),
        (read(7, 0.9), "probably <b>7</b> (90%)"),
        (ReaderAnswer.of(make_refusal(Reason.BLANK)), "no writing that I can see"),
        (ReaderAnswer.of(make_refusal(Reason.NOT_A_DIGIT)), "no digit that I can read"),
        (ImageTooSmall(), "This picture is too small to read. Please send a larger one."),
        (DownloadFailed(), "I couldn't get your picture from Telegram."),
    ],
)
def test_each_picture_has_a_line(outcome: Outcome, words: str) -> None:
    assert str(line(ENGLISH, outcome)).replace("&#39;", "'").startswith(words)


def test_rows_stand_side_by_side_with_the_doubtful_digits_underlined() -> None:
    digits = [make_digit(1, 0.99), make_digit(2, 0.8, d7=0.15), make_digit(3, 0.98)]
    reading = ReaderAnswer.of(make_reading(*digits, number="12|3"))
    assert line(ENGLISH, reading) == "probably <b>1<u>2</u> | 3</b> (80%)"


def test_lines_are_numbered_and_lead_to_their_pictures() -> None:
    text = together(ENGLISH, [seen(1), seen(2)], [None, "https://t.me/c/1/2"])
    assert text.splitlines() == [
        "I've looked at 2 pictures:",
        "1. <b>7</b> (99%)",
        '<a href="https://t.me/c/1/2">2</a>. <b>7</b> (99%)',
    ]


@pytest.mark.parametrize("language", ["ar", "zh", "de"])
def test_ten_pictures_fit_into_a_message_in_every_language(language: str) -> None:
    text = together(words_in(language), [seen(n, ImageTooSmall()) for n in range(10)], [None] * 10)
    assert len(text) < 4096
    assert len(text.splitlines()) == 11


# What is remembered


def test_an_answer_is_found_by_itself_its_pictures_and_its_album() -> None:
    answered = Answered()
    answer = Answer(1, 100, (seen(1), seen(2)), album="a")
    answered.note(answer)
    assert answered.at(1, 100) == answered.about(1, 2) == answered.about_album(1, "a") == answer
    assert answered.at(2, 100) is answered.about(2, 1) is answered.about_album(2, "a") is None


def test_an_edited_answer_takes_the_place_of_the_former() -> None:
    answered = Answered()
    answered.note(Answer(1, 100, (seen(1), seen(2))))
    answered.note(Answer(1, 100, (seen(2), seen(3))))
    assert answered.about(1, 1) is None
    assert answered.about(1, 3) == answered.at(1, 100)


def test_the_last_answer_about_a_picture_counts() -> None:
    answered = Answered()
    for message_id in (100, 101):
        answered.note(Answer(1, message_id, (seen(1),)))
    found = answered.about(1, 1)
    assert found is not None
    assert found.message_id == 101


def test_only_the_latest_answers_are_kept() -> None:
    answered = Answered(kept=3)
    for n in range(10):
        answered.note(Answer(1, 100 + n, (seen(n),), album=str(n)))
    kept = [n for n in range(10) if answered.at(1, 100 + n)]
    assert kept == [7, 8, 9]
    assert kept == [n for n in range(10) if answered.about(1, n)]
    assert kept == [n for n in range(10) if answered.about_album(1, str(n))]
