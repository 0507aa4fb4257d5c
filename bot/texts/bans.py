"""What is said of who may do what: to admins who ban people, and to whoever is turned away."""

from collections.abc import Sequence

from bot.storage import Ban
from bot.texts.words import Phrase, Words

NAME = 30  # letters of a name that are listed: with fifty of them a message is not too long

ADMINS_ONLY = Phrase("Only the admins of this bot can do that.")
YOU_ARE_BANNED = Phrase("The people who run this bot have banned you. I won't answer you any more.")

HOW_TO_BAN = Phrase(
    "Whom? Send /ban as a reply to one of their messages, or with their user ID, as in /ban 12345."
)
HOW_TO_UNBAN = Phrase(
    "Whom? Send /unban as a reply to one of their messages, or with their user ID, as in"
    " /unban 12345. /ban lists everyone who is banned."
)
NOT_A_PERSON = Phrase(
    "That was written in the name of a group or a channel, so I can't tell whose it is. If you know"
    " who wrote it, send /ban and their user ID."
)
NOT_A_BOT = Phrase("That's a bot. I don't listen to bots anyway.")
NOT_AN_ADMIN = Phrase("That's an admin of this bot. Admins can't be banned.")
_BANNED = Phrase("{name} is banned: I don't answer them any more. /unban {user} lifts the ban.")
_LIFTED = Phrase("{name} is no longer banned.")
_NOT_BANNED = Phrase("{name} isn't banned.")

NOBODY = Phrase("Nobody is banned.")
_LIST = Phrase("<b>Banned</b>, the latest first")
_LIFT = Phrase("Unban {name}")
_LINE = Phrase("• {name}, since {date}")
_USER = Phrase("user {user}")


def named(words: Words, user_id: int, name: str) -> str:
    """Return what to call somebody, in plain text."""
    return name or words.plain(_USER, user=user_id)


def banned(words: Words, user_id: int, name: str) -> str:
    """Return that somebody is banned from now on."""
    return words(_BANNED, name=named(words, user_id, name), user=user_id)


def lifted(words: Words, user_id: int, name: str) -> str:
    """Return, in plain text, that a ban is no more."""
    return words.plain(_LIFTED, name=named(words, user_id, name))


def not_banned(words: Words, user_id: int) -> str:
    """Return, in plain text, that there was no ban to lift."""
    return words.plain(_NOT_BANNED, name=named(words, user_id, ""))


def lift_label(words: Words, ban: Ban) -> str:
    """Return what the button says that lifts a ban."""
    return words.plain(_LIFT, name=named(words, ban.user_id, ban.name))


def everyone(words: Words, bans: Sequence[Ban], shown: int) -> str:
    """Return who is banned, the first `shown` by name."""
    if not bans:
        return words(NOBODY)
    lines = []
    for ban in bans[:shown]:
        name = f"{ban.name[:NAME]} ({ban.user_id})" if ban.name else named(words, ban.user_id, "")
        lines.append(words(_LINE, name=name, date=words.date(ban.since)))
    if len(bans) > shown:
        lines.append(words.plural("… and {n} more", "… and {n} more", len(bans) - shown))
    return words.aligned("\n".join([words(_LIST), *lines]))
