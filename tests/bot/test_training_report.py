"""The report at the end of a training, in words: readable on a phone, and never too long."""

from datetime import UTC, datetime

import pytest
from telegram.constants import MessageLimit

from bot.storage import Run, RunStatus
from bot.texts.training_report import report
from bot.texts.words import LANGUAGES, words_in
from model.training.events import Finished, Measured, SetResult

NOW = datetime(2026, 3, 9, tzinfo=UTC)
FORMER, LATTER = Measured(0.9, 0.85, 0.95, 0.05, 0.02, 0.1), Measured(0.8, 0.7, 0.9, 0.06, 0, 0.2)


def run() -> Run:
    return Run(
        *(1, "quick", RunStatus.CANDIDATE, 5001, "Ada", 5001, None, 7, "en", NOW, 1, "v1"),
        taught=1_000_000, held_back=200_000, suspects=tuple(range(10_000)), version="v2" * 20,
        reason="worse",
    )  # fmt: skip


def finished(*sets: SetResult) -> Finished:
    return Finished("v2", "v1", False, "worse", sets, (), "report.html")


def result(name: str, before: Measured, after: Measured) -> SetResult:
    return SetResult(name, 1_000_000, before, after, 100_000, 200_000, 1.2e-123, "worse")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_into_a_message_however_many_sets_there_are(language: str) -> None:
    sets = [result(f"{n} " + "a long name " * 20, FORMER, LATTER) for n in range(40)]
    text = report(words_in(language), run(), finished(*sets))
    assert len(text) < MessageLimit.MAX_TEXT_LENGTH
    assert "28" in text.splitlines()[-1]


def test_each_figure_is_told_where_it_means_something() -> None:
    digits = result("printed", FORMER, LATTER)
    others = result(
        "negatives", Measured(0.9, 0.8, 1, 0.9, None, 0.1), Measured(0.8, 0.7, 1, 0.8, None, 0.2)
    )
    flawless = Measured(1, 0.9, 1, 0, 0, None)
    parts = report(
        words_in("en"), run(), finished(digits, others, result("mine", flawless, flawless))
    ).split("\n\n")
    assert parts[-3:] == [
        "🔴 <b>printed digits</b>: worse\n90% → 80% (70%–90%) of 1,000,000\n"
        "newly right 100,000, newly wrong 200,000, p = 1.2e-123\ncalibration error 5% → 6%\n"
        "digits refused 2% → 0%\nothers accepted 10% → 20%",
        "🔴 <b>pictures without a digit, recognised as such</b>: worse\n"
        "90% → 80% (70%–100%) of 1,000,000\n"
        "newly right 100,000, newly wrong 200,000, p = 1.2e-123\n"
        "others accepted 10% → 20%",
        "🔴 <b>mine</b>: worse\n100% → 100% (90%–100%) of 1,000,000\n"
        "newly right 100,000, newly wrong 200,000, p = 1.2e-123\ncalibration error 0% → 0%",
    ]
