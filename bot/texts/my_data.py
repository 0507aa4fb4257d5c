"""What is said of the data that is kept: how often we were right, what it is, that it is gone."""

from collections.abc import Sequence

from bot.services.corrections import Forgotten
from bot.storage import Score
from bot.texts.words import Phrase, Words

IN_PRIVATE = Phrase("Please ask me that in our private chat, where only you see the answer.")

NOTHING_SAID = Phrase(
    "You haven't told me yet whether I was right. Tap ✅ or ✏️ under an answer to do so."
)
_OWN_SCORES = Phrase("<b>What you told me</b>\n{scores}")
_ALL_SCORES = Phrase("<b>What everybody told me</b>\n{scores}")
_PICTURE = Phrase(
    "The picture shows it for each version of my model. People mostly speak up when I'm wrong, so I"
    " actually do better than this."
)

_PRIVACY = Phrase(
    "<b>What I keep, and what I don't</b>\n\n"
    "• Photos: I look at them and forget them.\n"
    "• Settings: what you choose in /settings.\n"
    "• What you tell me with ✅ or ✏️: that, what I said, when, in which chat, and your Telegram"
    " user ID.\n"
    "• If I was wrong, also the digit as I saw it, and the part of the photo around it.\n\n"
    "I learn from my mistakes, and those who run this bot can see them. {time} What I have learned"
    " by then stays.\n\n"
    "/mydata sends you all of it. /forget deletes it at once."
)
_PRIVACY_OF_BANS = Phrase(
    "If the people who run this bot ban somebody, I keep that person's name and user ID until they"
    " lift the ban."
)

_WAITING = Phrase(
    "What you send me waits in my database until it is answered, and is deleted then. If I fail on"
    " something, it stays there for a week, so that those who run me can see why."
)

MY_DATA = Phrase(
    "This is everything I keep about you: your settings, what you told me, and the pictures of"
    " corrections."
)
MY_DATA_FILE = "digitbot-{}.zip"

ASK_TO_FORGET = Phrase(
    "Delete everything I keep about you? That is your settings in this chat, what you told me"
    " about answers, and the pictures of corrections. This can't be undone."
)
FORGET = Phrase("Delete it all")
KEEP = Phrase("Keep it")
KEPT = Phrase("Fine, I'll keep it. /privacy says what it is.")
_FORGOTTEN = Phrase("Done. I deleted: {things}.")
_NOTHING = Phrase("There was nothing of yours to delete.")
_SETTINGS = Phrase("your settings", "in a list of what was deleted")
_TRAININGS = Phrase("your name beside trainings", "in a list of what was deleted")


def scores(words: Words, own: Sequence[Score], everybody: Sequence[Score] | None = None) -> str:
    """Return what goes with the picture of the scores; `everybody`'s are for admins."""
    blocks: list[str] = []
    if everybody is not None:
        blocks.append(words(_ALL_SCORES, scores=_counts(words, everybody)))
    if own:
        blocks.append(words(_OWN_SCORES, scores=_counts(words, own)))
    if not blocks:
        return words(NOTHING_SAID)
    if own or everybody:
        blocks.append(words(_PICTURE))
    return "\n\n".join(blocks)


def _counts(words: Words, scores: Sequence[Score]) -> str:
    right, wrong = sum(s.right for s in scores), sum(s.wrong for s in scores)
    parts: list[str] = [
        words.plural("✅ {n} digit", "✅ {n} digits", right),
        words.plural("✏️ {n} digit", "✏️ {n} digits", wrong),
    ]
    if right + wrong:
        parts.append(words.share(round(right / (right + wrong), 2)))
    return " · ".join(parts)


def privacy(words: Words, days: int) -> str:
    """Return what is kept, for how many days."""
    time = words.plural("They are deleted after {n} day.", "They are deleted after {n} days.", days)
    parts = (words(_PRIVACY, time=time), words(_WAITING), words(_PRIVACY_OF_BANS))
    return "\n\n".join(parts)


def forgotten(words: Words, gone: Forgotten, *, settings: bool, trainings: bool) -> str:
    """Return what was deleted."""
    things = []
    if gone.verdicts:
        things.append(
            words.plural("what was said of {n} digit", "what was said of {n} digits", gone.verdicts)
        )
    if gone.pictures:
        things.append(words.plural("{n} picture", "{n} pictures", gone.pictures))
    if settings:
        things.append(words(_SETTINGS))
    if trainings:
        things.append(words(_TRAININGS))
    if not things:
        return words.plain(_NOTHING)
    return words.plain(_FORGOTTEN, things=words.all_of(things))
