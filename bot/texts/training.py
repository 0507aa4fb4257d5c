"""What admins are told of the training: its panel, its progress, how it ended."""

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import escape

from bot.services.training import SHUT_DOWN, TOO_LARGE, TOO_LONG, State
from bot.storage import Run, RunStatus
from bot.texts.models import TITLES, measured
from bot.texts.words import Phrase, Words
from model import ModelCard
from model.training.events import Phase

BAR = 12  # characters
SPARK = 12  # characters: a line of a phone, with what stands before it
SPARKS = "▁▂▃▄▅▆▇█"

USAGE = Phrase(
    "Send /train for the panel, or /train quick, /train full, /train status, /train cancel or"
    " /train resume."
)

QUICK = Phrase("Quick")
FULL = Phrase("Full")
RESUME = Phrase("Resume the last one")
CANCEL = Phrase("Cancel")

_PANEL = Phrase("<b>Training</b>\nModel {version} ({date}) answers.")
_PRESETS = Phrase(
    "<b>Quick</b> teaches this model what people corrected, in about {quick} min.\n"
    "<b>Full</b> trains a new one from scratch, in about {full} min."
)
_PINNED = Phrase(
    "MODEL_PATH decides which model answers: a new one can be trained, but not promoted."
)
_BUSY = Phrase("{name} started a training {minutes} min ago. This is how far it is:")
BUSY_ELSEWHERE = Phrase("A training is already running, started from the command line.")
NO_TENSORFLOW = Phrase(
    "This installation can't train, because TensorFlow is missing. Install it with make tensorflow,"
    " or use the container image that can train."
)
NOTHING_TO_RESUME = Phrase("There's no interrupted training to resume.")
NOTHING_RUNS = Phrase("No training is running. /train starts one.")
CANCELLING = Phrase("Cancelled. Nothing was kept.")
STARTED = Phrase("Starting the training…")

_PHASES: dict[Phase, Phrase] = {
    "preparing": Phrase("Getting the pictures ready…"),
    "training": Phrase("Training"),
    "exporting": Phrase("Calibrating its confidence…"),
    "comparing": Phrase("Comparing it with the current model"),
    "reporting": Phrase("Drawing the report…"),
}
_EPOCH = Phrase("Epoch {epoch} of {epochs}, batch {batch} of {batches}")
_LOSS = Phrase("Loss {loss} {trend}")
_ACCURACY = Phrase("Accuracy {accuracy} {trend}")
_PACE = Phrase("{rate} pictures a second, about {minutes} min left")

_PROMOTED = Phrase("The new model {version} answers from now on.")
_CANDIDATE = Phrase("The new model {version} is ready, but doesn't answer yet.")
_REASONS = {
    "better": Phrase("It is better on at least one set, and significantly worse on none."),
    "worse": Phrase("It is significantly worse on at least one set."),
    "not better": Phrase("It is not clearly better on any set."),
}
_INTERRUPTED = Phrase("The training was interrupted: {reason}. /train resume continues it.")
_FAILED = Phrase("The training failed: {reason}")
_CANCELLED = Phrase("The training was cancelled.")
_ENDINGS = {
    SHUT_DOWN: Phrase("the bot was stopped"),
    TOO_LONG: Phrase("it took longer than TRAIN_HOURS allows"),
    TOO_LARGE: Phrase("it took more memory than TRAIN_MEMORY allows"),
    "unknown": Phrase("its process died while the bot was away"),
}
_SIGNAL = Phrase("its process was killed by signal {number}")
_EXIT = Phrase("its process ended with code {number}; its log tells more")


def panel(
    words: Words, card: ModelCard, corrections: int, minutes: dict[str, int], *, is_pinned: bool
) -> str:
    """Return what would be trained, from what, and how long it takes."""
    lines: list[str] = [words(_PANEL, version=card.version, date=words.date(card.created))]
    lines += [
        *measured(words, card),
        "",
        words.plural(
            "{n} correction since the last training.", "{n} corrections since the last training.",
            corrections,
        ),
        "",
        words(_PRESETS, **{name: words.number(number) for name, number in minutes.items()}),
    ]  # fmt: skip
    if is_pinned:
        lines += ["", words(_PINNED)]
    return words.aligned("\n".join(lines))


def busy(words: Words, state: State, age: timedelta) -> str:
    """Return who trains, since when, and how far that is."""
    first = words(
        _BUSY, name=state.run.user_name, minutes=words.number(int(age.total_seconds() / 60))
    )
    return f"{first}\n\n{progress(words, state)}"


def progress(words: Words, state: State) -> str:
    """Return how a run stands."""
    lines: list[str] = [f"<b>{words(TITLES[state.run.preset])}</b>", words(_PHASES[state.phase])]
    if state.phase == "comparing" and state.compared:
        lines.append(bar(state.compared.done / state.compared.total))
    if state.phase == "training" and state.step:
        step = state.step
        done = (step.epoch - 1 + step.batch / step.batches) / step.epochs
        lines += [
            f"{bar(done)} {words.percent(done)}",
            words(
                _EPOCH, epoch=step.epoch, epochs=step.epochs, batch=step.batch, batches=step.batches
            ),
            words(
                _LOSS, loss=f"{step.loss:.3f}", trend=sparkline([s.loss for s in state.trend])
            ),
            words(
                _ACCURACY,
                accuracy=words.share(step.accuracy),
                trend=sparkline([s.accuracy for s in state.trend]),
            ),
            words(
                _PACE,
                rate=words.number(round(step.rate)),
                minutes=words.number(max(1, round(step.seconds_left / 60))),
            ),
        ]  # fmt: skip
    return words.aligned("\n".join(lines))


def outcome(words: Words, run: Run) -> str:
    """Return how a run ended, in a sentence or two."""
    if run.status is RunStatus.PROMOTED:
        return f"{words(_PROMOTED, version=run.version)} {_why(words, run)}"
    if run.status is RunStatus.CANDIDATE:
        return f"{words(_CANDIDATE, version=run.version)} {_why(words, run)}"
    if run.status is RunStatus.CANCELLED:
        return words(_CANCELLED)
    if run.status is RunStatus.INTERRUPTED:
        return words(_INTERRUPTED, reason=_ending(words, run.reason))
    return words(_FAILED, reason=_ending(words, run.reason))


def bar(done: float) -> str:
    """Draw a share from 0 to 1.

    >>> bar(0.5)
    '▓▓▓▓▓▓░░░░░░'
    """
    full = round(min(1.0, max(0.0, done)) * BAR)
    return "▓" * full + "░" * (BAR - full)


def sparkline(values: Sequence[float]) -> str:
    """Draw how values went, the lowest and highest of them as low and high as can be.

    >>> sparkline([1.0, 0.5, 0.25, 0.0])
    '█▄▂▁'
    """
    last = len(values) - 1
    count = min(SPARK, len(values))
    shown = [values[round(i * last / max(1, count - 1))] for i in range(count)]
    if not shown:
        return ""
    low, span = min(shown), max(shown) - min(shown) or 1.0
    return "".join(SPARKS[int((value - low) / span * (len(SPARKS) - 1))] for value in shown)


def _why(words: Words, run: Run) -> str:
    return words(_REASONS[run.reason]) if run.reason in _REASONS else escape(run.reason)


def _ending(words: Words, reason: str) -> str:
    kind, _, number = reason.partition(" ")
    if kind == "signal" and number.isdecimal():
        return words(_SIGNAL, number=number)
    if kind == "exit" and number.isdecimal():
        return words(_EXIT, number=number)
    return words(_ENDINGS[reason]) if reason in _ENDINGS else escape(reason)
