"""What admins are told at the end of a training: the new model beside the former, set by set."""

from markupsafe import Markup

from bot.storage import Run
from bot.texts.sets import set_name
from bot.texts.training import outcome
from bot.texts.words import Phrase, Words
from model.training.events import Finished, SetResult

MOST = 12  # sets in the message, which can have 4096 characters; the page has all

_SIGNS = {"better": "🟢", "worse": "🔴", "no clear difference": "⚪"}
_VERDICTS = {
    "better": Phrase("better"),
    "worse": Phrase("worse"),
    "no clear difference": Phrase("no clear difference"),
}
_SET = Phrase("<b>{set}</b>: {verdict}")
_RIGHT = Phrase("{before} → {after} ({low}–{high}) of {count}")
_CHANGED = Phrase("newly right {right}, newly wrong {wrong}, p = {p}")
_CALIBRATION = Phrase("calibration error {before} → {after}")
_REFUSED = Phrase("digits refused {before} → {after}")
_ACCEPTED = Phrase("others accepted {before} → {after}")


def report(words: Words, run: Run, end: Finished) -> str:
    """Return the outcome of a finished run and the figures behind it."""
    parts = [outcome(words, run)]
    if run.taught or run.held_back:
        parts.append(
            words.plural(
                "Learned from {n} correction, measured on {held_back} others.",
                "Learned from {n} corrections, measured on {held_back} others.",
                run.taught or 0,
                held_back=words.number(run.held_back or 0),
            )
        )
    if run.suspects:
        parts.append(
            words.plural(
                "{n} correction contradicts a sure model. /corrections shows it.",
                "{n} corrections contradict a sure model. /corrections shows them.",
                len(run.suspects),
            )
        )
    parts += [_compared(words, result) for result in end.sets[:MOST]]
    if more := len(end.sets[MOST:]):
        parts.append(
            words.plural(
                "The page below shows {n} more set.", "The page below shows {n} more sets.", more
            )
        )
    return words.aligned("\n\n".join(parts))


def _compared(words: Words, result: SetResult) -> str:
    before, after = result.before, result.after
    name, verdict = set_name(words, result.name), words(_VERDICTS[result.verdict])
    lines: list[str] = [
        f"{_SIGNS[result.verdict]} {words(_SET, set=name, verdict=verdict)}",
        words(
            _RIGHT,
            before=words.share(before.accuracy),
            after=words.share(after.accuracy),
            low=words.share(after.low),
            high=words.share(after.high),
            count=words.number(result.count),
        ),
        words(
            _CHANGED,
            right=words.number(result.newly_right),
            wrong=words.number(result.newly_wrong),
            p=f"{result.p:.2g}",
        ),
    ]
    if after.refused is not None:  # of what is no digit, there is no confidence to be calibrated
        lines.append(_change(words, _CALIBRATION, before.ece, after.ece))
    lines += [
        _change(words, phrase, former or 0.0, now)
        for phrase, former, now in (
            (_REFUSED, before.refused, after.refused),
            (_ACCEPTED, before.accepted, after.accepted),
        )
        if now is not None and (former or now)
    ]
    return "\n".join(lines)


def _change(words: Words, phrase: Phrase, before: float, after: float) -> Markup:
    return words(phrase, before=words.share(before), after=words.share(after))
