"""The answer to a picture: a reading in words."""

from bot.services.reader import ReadDigit, ReaderAnswer
from bot.texts.numbers import keycaps, percent
from model import Reason

SURE = 0.95  # from here on the answer stands alone
LIKELY = 0.6  # from here on it is "probably"; below, a guess
RIVAL = 0.05  # a runner-up that is less probable than this does not matter
RIVALS_SHOWN = 2
DOUBTS_SHOWN = 3

_SURE = "It says <b>{number}</b>. I'm {percent} sure."
_LIKELY = "It's probably <b>{number}</b> ({percent})."
_GUESS = "I'm not sure. My best guess is <b>{number}</b> ({percent})."
_GUESS_HINT = "A closer, sharper photo would help."
_ONE_RIVAL = "It could also be {first} ({first_percent})."
_TWO_RIVALS = "It could also be {first} ({first_percent}) or {second} ({second_percent})."

_ONE_ROW = "It says <b>{number}</b>."
_ROWS = "Row by row, it says {rows}."
_ALL_SURE = "I'm at least {percent} sure of each digit."
_DOUBT = "I'm less sure of the <b>{digit}</b> in place {position} ({percent})."
_MORE_DOUBTS = "Other digits are hard to read too. A closer, sharper photo would help."

_NO_DIGIT = {
    Reason.BLANK: (
        "I can't see any writing here. Write a digit large and dark on plain paper,"
        " and send me a photo of it."
    ),
    Reason.NOT_A_DIGIT: (
        "I see something, but no digit that I can read. Write one large, on its own,"
        " and take the photo straight from above."
    ),
}


def answer(reading: ReaderAnswer) -> str:
    """Return what to reply to a picture: the digits large, how sure, and what else it could be."""
    if not reading.digits:
        return _NO_DIGIT[reading.reason or Reason.NOT_A_DIGIT]
    if len(reading.digits) == 1:
        sentences = _one_digit(reading.digits[0])
    else:
        sentences = _several_digits(reading)
    return "\n".join([keycaps(reading.number), *sentences])


def _one_digit(digit: ReadDigit) -> list[str]:
    certainty = percent(digit.confidence)
    if digit.confidence >= SURE:
        return [_SURE.format(number=digit.digit, percent=certainty)]
    if digit.confidence >= LIKELY:
        return [_LIKELY.format(number=digit.digit, percent=certainty), *_rivals(digit)]
    guess = _GUESS.format(number=digit.digit, percent=certainty)
    return [guess, *_rivals(digit), _GUESS_HINT]


def _several_digits(reading: ReaderAnswer) -> list[str]:
    rows = reading.number.split("|")
    if len(rows) == 1:
        sentences = [_ONE_ROW.format(number=reading.number)]
    else:
        sentences = [_ROWS.format(rows=", ".join(f"<b>{row}</b>" for row in rows))]
    doubts = [
        (position, digit)
        for position, digit in enumerate(reading.digits, start=1)
        if digit.confidence < SURE
    ]
    if not doubts:
        weakest = min(digit.confidence for digit in reading.digits)
        return [*sentences, _ALL_SURE.format(percent=percent(weakest))]
    for position, digit in doubts[:DOUBTS_SHOWN]:
        doubt = _DOUBT.format(
            position=position, digit=digit.digit, percent=percent(digit.confidence)
        )
        sentences.append(" ".join([doubt, *_rivals(digit)]))
    if len(doubts) > DOUBTS_SHOWN:
        sentences.append(_MORE_DOUBTS)
    return sentences


def _rivals(digit: ReadDigit) -> list[str]:
    """Return the sentence on what else a digit could be, none if nothing else is probable."""
    by_score = sorted(enumerate(digit.scores), key=lambda rival: -rival[1])
    rivals = [(d, score) for d, score in by_score if d != digit.digit and score >= RIVAL]
    match rivals[:RIVALS_SHOWN]:
        case [(first, score)]:
            return [_ONE_RIVAL.format(first=first, first_percent=percent(score))]
        case [(first, score), (second, second_score)]:
            return [
                _TWO_RIVALS.format(
                    first=first,
                    first_percent=percent(score),
                    second=second,
                    second_percent=percent(second_score),
                )
            ]
        case _:
            return []
