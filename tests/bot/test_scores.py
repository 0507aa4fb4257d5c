"""The scores drawn with characters: in step with the digits, and never too long."""

import re
from html import unescape

from telegram.constants import MessageLimit

from bot.services.reader import ReaderAnswer
from bot.storage import Detail
from bot.texts import answers
from bot.texts.words import words_in
from tests.bot.builders import ENGLISH
from tests.bot.readings import make_digit, make_reading


def told(*digits: tuple[int, float], detail: Detail = Detail.ALL_TEN, **rivals: float) -> list[str]:
    reading = make_reading(*(make_digit(digit, score, **rivals) for digit, score in digits))
    text = answers.answer(ENGLISH, ReaderAnswer.of(reading), detail)
    return unescape(re.sub(r"<.*?>|\u200e", "", text)).splitlines()


def test_one_digit_has_ten_bars_as_long_as_their_scores() -> None:
    bars = told((7, 0.75), d1=0.2, d2=0.006, d3=0.004)[-10:]
    assert bars[7].split() == ["7", "███████▌", "75%"]
    assert bars[1].split() == ["1", "██", "20%"]
    assert bars[2].split() == ["2", "▏", "1%"]
    assert bars[3] == "3"


def test_many_digits_have_a_line_each_below_the_ten() -> None:
    heading, *lines = told((7, 1.0), (1, 0.5))[-3:]
    assert heading == "  0123456789"
    assert lines == ["7 ▁▁▁▁▁▁▁█▁▁ 99%", "1 ▁▅▁▁▁▁▁▁▁▁ 50%"]


def test_very_many_digits_still_fit_under_a_picture() -> None:
    reading = make_reading(*(make_digit(n % 10, 0.9) for n in range(60)))
    text = answers.answer(words_in("ar"), ReaderAnswer.of(reading), Detail.ALL_TEN)
    assert len(re.sub(r"<.*?>", "", text)) <= MessageLimit.CAPTION_LENGTH
    assert "…" in text


def test_short_says_the_digit_and_how_sure_and_no_more() -> None:
    assert len(told((7, 0.5), detail=Detail.SHORT, d1=0.4)) == 2
    assert len(told((7, 0.5), detail=Detail.RUNNERS_UP, d1=0.4)) == 4
    for line in told((7, 0.5), (7, 0.9), detail=Detail.SHORT, d1=0.1):
        assert "could also be" not in line
