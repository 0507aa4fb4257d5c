"""Several pictures in one answer: a line for each, in order."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.services.answered import Outcome, Seen
from bot.services.reader import ReadDigit, ReaderAnswer
from bot.texts.answers import LIKELY, SURE, rivals
from bot.texts.problems import problem
from bot.texts.words import Phrase, Words
from model import Reason

_SURE = Phrase("{number} ({percent})")
_LIKELY = Phrase("probably {number} ({percent})")
_GUESS = Phrase("perhaps {number} ({percent})")
_OR = Phrase("{guess}, or {rivals}")  # rivals: "9", or "4 or 9"
_NO_DIGIT = Phrase("no digit that I can read")
_BLANK = Phrase("no writing that I can see")


def together(words: Words, seen: Sequence[Seen], links: Sequence[str | None]) -> str:
    """Return what to reply to several pictures; `links` lead to them, where chats have links."""
    head = words.plural("I've looked at {n} picture:", "I've looked at {n} pictures:", len(seen))
    lines = [
        numbered(_number(n, link), line(words, each.outcome))
        for n, (each, link) in enumerate(zip(seen, links, strict=True), start=1)
    ]
    return words.aligned("\n".join([head, *lines]))


def numbered(number: object, text: Markup) -> Markup:
    """Return a line of a list."""
    return Markup("{}. {}").format(number, text)


def line(words: Words, outcome: Outcome) -> Markup:
    """Return what one of the pictures says, or what is wrong with it, in HTML."""
    if not isinstance(outcome, ReaderAnswer):
        return Markup("{}").format(problem(words, outcome))
    if not outcome.digits:
        return words(_BLANK if outcome.reason is Reason.BLANK else _NO_DIGIT)
    number = _bold(words, outcome)
    confidence = min(digit.confidence for digit in outcome.digits)
    percent = words.percent(confidence)
    if confidence >= SURE:
        return words(_SURE, number=number, percent=percent)
    guess = words(_LIKELY if confidence >= LIKELY else _GUESS, number=number, percent=percent)
    others = _rivals(outcome)
    return words(_OR, guess=guess, rivals=words.any_of(others)) if others else guess


def _number(n: int, link: str | None) -> Markup:
    return Markup('<a href="{}">{}</a>').format(link, n) if link else Markup("{}").format(n)


def _bold(words: Words, answer: ReaderAnswer) -> Markup:
    """The number in bold, its rows side by side, doubtful digits among several underlined."""
    digits = iter(answer.digits)
    marked = [
        Markup(" | ") if sign == "|" else _marked(answer, next(digits)) for sign in answer.number
    ]
    bold = Markup("<b>{}</b>").format(Markup("").join(marked))
    return words.side_by_side(bold) if "|" in answer.number else bold


def _marked(answer: ReaderAnswer, digit: ReadDigit) -> Markup:
    if len(answer.digits) > 1 and digit.confidence < SURE:
        return Markup("<u>{}</u>").format(digit.digit)
    return Markup("{}").format(digit.digit)


def _rivals(answer: ReaderAnswer) -> list[str]:
    """What a single digit could be as well, the likeliest first."""
    if len(answer.digits) != 1:
        return []
    return [str(rival) for rival, _ in rivals(answer.digits[0])]
