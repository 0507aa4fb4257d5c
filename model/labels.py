"""What a label says, and how near an answer comes to it.

A label is the digits of a picture in reading order: `7`, `2024`; `|` between rows: `12|34`; spaces
where digits are scattered and their order does not count: `1 2 3`; nothing where there is no digit.
An answer is a `Reading.number`: digits, and `|` between rows.
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest

NONE = 10  # the class "no digit", beside the ten digits

_FORM = re.compile(r"(\d+([| ]\d+)*)?")


@dataclass(frozen=True, slots=True)
class Pair:
    """One digit of the label beside the one that was read for it."""

    truth: int  # 0 to 9; NONE for a digit that was read where there is none
    said: int  # 0 to 9; NONE for a digit that was missed
    place: int | None = None  # of the digit in the answer, from 0; None for a missed one

    @property
    def is_right(self) -> bool:
        """Whether this digit was read as what it is."""
        return self.truth == self.said


def clean_label(text: str) -> str:
    """A label without needless space.

    Raises:
        ValueError: it is none.
    """
    label = re.sub(r"\s*\|\s*", "|", " ".join(text.split()))
    if not _FORM.fullmatch(label) or not label.isascii():
        raise ValueError(f"{text!r} is no label")
    return label


def digits_in(text: str) -> str:
    """The digits of a label or an answer, without what stands between them."""
    return "".join(c for c in text if c.isdigit())


def is_right(label: str, answer: str) -> bool:
    """Whether an answer is right in full: every digit, their order and the rows."""
    if " " in label:
        return Counter(digits_in(label)) == Counter(digits_in(answer))
    return label == answer


def align(label: str, answer: str) -> tuple[Pair, ...]:
    """Pair the digits of a label with those of an answer, with the fewest mistakes.

    The pairs that are wrong are the edit distance (Levenshtein 1966): digits taken for others,
    missed, or read where there is none. Where order does not count, as many as can be are paired
    with their equals, and the rest with one another.
    """
    truth, said = ([int(c) for c in digits_in(text)] for text in (label, answer))
    return _match_any(truth, said) if " " in label else _match_in_order(truth, said)


def _match_in_order(truth: list[int], said: list[int]) -> tuple[Pair, ...]:
    rows, columns = len(truth) + 1, len(said) + 1
    cost = [[i + j for j in range(columns)] for i in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            differ = truth[i - 1] != said[j - 1]
            cost[i][j] = min(cost[i - 1][j - 1] + differ, cost[i - 1][j] + 1, cost[i][j - 1] + 1)
    pairs = []
    i, j = len(truth), len(said)
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (truth[i - 1] != said[j - 1]):
            i, j = i - 1, j - 1
            pairs.append(Pair(truth[i], said[j], j))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            pairs.append(Pair(truth[i], NONE))
        else:
            j -= 1
            pairs.append(Pair(NONE, said[j], j))
    return tuple(reversed(pairs))


def _match_any(truth: list[int], said: list[int]) -> tuple[Pair, ...]:
    missing = Counter(truth)
    pairs, rest = [], []
    for place, digit in enumerate(said):
        if missing[digit]:
            missing[digit] -= 1
            pairs.append(Pair(digit, digit, place))
        else:
            rest.append((digit, place))
    for digit, other in zip_longest(missing.elements(), rest):
        value, at = other or (NONE, None)
        pairs.append(Pair(NONE if digit is None else digit, value, at))
    return tuple(pairs)
