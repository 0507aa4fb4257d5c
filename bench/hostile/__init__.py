"""Files that nobody sends in good faith, as many as one likes, the same for the same seed.

A third are made to hurt (bombs, heads without bodies, polyglots, what is no picture at all), a few
are sound but strange (16 bits, CMYK, animations, noise), the rest are broken ones: sound files that
were cut off, spliced, and overwritten where it matters.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.hostile.broken import break_one
from bench.hostile.crafted import CRAFTED
from bench.hostile.strange import strange_pictures


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file, and what is wrong with it."""

    kind: str
    data: bytes


def hostile_files(count: int, seed: int = 1) -> Iterator[HostileFile]:
    """Yield so many; of the same seed, the shorter series is the beginning of the longer one."""
    for n in range(count):
        yield hostile_file(n, seed)


def hostile_file(n: int, seed: int = 1) -> HostileFile:
    """The nth of them. The first are all that is crafted and strange, once; then chance decides."""
    chance = random.Random(f"{seed} {n}")  # noqa: S311 - to be repeated
    strange = strange_pictures()
    crafted = list(CRAFTED)
    if n < len(crafted) + len(strange):
        if n < len(crafted):
            return HostileFile(crafted[n], CRAFTED[crafted[n]](chance))
        kind = list(strange)[n - len(crafted)]
        return HostileFile(kind, strange[kind])
    draw = chance.random()
    if draw < 0.3:
        kind = chance.choice(crafted)
        return HostileFile(kind, CRAFTED[kind](chance))
    kind = chance.choice(list(strange))
    if draw < 0.35:
        return HostileFile(kind, strange[kind])
    other = strange[chance.choice(list(strange))]
    how, data = break_one(strange[kind], other, chance)
    return HostileFile(f"{kind}, {how}", data)
