"""What went wrong with a picture or a button, and what to do about it."""

from telegram.error import TimedOut

from bot.errors import DownloadFailed, FileTooLarge, ReaderFailed
from bot.texts.words import Phrase, Words
from model.errors import ImageTooLarge, ImageTooSmall, UnreadableImage

PHOTO_GONE = Phrase("That picture is gone, so I can't look at it again. Please send it once more.")
PHOTOS_GONE = Phrase(
    "I don't have these pictures at hand any more. Reply to one with /digit, and I'll look again."
)
BUTTON_TOO_OLD = Phrase("This button is too old. Send the picture again for a fresh answer.")

_FILE_TOO_LARGE = Phrase(
    "This file is too big: I can take up to {limit}."
    " Send it as a photo, and Telegram will shrink it."
)
_UNEXPECTED = Phrase("Sorry, something went wrong on my side. Please send that again.")

# Subclasses before their base: the first that fits is said.
_SENTENCES: tuple[tuple[type[Exception], Phrase], ...] = (
    (
        DownloadFailed,
        Phrase("I couldn't get your picture from Telegram. Please send it again in a moment."),
    ),
    (
        ReaderFailed,
        Phrase("I can't read this file. Please send me a photo or a screenshot of it instead."),
    ),
    (
        ImageTooLarge,
        Phrase(
            "This picture has more pixels than I can take."
            " Send it as a photo, and Telegram will shrink it."
        ),
    ),
    (ImageTooSmall, Phrase("This picture is too small to read. Please send a larger one.")),
    (
        UnreadableImage,
        Phrase("I can't open this as a picture. Please send a photo, or a JPEG, PNG or WebP file."),
    ),
    (
        TimedOut,
        Phrase("Telegram was slow just now. If you see no answer, please send that again."),
    ),
)


def problem(words: Words, error: BaseException | None) -> str:
    """Return what to tell the person whose picture or command ended in `error`."""
    if isinstance(error, FileTooLarge):
        return words.plain(_FILE_TOO_LARGE, limit=words.megabytes(error.limit))
    fitting = (phrase for kind, phrase in _SENTENCES if isinstance(error, kind))
    return words.plain(next(fitting, _UNEXPECTED))
