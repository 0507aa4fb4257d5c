"""What is said of models: how often each is right, and to admins, what they can make of one."""

from collections.abc import Sequence

from bot.storage import Run
from bot.texts.sets import set_name
from bot.texts.words import Phrase, Words
from model import ModelCard

PROMOTE = Phrase("Promote")
DISCARD = Phrase("Discard")
ROLL_BACK = Phrase("Roll back")
ALL_MODELS = Phrase("All models")

MODELS = Phrase("<b>Models</b>, newest first. Choose one to promote or discard it.")
ANSWERS_NOW = Phrase("answers now")
COMES_WITH_THE_BOT = Phrase("comes with the bot")
_MODEL = Phrase("<b>Model {version}</b>, trained on {date}\nLearned from: {data}")
_TRAINED_BY = Phrase("{preset}, by {name}")
PROMOTED = Phrase("{version} answers from now on.")
DISCARDED = Phrase("{version} is deleted.")
NOT_THERE = Phrase("That model is gone.")
CANNOT = Phrase("That can't be done: {reason}")

TITLES = {"quick": Phrase("Quick training"), "full": Phrase("Full training")}
_MEASURED = Phrase("<b>How often it is right</b>")
_METRIC = Phrase("• {set}: {accuracy} of {count}")


def model(words: Words, card: ModelCard, run: Run | None, standing: Sequence[Phrase]) -> str:
    """Return what is known of a model; `run` is the training that made it, if it is known."""
    lines: list[str] = [
        words(
            _MODEL, version=card.version, date=words.date(card.created), data=", ".join(card.data)
        )
    ]
    if run is not None:
        lines.append(words(_TRAINED_BY, preset=words(TITLES[run.preset]), name=run.user_name))
    if standing:
        lines.append(f"<b>{' · '.join(words(phrase) for phrase in standing)}</b>")
    return words.aligned("\n".join([*lines, *measured(words, card)]))


def measured(words: Words, card: ModelCard) -> list[str]:
    """Return a model's figures in lines, with an empty one before; none if there are none."""
    if not card.metrics:
        return []
    figures = [
        words(
            _METRIC,
            set=set_name(words, metric.set),
            accuracy=words.share(metric.accuracy),
            count=words.number(metric.count),
        )
        for metric in card.metrics
    ]
    return ["", words(_MEASURED), *figures]
