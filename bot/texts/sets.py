"""What models are measured on, by the names in their cards."""

from bot.texts.words import Phrase, Words

LONGEST = 40  # characters: a message is to hold a dozen

_SETS = {
    "MNIST test": Phrase("MNIST test set"),
    "single_photo": Phrase("photos of one digit"),
    "single_drawn": Phrase("digits drawn on a screen"),
    "multi_photo": Phrase("photos of several digits"),
    "scan_cell": Phrase("digits on scanned forms"),
    "printed": Phrase("printed digits"),
    "corrections": Phrase("people's corrections"),
    "negatives": Phrase("pictures without a digit, recognised as such"),
}


def set_name(words: Words, name: str) -> str:
    """Return what to call a set of pictures; one of the operator's own keeps its name, or most."""
    return words(_SETS[name]) if name in _SETS else name.replace("_", " ")[:LONGEST]
