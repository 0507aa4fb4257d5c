"""What admins are told of corrections that they review."""

from bot.storage import Correction
from bot.texts.words import Phrase, Words

ACCEPT = Phrase("Accept")
REJECT = Phrase("Reject")
NEXT = Phrase("Next")
ACCEPT_ALL = Phrase("Accept all of theirs")
REJECT_ALL = Phrase("Reject all of theirs")
NOTHING_LEFT = Phrase("There are no corrections to review.")

_CORRECTION = Phrase(
    "<b>Correction {place} of {total}</b>\nThe model read {answer}. User {user} says it is {truth}."
)
_NOT_A_DIGIT = Phrase("no digit")
_SUSPECT = Phrase("The model is sure of its answer: training leaves this out until you accept it.")


def correction(words: Words, shown: Correction, place: int, total: int, *, is_suspect: bool) -> str:
    """Return what somebody says of an answer, in HTML for the caption of its picture."""
    verdict = shown.verdict
    text = words(
        _CORRECTION,
        place=place,
        total=total,
        answer=verdict.answer,
        user=verdict.user_id,
        truth=words(_NOT_A_DIGIT) if verdict.truth is None else verdict.truth,
    )
    return f"{text}\n{words(_SUSPECT)}" if is_suspect else text


def reviewed(words: Words, count: int) -> str:
    """Return how many corrections were accepted or rejected, for an alert."""
    return str(words.plural("{n} correction reviewed.", "{n} corrections reviewed.", count))
