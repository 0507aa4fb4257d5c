"""What the bot says in groups: hello, and which ways of asking work there."""

from markupsafe import Markup

from bot.storage import Trigger
from bot.texts.words import Phrase, Words

_HELLO = Phrase("Hello! I read handwritten digits in photos. {ways}")

# With privacy mode a command needs the bot's name, and a mention never arrives.
_CALLED = Phrase(
    "Reply to a photo with {command}, write {command} under your own,"
    " or send a photo as a reply to me."
)
_MENTIONED = Phrase(
    "Reply to a photo with {command} or {mention}, write either under your own,"
    " or send a photo as a reply to me."
)
_EVERY_PHOTO = Phrase(
    "I answer every photo with a digit that is sent here."
    " If I say nothing, reply to it with {command}."
)
_EVERY_PHOTO_UNHEARD = Phrase(
    "I'm asked to read every photo here, but I can't see them until an admin makes me one too."
    " Meanwhile, reply to a photo with {command}."
)


def ways(words: Words, trigger: Trigger, username: str, *, hears_everything: bool) -> Markup:
    """Return in one line how to ask in a group."""
    named, mention = f"/digit@{username}", f"@{username}"
    if trigger is Trigger.AUTO and hears_everything:
        return words(_EVERY_PHOTO, command="/digit")
    if trigger is Trigger.AUTO:
        return words(_EVERY_PHOTO_UNHEARD, command=named)
    if hears_everything:
        return words(_MENTIONED, command="/digit", mention=mention)
    return words(_CALLED, command=named)


def hello(words: Words, ways: Markup) -> Markup:
    """Return what to say first in a group, with the line about how to ask there."""
    return words(_HELLO, ways=ways)
