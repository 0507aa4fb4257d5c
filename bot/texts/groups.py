"""What the bot says in groups: which ways of asking work there."""

from bot.texts.words import Phrase

NOTHING_TO_READ = Phrase(
    "Reply to a photo with /digit, or write /digit under your own, and I'll read it."
)
