"""Whether a candidate may take the current model's place without anybody being asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from model.training.events import SetResult

CORRECTIONS = "corrections"  # the name of the set made of what people corrected


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision and why."""

    passed: bool
    reason: Literal["better", "worse", "not better"]


def judge(sets: Sequence[SetResult]) -> Judgement:
    """Let a candidate pass that is significantly worse on no set, and better on at least one.

    Better means by more than chance explains. Only on corrections, which are few and what people
    wait for, does being right more often suffice.
    """
    if any(result.verdict == "worse" for result in sets):
        return Judgement(False, "worse")
    if any(result.verdict == "better" or _gains(result) for result in sets):
        return Judgement(True, "better")
    return Judgement(False, "not better")


def _gains(result: SetResult) -> bool:
    return result.name == CORRECTIONS and result.newly_right > result.newly_wrong
