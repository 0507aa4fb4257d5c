"""What is said where something is not answered as usual: too old, or too much."""

from bot.texts.words import Phrase

LATE = Phrase("I was away for a while, and this is too old to answer now. Please send it again.")
TOO_MANY = Phrase(
    "That's more than I can take at once. I'll answer what I have so far. Please send the rest"
    " later."
)
