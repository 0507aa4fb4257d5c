"""What is counted while the bot works, in plain numbers that whoever wants them reads."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, get_args

from bot.errors import DownloadFailed, FileTooLarge
from bot.services.answered import Outcome
from bot.services.reader import ReaderAnswer
from model import UnreadableImage

# Fetching a picture, reading it, sending the answer; and the whole, the wait for a turn included.
Stage = Literal["download", "read", "send", "whole"]
Result = Literal["digits", "no_digit", "unreadable", "too_large", "not_downloaded", "failed"]

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds


@dataclass(slots=True)
class Latency:
    """How long something took, as a histogram."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))  # the last: longer
    total: float = 0.0  # seconds

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


class Meter:
    """Counts pictures by what came of them, and how long each stage took."""

    def __init__(self) -> None:
        self.photos: Counter[Result] = Counter(dict.fromkeys(get_args(Result), 0))
        self.stages: dict[Stage, Latency] = {stage: Latency() for stage in get_args(Stage)}

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Measure how long the block takes, however it ends."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.stages[stage].add(time.perf_counter() - began)

    def count(self, outcome: Outcome) -> None:
        """Count a picture."""
        self.photos[_result(outcome)] += 1


def _result(outcome: Outcome) -> Result:
    match outcome:
        case ReaderAnswer():
            return "digits" if outcome.digits else "no_digit"
        case UnreadableImage():
            return "unreadable"
        case FileTooLarge():
            return "too_large"
        case DownloadFailed():
            return "not_downloaded"
    return "failed"
