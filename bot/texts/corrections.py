"""What is said where people tell whether an answer is right."""

from collections.abc import Sequence

from bot.storage import Verdict
from bot.texts.words import Phrase, Words

WHICH_PLACE = Phrase("Which digit did I get wrong?")
WHAT_IS_IT = Phrase("What is it really?")
NOT_A_DIGIT = Phrase("not a digit")
BACK = Phrase("« Back")
RIGHT_NOTED = Phrase("Thanks! Good to know.")
NOT_YOURS = Phrase("Only the person who sent this picture can tell me that.")
NOT_YOURS_IN_GROUP = Phrase(
    "Only the person who sent this picture, or an admin of this group, can tell me that."
)
READS_DIFFERENTLY = Phrase(
    "I've learned since then, and read this picture differently now. Please send it again."
)

_NOTED = Phrase("Thanks! I've noted that it's {digit}.")
_NONE_NOTED = Phrase("Thanks! I've noted that it's not a digit.")
_THANKS = Phrase("Thanks!")

_RIGHT, _WRONG = "✅", "✏️"  # the two buttons
_BECOMES = "{}→{}"
_CHOSEN = "✓ {}"
_OF_PICTURE = "{}. {}"


def noted(words: Words, truth: int | None) -> str:
    """Return what to say to a correction."""
    if truth is None:
        return words.plain(_NONE_NOTED)
    return words.plain(_NOTED, digit=truth)


def right_label(words: Words, said: Sequence[Verdict], digits: int) -> str:
    """Return the label of "right", with thanks where all digits were said to be."""
    is_said = len(said) == digits and all(verdict.is_right for verdict in said)
    return f"{_RIGHT} {words.plain(_THANKS)}" if is_said else _RIGHT


def wrong_label(words: Words, said: Sequence[Verdict], digits: int) -> str:
    """Return the label of "wrong", with thanks, and what it is if that is one digit."""
    corrected = [verdict for verdict in said if not verdict.is_right]
    if not corrected:
        return _WRONG
    if digits > 1:
        return f"{_WRONG} {words.plain(_THANKS)}"
    return f"{_WRONG} {truth_label(words, corrected[0].truth)} · {words.plain(_THANKS)}"


def truth_label(words: Words, truth: int | None) -> str:
    """Return what a key of the keypad says."""
    return words.plain(NOT_A_DIGIT) if truth is None else str(truth)


def chosen(label: str) -> str:
    """Return what a key says if it was pressed before."""
    return _CHOSEN.format(label)


def of_picture(number: int, label: str) -> str:
    """Return the label of a digit in one of several pictures, numbered as in the answer."""
    return _OF_PICTURE.format(number, label)


def place_label(digit: str, verdict: Verdict | None) -> str:
    """Return what the button of one of several digits says: it, and what it was said to be."""
    if verdict is None or verdict.is_right:
        return digit
    return _BECOMES.format(digit, "–" if verdict.truth is None else verdict.truth)
