"""Words and their entities: UTF-16 lengths, trimming, and what Telegram finds in plain text."""

import re
from dataclasses import replace
from typing import Final

from bot.api_server.objects import Entity

SPACES: Final = " \t\r\n\v\0"  # what Telegram's parser takes for white space

# One pattern per kind, in the order in which they claim their characters.
# A command, mention or hashtag does not begin inside a word; see "find_entities" in TDLib.
_DETECTORS: Final = (
    ("url", re.compile(r"(?:https?://|t\.me/)[^\s<>\"]*[^\s<>\".,;:!?)]", re.IGNORECASE)),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    (
        "bot_command",
        re.compile(r"(?<![A-Za-z0-9_/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    ),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{3,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d])\w{1,256}(?!\w)")),
)
# Inside these nothing is detected.
_LITERAL: Final = frozenset({"code", "pre", "text_link", "custom_emoji"})


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, which is how Telegram counts in entities."""
    return len(text) + sum(character > "\uffff" for character in text)


def trimmed(text: str, entities: tuple[Entity, ...]) -> tuple[str, tuple[Entity, ...]]:
    """Without the white space around it, entities moved and cut to fit."""
    kept = text.strip(SPACES)
    if len(kept) == len(text):
        return text, entities
    start = utf16_length(text[: len(text) - len(text.lstrip(SPACES))])
    end = start + utf16_length(kept)
    fitted = []
    for entity in entities:
        first = max(entity.offset, start)
        last = min(entity.offset + entity.length, end)
        if first < last:
            fitted.append(replace(entity, offset=first - start, length=last - first))
    return kept, tuple(fitted)


def detected(text: str, given: tuple[Entity, ...] = ()) -> tuple[Entity, ...]:
    """`given` and the links, commands, mentions and hashtags in `text`, by offset."""
    if not any(sign in text for sign in "/@#."):
        return given
    taken = [(e.offset, e.offset + e.length) for e in given if e.type in _LITERAL]
    found = list(given)
    for kind, pattern in _DETECTORS:
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            end = start + utf16_length(match.group())
            if all(end <= first or last <= start for first, last in taken):
                taken.append((start, end))
                found.append(Entity(kind, start, end - start))
    return tuple(sorted(found, key=lambda e: (e.offset, -e.length)))


def slice_utf16(text: str, offset: int, length: int) -> str:
    """The characters that an entity covers."""
    units = text.encode("utf-16-le")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le")
