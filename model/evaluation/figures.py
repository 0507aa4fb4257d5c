"""The figures of one set: what its answers amount to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.evaluation.answer import Answer
from model.evaluation.statistics import (
    BANDS,
    Bin,
    Roc,
    Share,
    bins,
    calibration_error,
    roc,
)
from model.labels import NONE, digits_in

Counts = NDArray[np.int64]  # (11, 11): row the truth, column the answer, the last of each "none"


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What was measured on one set."""

    name: str
    right: Share  # pictures answered right in full; to refuse a digit is wrong, if it was read
    digits: Share  # digits right: those of the labels less the edit distance of the answers
    numbers: Share  # right in full, of the pictures with several digits
    refused: Share  # pictures taken for none, of those with a digit
    accepted: Share  # pictures given a digit, of those without
    ece: float  # expected calibration error of the digits that were read
    bins: tuple[Bin, ...]  # that it is made of
    bands: tuple[Bin, ...]  # the same claims, in bands that people ask for
    confusion: Counts


def figures(name: str, answers: Sequence[Answer]) -> Figures:
    """Count what was answered."""
    counts = confusion(answers)
    claims = list(_claims(answers))
    confidence, right = [c for c, _ in claims], [r for _, r in claims]
    parts = bins(confidence, right)
    total = sum(len(digits_in(a.label)) for a in answers)
    mistakes = int(counts.sum() - np.trace(counts))
    return Figures(
        name,
        _share(a.is_right for a in answers),
        Share(max(0, total - mistakes) if total else 0, total),
        _share(a.is_right for a in answers if len(digits_in(a.label)) > 1),
        _share(a.refused for a in answers if a.label),
        _share(not a.refused for a in answers if not a.label),
        calibration_error(parts),
        parts,
        bins(confidence, right, BANDS),
        counts,
    )


def confusion(answers: Iterable[Answer]) -> Counts:
    """Count the digits of labels by what was read for them; a picture rightly refused is one."""
    table = np.zeros((NONE + 1, NONE + 1), np.int64)
    for answer in answers:
        for pair in answer.pairs():
            table[pair.truth, pair.said] += 1
        if not answer.label and not answer.number:
            table[NONE, NONE] += 1
    return table


def rejection(positives: Iterable[Answer], negatives: Iterable[Answer]) -> Roc | None:
    """How well the reader's score tells pictures with a digit from those without."""
    return roc([a.score for a in positives if a.label], [a.score for a in negatives if not a.label])


def _claims(answers: Iterable[Answer]) -> Iterator[tuple[float, bool]]:
    """The confidence of each digit that was read, and whether it was right."""
    for answer in answers:
        for pair in answer.pairs():
            if pair.place is not None:
                yield answer.claims[pair.place].confidence, pair.is_right


def _share(cases: Iterable[bool]) -> Share:
    listed = list(cases)
    return Share(sum(listed), len(listed))
