"""What admins are told of how the bot is."""

from collections.abc import Sequence

from bot.services.health import Health
from bot.storage import Kept
from bot.texts.words import Phrase, Words

SHOWN = 5  # of the updates that were given up

_WELL = Phrase("✅ All is well.")
_ILL = Phrase("⚠️ Something is wrong.")
_UP = Phrase("Running for {time}, with model {version}")
_DATABASE = Phrase("Database: it answers")
_NO_DATABASE = Phrase("Database: <b>{problem}</b>")
_HEARD = Phrase("Telegram: last heard from {when}")
_NOT_HEARD = Phrase("Telegram: <b>last heard from {when}</b>")
_NEVER_HEARD = Phrase("Telegram: <b>not heard from yet</b>")
_WAITING = Phrase("Updates waiting: {count}")
_RETRIED = Phrase("Updates tried again: {count}")
_RESTARTS = Phrase("Reader processes replaced: {count}")
_TRAINS = Phrase("Training: under way, /train shows it")
_RESTS = Phrase("Training: none")
_GIVEN_UP = Phrase("<b>Updates given up after three tries</b>: {count}")
_ONE = Phrase("{update}, of {date}: {error}")


def health(words: Words, found: Health, poisonous: Sequence[Kept]) -> str:
    """Return how the bot is; `poisonous` are the updates that were given up, oldest first."""
    lines: list[str] = [
        words(_WELL if found.is_ready else _ILL),
        "",
        words(_UP, time=words.duration(found.up_for), version=found.model),
        words(_NO_DATABASE, problem=found.database) if found.database else words(_DATABASE),
        _telegram(words, found),
        words(_WAITING, count=words.number(found.waiting)),
        words(_RETRIED, count=words.number(found.retried)),
        words(_RESTARTS, count=words.number(found.restarts)),
        words(_TRAINS if found.training else _RESTS),
    ]
    if found.poisonous:
        lines += ["", words(_GIVEN_UP, count=words.number(found.poisonous))]
    for kept in poisonous[-SHOWN:]:
        date = words.date(kept.sent_at)
        lines.append(words(_ONE, update=kept.update_id, date=date, error=kept.error or ""))
    return words.aligned("\n".join(lines))


def _telegram(words: Words, found: Health) -> str:
    if found.heard is None:
        return words(_NEVER_HEARD)
    phrase = _HEARD if found.hears else _NOT_HEARD
    return words(phrase, when=words.ago(found.heard))
