"""Which corrections a training learns from, and which an admin should look at first.

People err, and some lie. What an admin has accepted is trusted. Of the rest:

- one that contradicts a model that is sure is a suspect: it may be the very mistake to learn from,
  or poison, and only a person can tell;
- who is mostly a suspect is not believed in what the model merely doubts either;
- of one person, and of one digit by one person, only so many count;
- the same glyph counts once, and not at all while people disagree on it.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.classifier import Scores
from model.datasets import Labels, Pictures
from model.training.order import Correction
from model.training.strokes import NOT_A_DIGIT

SURE = 0.9  # from here on, the model's opinion makes a contradiction suspect
PER_PERSON = 50  # corrections nobody reviewed that count
PER_PERSON_AND_LABEL = 20
DISTRUST = 0.5  # the share of suspects from which on a person is not believed unreviewed
UNREVIEWED = 0.5  # the weight of a correction nobody reviewed; of others it is 1
SAME = 0.005  # mean difference of the pixels, out of 1, up to which two glyphs are one
HELD_BACK = 5  # every so manieth is kept from training, to measure on


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """Glyphs with labels."""

    pictures: Pictures  # (n, 28, 28)
    labels: Labels  # (n,), 0 to 10
    weights: NDArray[np.float64]  # (n,), how often each is shown beside the others

    def __len__(self) -> int:
        return len(self.pictures)


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What became of all corrections."""

    taught: Taught
    held_back: Taught
    suspects: tuple[int, ...]  # ids
    duplicates: int
    over_cap: int


def load_glyphs(corrections: Iterable[Correction]) -> tuple[list[Correction], Pictures]:
    """Read the glyphs of those corrections whose file is there and is one."""
    found, pictures = [], []
    for correction in corrections:
        data = np.frombuffer(_bytes(correction), np.uint8)
        glyph = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if len(data) else None
        if glyph is not None and glyph.shape == (28, 28) and glyph.any():
            found.append(correction)
            pictures.append(glyph)
    return found, np.array(pictures, np.uint8).reshape(-1, 28, 28)


def _bytes(correction: Correction) -> bytes:
    try:
        return correction.glyph.read_bytes()
    except OSError:
        return b""  # deleted since, as its person may


def choose(corrections: Sequence[Correction], pictures: Pictures, scores: Scores) -> Choice:
    """Sort corrections into those to learn from, to measure on and to review.

    Args:
        corrections: n of them, the newest last.
        pictures: (n, 28, 28), their glyphs.
        scores: what the current model says of the glyphs.
    """
    labels = np.array([c.label for c in corrections], np.int64)
    suspects = _contradictions(corrections, labels, scores)
    suspects |= _of_the_distrusted(corrections, suspects)
    first, disputed = _compare_glyphs(corrections, pictures, labels)
    suspects |= disputed
    kept, over_cap, duplicates = [], 0, 0
    counts: Counter[tuple[int, int]] = Counter()
    seen: set[int] = set()
    for i in _ranked(corrections):
        person, label = corrections[i].person, int(labels[i])
        if i in suspects:
            continue
        if first[i] in seen:
            duplicates += 1
            continue
        if not corrections[i].is_reviewed:
            everything = sum(count for (who, _), count in counts.items() if who == person)
            if counts[person, label] >= PER_PERSON_AND_LABEL or everything >= PER_PERSON:
                over_cap += 1
                continue
            counts[person, label] += 1
        seen.add(first[i])
        kept.append(i)
    return Choice(
        _taught([i for i in kept if not _is_held_back(corrections[i])], corrections, pictures),
        _taught([i for i in kept if _is_held_back(corrections[i])], corrections, pictures),
        tuple(corrections[i].id for i in sorted(suspects)),
        duplicates,
        over_cap,
    )


def _contradictions(corrections: Sequence[Correction], labels: Labels, scores: Scores) -> set[int]:
    """Those not reviewed that say another thing than a model that is sure."""
    found = set()
    for i, correction in enumerate(corrections):
        row, digitness = scores.digits[i], scores.digitness[i]
        if labels[i] == NOT_A_DIGIT:
            contradicts = digitness * row.max() >= SURE
        else:
            other_digit = digitness * np.delete(row, labels[i]).max()
            contradicts = max(other_digit, 1 - digitness) >= SURE
        if contradicts and not correction.is_reviewed:
            found.add(i)
    return found


def _of_the_distrusted(corrections: Sequence[Correction], suspects: set[int]) -> set[int]:
    """All that is not reviewed of people who are contradicted more often than not."""
    unreviewed = [i for i, c in enumerate(corrections) if not c.is_reviewed]
    total = Counter(corrections[i].person for i in unreviewed)
    suspected = Counter(corrections[i].person for i in suspects)
    distrusted = {
        person for person, n in suspected.items() if n > 2 and n >= DISTRUST * total[person]
    }
    return {i for i in unreviewed if corrections[i].person in distrusted}


def _compare_glyphs(
    corrections: Sequence[Correction], pictures: Pictures, labels: Labels
) -> tuple[list[int], set[int]]:
    """For each glyph the first in rank that is the same; and the disputed ones.

    Where a reviewed and another correction of one glyph disagree, the other is disputed.
    """
    rank = _ranked(corrections)
    flat = pictures[rank].reshape(len(rank), 28 * 28).astype(np.float32) / np.float32(255)
    first, disputed = list(range(len(rank))), set()
    for place, i in enumerate(rank):
        same = np.abs(flat[:place] - flat[place]).mean(axis=1) <= SAME
        twins = [rank[k] for k in np.flatnonzero(same)]
        agreeing = [k for k in twins if labels[k] == labels[i]]
        if agreeing:
            first[i] = first[agreeing[0]]
        for twin in twins:
            if labels[twin] != labels[i]:
                disputed |= {k for k in (twin, i) if not corrections[k].is_reviewed}
    return first, disputed


def _ranked(corrections: Sequence[Correction]) -> list[int]:
    """What counts for more comes first: what was reviewed, then what is newer."""
    places = range(len(corrections))
    return sorted(places, key=lambda i: (corrections[i].is_reviewed, i), reverse=True)


def _is_held_back(correction: Correction) -> bool:
    """The same corrections in every run: what one model learned cannot measure the next."""
    return zlib.crc32(f"{correction.id}".encode()) % HELD_BACK == 0


def _taught(chosen: Sequence[int], corrections: Sequence[Correction], pictures: Pictures) -> Taught:
    indices = np.array(chosen, np.int64)
    return Taught(
        pictures[indices],
        np.array([corrections[i].label for i in chosen], np.int64),
        np.array([1.0 if corrections[i].is_reviewed else UNREVIEWED for i in chosen]),
    )
