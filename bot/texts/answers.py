"""The answer to a picture: a reading in words."""

from functools import reduce

from markupsafe import Markup

from bot.services.reader import ReadDigit, ReaderAnswer
from bot.storage import Detail
from bot.texts.numbers import keycaps
from bot.texts.scores import score_lines, scores
from bot.texts.words import Phrase, Words
from model import Reason

SURE = 0.95  # from here on the answer stands alone
LIKELY = 0.6  # from here on it is "probably"; below, a guess
RIVAL = 0.05  # a runner-up that is less probable than this does not matter
RIVALS_SHOWN = 2
DOUBTS_SHOWN = 3

_SURE = Phrase("It says <b>{number}</b>. I'm {percent} sure.")
_LIKELY = Phrase("It's probably <b>{number}</b> ({percent}).")
_GUESS = Phrase("I'm not sure. My best guess is <b>{number}</b> ({percent}).")
_GUESS_HINT = Phrase("A closer, sharper photo would help.")
_ONE_RIVAL = Phrase("It could also be {first} ({first_percent}).")
_TWO_RIVALS = Phrase("It could also be {first} ({first_percent}) or {second} ({second_percent}).")
# Pairs that differ by a habit of the hand: (what was read, its rival).
_RIVAL_FORMS = {
    (7, 1): Phrase("It could also be a 1 with an upstroke ({first_percent})."),
    (9, 4): Phrase("It could also be an open 4 ({first_percent})."),
}

_ONE_ROW = Phrase("It says <b>{number}</b>.")
_ROWS = Phrase("Row by row, it says {rows}.")
_NEXT_ROW = Phrase("{rows}, {row}")
_ALL_SURE = Phrase("I'm at least {percent} sure of each digit.")
_DOUBT = Phrase("I'm less sure of the <b>{digit}</b> in position {position} ({percent}).")
_MORE_DOUBTS = Phrase("Other digits are hard to read too. A closer, sharper photo would help.")

_NO_DIGIT = {
    Reason.BLANK: Phrase(
        "I can't see any writing here. Write a digit large and dark on plain paper,"
        " and send me a photo of it."
    ),
    Reason.NOT_A_DIGIT: Phrase(
        "I see something, but no digit that I can read. Write one large, on its own,"
        " and take the photo straight from above."
    ),
    Reason.TOO_SMALL: Phrase(
        "There may be a digit, but it's too small for me to read."
        " Please take the photo from closer up."
    ),
    Reason.TOO_BLURRED: Phrase(
        "This is too blurred for me to read. Hold the camera still, tap to focus,"
        " and send me a new photo."
    ),
    Reason.TOO_MANY: Phrase(
        "There's too much in this picture for me to read. Please send me just a part of it."
    ),
}


def answer(words: Words, reading: ReaderAnswer, detail: Detail = Detail.RUNNERS_UP) -> str:
    """Return what to reply to a picture: the digits large, how sure, and what else it could be."""
    if not reading.digits:
        return words(_NO_DIGIT[reading.reason or Reason.NOT_A_DIGIT])
    if len(reading.digits) == 1:
        sentences = _one_digit(words, reading.digits[0], detail)
    else:
        sentences = _several_digits(words, reading, detail)
    return "\n".join([words.aligned(keycaps(reading.number)), *sentences])


def _one_digit(words: Words, digit: ReadDigit, detail: Detail) -> list[str]:
    certainty = words.percent(digit.confidence)
    if digit.confidence >= SURE:
        sentence = words(_SURE, number=digit.digit, percent=certainty)
    elif digit.confidence >= LIKELY:
        sentence = words(_LIKELY, number=digit.digit, percent=certainty)
    else:
        sentence = words(_GUESS, number=digit.digit, percent=certainty)
    match detail:
        case Detail.SHORT:
            return [sentence]
        case Detail.ALL_TEN:
            return [sentence, scores(words, digit)]
    if digit.confidence >= SURE:
        return [sentence]
    hint = [words(_GUESS_HINT)] if digit.confidence < LIKELY else []
    return [sentence, *_rivals(words, digit), *hint]


def _several_digits(words: Words, reading: ReaderAnswer, detail: Detail) -> list[str]:
    rows = reading.number.split("|")
    if len(rows) == 1:
        sentences: list[str] = [words(_ONE_ROW, number=reading.number)]
    else:
        bold = [Markup("<b>{}</b>").format(row) for row in rows]
        listed = reduce(lambda rows, row: words(_NEXT_ROW, rows=rows, row=row), bold)
        sentences = [words(_ROWS, rows=listed)]
    if detail is Detail.ALL_TEN:
        return [*sentences, score_lines(words, reading.digits)]
    doubts = [
        (position, digit)
        for position, digit in enumerate(reading.digits, start=1)
        if digit.confidence < SURE
    ]
    if not doubts:
        weakest = min(digit.confidence for digit in reading.digits)
        return [*sentences, words(_ALL_SURE, percent=words.percent(weakest))]
    for position, digit in doubts[:DOUBTS_SHOWN]:
        certainty = words.percent(digit.confidence)
        doubt = words(_DOUBT, position=position, digit=digit.digit, percent=certainty)
        others = [] if detail is Detail.SHORT else _rivals(words, digit)
        sentences.append(" ".join([doubt, *others]))
    if len(doubts) > DOUBTS_SHOWN:
        sentences.append(words(_MORE_DOUBTS))
    return sentences


def rivals(digit: ReadDigit) -> list[tuple[int, float]]:
    """Return what else a digit could be, with the scores, the likeliest first."""
    by_score = sorted(enumerate(digit.scores), key=lambda rival: -rival[1])
    likely = [(d, score) for d, score in by_score if d != digit.digit and score >= RIVAL]
    return likely[:RIVALS_SHOWN]


def _rivals(words: Words, digit: ReadDigit) -> list[str]:
    """Return the sentence on what else a digit could be, none if nothing else is probable."""
    match rivals(digit):
        case [(first, score)]:
            sentence = _RIVAL_FORMS.get((digit.digit, first), _ONE_RIVAL)
            return [words(sentence, first=first, first_percent=words.percent(score))]
        case [(first, score), (second, second_score)]:
            return [
                words(
                    _TWO_RIVALS,
                    first=first,
                    first_percent=words.percent(score),
                    second=second,
                    second_percent=words.percent(second_score),
                )
            ]
        case _:
            return []
