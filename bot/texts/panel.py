"""The words of /settings: the panel, its pages, and who may use it."""

from collections.abc import Mapping
from enum import StrEnum

from bot.storage import ChatSettings, Detail, Preview, Trigger
from bot.texts.words import LANGUAGES, Phrase, Words

PANEL = Phrase("<b>Settings</b>\n\nTap one to change it. /reset restores the defaults.")
GROUP_PANEL = Phrase(
    "<b>Settings of this group</b>\n\n"
    "Tap one to change it (admins of the group only). /reset restores the defaults."
)
BACK = Phrase("« Back")
CHANGED = Phrase("Saved.")
RESET = Phrase("Done. All settings are back to their defaults.")
ADMINS_ONLY = Phrase("Only admins of this group can change my settings.")

_CHOSEN = "✓ {}"  # what a button says of the choice that holds

# What each setting is called, and its page; the names are the fields of ChatSettings.
_TITLES = {
    "preview": Phrase("What I saw: {choice}"),
    "detail": Phrase("Answers: {choice}"),
    "language": Phrase("Language: {choice}"),
    "trigger": Phrase("Photos: {choice}"),
}
_PAGES = {
    "preview": Phrase(
        "<b>The picture of what I saw</b>\n\n"
        "It can come with every answer, when you tap the button under an answer, or never."
    ),
    "detail": Phrase(
        "<b>How much I say</b>\n\n"
        "• short: the digit and how sure I am\n"
        "• with runners-up: also what else it could be, if I'm in doubt\n"
        "• all ten digits: how likely each of them is"
    ),
    "language": Phrase("<b>The language I speak here</b>"),
    "trigger": Phrase(
        "<b>Which photos I read in this group</b>\n\n"
        "Only those that somebody asks me about, or every photo. To see every photo, I also have"
        " to be an admin of the group."
    ),
}
_CHOICES: Mapping[StrEnum, Phrase] = {
    Preview.NEVER: Phrase("never"),
    Preview.ON_REQUEST: Phrase("on request"),
    Preview.ALWAYS: Phrase("always"),
    Detail.SHORT: Phrase("short"),
    Detail.RUNNERS_UP: Phrase("with runners-up"),
    Detail.ALL_TEN: Phrase("all ten digits"),
    Trigger.ADDRESSED: Phrase("only when asked"),
    Trigger.AUTO: Phrase("every photo"),
}
_LANGUAGE_OF_APP = Phrase("same as your app")
_LANGUAGE_OF_EACH = Phrase("each person's own")


def choice(words: Words, value: StrEnum | str | None, *, in_group: bool) -> str:
    """Return what a choice is called; a plain string is a language's code, None each app's own."""
    if isinstance(value, StrEnum):
        return words.plain(_CHOICES[value])
    if value is None:
        return words.plain(_LANGUAGE_OF_EACH if in_group else _LANGUAGE_OF_APP)
    return LANGUAGES.get(value, value)


def marked(label: str) -> str:
    """Return the label of the choice that holds."""
    return _CHOSEN.format(label)


def title(words: Words, name: str, settings: ChatSettings, *, in_group: bool) -> str:
    """Return what the button of a setting says: its name, and how it stands."""
    current = choice(words, getattr(settings, name), in_group=in_group)
    return words.plain(_TITLES[name], choice=current)


def page(words: Words, name: str) -> str:
    """Return what the page of a setting explains."""
    return words(_PAGES[name])
