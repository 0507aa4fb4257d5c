"""What the bot says of itself, in answers to commands and in the profile that Telegram shows."""

from bot.texts.models import measured
from bot.texts.words import Phrase, Words
from model import ModelCard

# Command and description, in the order of the menu.
_HELP_COMMAND = ("help", Phrase("What I can do"))
_SETTINGS_COMMAND = ("settings", Phrase("How I answer here, and in which language"))
COMMANDS = (
    _HELP_COMMAND,
    _SETTINGS_COMMAND,
    ("stats", Phrase("How often I was right, by what you told me")),
    ("privacy", Phrase("What I keep, and how to delete it")),
    ("about", Phrase("My model and how often it is right")),
)
GROUP_COMMANDS = (
    ("digit", Phrase("Read the photo that you reply to")),
    _SETTINGS_COMMAND,
    _HELP_COMMAND,
)
ADMIN_COMMANDS = (  # after those of everybody
    ("train", Phrase("Train the model")),
    ("models", Phrase("See and switch models")),
    ("corrections", Phrase("Review what people corrected")),
    ("health", Phrase("How I am, and what went wrong")),
    ("ban", Phrase("Ban somebody, or see who is banned")),
    ("unban", Phrase("Lift a ban")),
)
DESCRIPTION = Phrase(
    "Send me a photo of a handwritten digit. I'll tell you which one it is, how sure I am,"
    " and what else it could be."
)
SHORT_DESCRIPTION = Phrase("I read handwritten digits in photos.")

START = Phrase(
    "Hi! Send me a photo of a handwritten digit, and I'll tell you which one it is.\n\n"
    "Image files and stickers work too. /help tells you more."
)
HELP = Phrase(
    "Send me a photo, an image file or a sticker with a handwritten digit.\n\n"
    "<b>What works best</b>\n"
    "• one digit, large and dark on plain paper\n"
    "• a photo taken straight from above, without a shadow across the digit\n\n"
    "The button under an answer shows what I saw. /settings can send that picture every time.\n"
    "Tell me with ✅ or ✏️ whether I was right, and I'll learn from it. /privacy says what I keep.\n"
    "/about tells you how often I am right."
)
HINT = Phrase("I read digits in pictures. Send me a photo, an image file or a sticker with one.")

WHAT_I_SAW = Phrase("What I saw")  # the button under an answer

_ABOUT = Phrase(
    "I read digits with a small neural network that looks at 28 by 28 pixels.\n\n"
    "<b>Model</b> {version}, trained on {date}"
)


def about(words: Words, card: ModelCard) -> str:
    """Return which model answers, from when it is, and what was measured of it."""
    text = words(_ABOUT, version=card.version, date=words.date(card.created))
    return "\n".join([text, *measured(words, card)])
