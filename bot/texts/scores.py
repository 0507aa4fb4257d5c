"""The scores of all ten digits, drawn with characters: bars for one digit, a line for each of many.

In a block of fixed width (https://core.telegram.org/bots/api#html-style), which also keeps the
lines from left to right in a language that runs the other way.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from bot.services.reader import ReadDigit
from bot.texts.words import Words

WIDTH = 10  # characters of a bar that is full
LINES = 20  # of many digits; more would not fit under a picture

_BAR = " ▏▎▍▌▋▊▉█"  # eighths of a character, from the left
_COLUMN = "▁▂▃▄▅▆▇█"  # and from the bottom
_LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"


def scores(words: Words, digit: ReadDigit) -> str:
    """Return a bar for each of the ten."""
    return _block(
        f"{n} {_bar(score):{WIDTH}} {words.percent(score) if _counts(score) else ''}"
        for n, score in enumerate(digit.scores)
    )


def score_lines(words: Words, digits: Sequence[ReadDigit]) -> str:
    """Return a line for each digit, with a column for each of the ten."""
    lines = [
        f"{digit.digit} {''.join(map(_column, digit.scores))} {words.percent(digit.confidence)}"
        for digit in digits[:LINES]
    ]
    more = ["…"] if len(digits) > LINES else []
    return _block(["  0123456789", *lines, *more])


def _bar(score: float) -> str:
    eighths = round(score * WIDTH * 8)
    full, rest = divmod(max(1, eighths) if _counts(score) else eighths, 8)
    return _BAR[8] * full + (_BAR[rest] if rest else "")


def _column(score: float) -> str:
    return _COLUMN[round(score * 7)]


def _counts(score: float) -> bool:
    """Whether it would be a per cent at least."""
    return score >= 0.005


def _block(lines: Iterable[str]) -> str:
    return Markup("<pre>{}</pre>").format(
        "\n".join(_LEFT_TO_RIGHT + line.rstrip() for line in lines)
    )
