"""Ways to break a sound file."""

import random
from collections.abc import Callable

HEAD = 160  # bytes, where formats keep what they promise
NASTY = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def break_one(data: bytes, other: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Break a file in one to three ways; return in which, and what is left. `other` is a spare."""
    ways = []
    for _ in range(chance.randint(1, 3)):
        way = chance.choice(list(WAYS))
        data = WAYS[way](data, other, chance) or b"\0"
        ways.append(way)
    return ", ".join(ways), data


def _cut(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _flip(data: bytes, other: bytes, chance: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _promise(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Overwrite a number in the head, most likely a size or an offset."""
    size = chance.choice((1, 2, 4))
    number = chance.choice(NASTY) & (1 << 8 * size) - 1
    at = chance.randrange(min(HEAD, len(data)))
    return data[:at] + number.to_bytes(size, chance.choice(("big", "little"))) + data[at + size :]


def _erase(data: bytes, other: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.randint(1, 200)
    return data[:at] + data[at + length :]


def _repeat(data: bytes, other: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.randint(1, 200)
    return data[: at + length] + data[at : at + length] * chance.choice((1, 10, 1000)) + data[at:]


def _blank(data: bytes, other: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.randint(1, 200)
    return data[:at] + bytes([chance.choice((0, 0xFF))]) * length + data[at + length :]


def _splice(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


def _append(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data + other


def _prepend(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return other[: chance.randint(1, 16)] + data


WAYS: dict[str, Callable[[bytes, bytes, random.Random], bytes]] = {
    "cut off": _cut,
    "bits flipped": _flip,
    "promising too much": _promise,
    "a part erased": _erase,
    "a part repeated": _repeat,
    "a part blanked": _blank,
    "going on as another": _splice,
    "another appended": _append,
    "another's head before it": _prepend,
}
