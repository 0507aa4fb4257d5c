"""The HTML that Telegram understands, parsed as its server does, and refused when malformed.

https://core.telegram.org/bots/api#html-style. Offsets in errors count bytes of UTF-8, those in
entities UTF-16 code units. The rules and the wording of refusals follow TDLib's MessageEntity.cpp.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from bot.api_server.entities import SPACES, slice_utf16, trimmed, utf16_length
from bot.api_server.errors import BadRequest
from bot.api_server.objects import Entity

_KINDS: Final = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_ARGUMENTS: Final = {  # the one attribute that counts, by tag
    "a": "href",
    "code": "class",
    "span": "class",
    "tg-emoji": "emoji-id",
    "blockquote": "expandable",
}
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE: Final = re.compile(r"&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|([a-zA-Z]+));?")
_NAME: Final = re.compile(rf"[^{SPACES}>]*")
_ATTRIBUTE: Final = re.compile(rf"[^{SPACES}=>/\"']*")
_TOKEN: Final = re.compile(r"[A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class _Open:
    """A tag that waits for its end."""

    tag: str
    argument: str
    offset: int


def parse_html(source: str) -> tuple[str, tuple[Entity, ...]]:
    """The words in `source` and their entities, white space around them removed.

    Raises BadRequest ("can't parse entities: …") where Telegram does.
    """
    return trimmed(*_Parser(source).run())


class _Parser:
    """One pass over the source; `at` is the next character to look at."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.units = 0  # of UTF-16 written so far
        self.text: list[str] = []
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, tuple[Entity, ...]]:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "<":
                self._tag()
            elif character == "&":
                self._write(self._reference())
            else:
                end = _next_markup(self.source, self.at)
                self._write(self.source[self.at : end])
                self.at = end
        if self.open:
            tag = self.open[-1].tag
            raise self._refused(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return "".join(self.text), _tidied(self.entities)

    def _write(self, words: str) -> None:
        self.text.append(words)
        self.units += utf16_length(words)

    def _reference(self) -> str:
        """A character written as &…; anything unknown stands for itself."""
        match = _REFERENCE.match(self.source, self.at)
        character = _referred(match) if match else None
        if match is None or character is None:
            self.at += 1
            return "&"
        self.at = match.end()
        return character

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self.source.startswith("/", self.at):
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _start_tag(self, begin: int) -> None:
        tag = self._match(_NAME).lower()
        where = f"at byte offset {self._byte(begin)}"
        if self._ended:
            raise self._refused(f"Unclosed start tag {where}")
        if tag not in _KINDS:
            raise self._refused(f'Unsupported start tag "{tag}" {where}')
        argument = ""
        while self.source[self.at] != ">":
            name, value = self._attribute(tag, where)
            if name and name == _ARGUMENTS.get(tag):
                argument = value
        self.at += 1
        if tag == "span" and argument != "tg-spoiler":
            raise self._refused(f'Tag "span" must have class "tg-spoiler" {where}')
        self.open.append(_Open(tag, argument, self.units))

    def _attribute(self, tag: str, where: str) -> tuple[str, str]:
        """The next name and value; ("", "") where the tag ends instead."""
        unclosed = f'Unclosed start tag "{tag}" {where}'
        self._skip_spaces(unclosed)
        if self.source[self.at] == ">":
            return "", ""
        name = self._match(_ATTRIBUTE).lower()
        if not name:
            raise self._refused(f'Empty attribute name in the tag "{tag}" {where}')
        self._skip_spaces(unclosed)
        if self.source[self.at] != "=":
            return name, name
        self.at += 1
        self._skip_spaces(unclosed)
        quote = self.source[self.at]
        if quote in "\"'":
            self.at += 1
            value = self._quoted(quote)
        else:
            start = self.at
            value = self._match(_TOKEN).lower()
            if not self._ended and self.source[self.at] not in SPACES + ">":
                raise self._refused(
                    f"Unexpected end of name token at byte offset {self._byte(start)}"
                )
        if self._ended:
            raise self._refused(unclosed)
        return name, value

    def _quoted(self, quote: str) -> str:
        value = []
        while not self._ended and self.source[self.at] != quote:
            if self.source[self.at] == "&":
                value.append(self._reference())
            else:
                value.append(self.source[self.at])
                self.at += 1
        self.at += 1
        return "".join(value)

    def _end_tag(self, begin: int) -> None:
        where = f"at byte offset {self._byte(begin)}"
        if not self.open:
            raise self._refused(f"Unexpected end tag {where}")
        self.at += 1
        tag = self._match(_NAME).lower()
        unclosed = f"Unclosed end tag {where}"
        self._skip_spaces(unclosed)
        if self.source[self.at] != ">":
            raise self._refused(unclosed)
        self.at += 1
        started = self.open.pop()
        if tag and tag != started.tag:
            expected = f'expected "</{started.tag}>", found "</{tag}>"'
            raise self._refused(f"Unmatched end tag {where}, {expected}")
        entity = _entity(started, self.units - started.offset, self.text)
        if entity:
            self.entities.append(entity)

    @property
    def _ended(self) -> bool:
        return self.at >= len(self.source)

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.source, self.at)
        assert match is not None  # each pattern also matches nothing
        self.at = match.end()
        return match.group()

    def _skip_spaces(self, unclosed: str) -> None:
        while not self._ended and self.source[self.at] in SPACES:
            self.at += 1
        if self._ended:
            raise self._refused(unclosed)

    def _byte(self, index: int) -> int:
        return len(self.source[:index].encode(errors="surrogatepass"))

    def _refused(self, reason: str) -> BadRequest:
        return BadRequest(f"can't parse entities: {reason}")


def _next_markup(source: str, start: int) -> int:
    ends = [index for sign in "<&" if (index := source.find(sign, start)) >= 0]
    return min(ends, default=len(source))


def _referred(match: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED.get(name)
    code = int(decimal) if decimal else int(hexadecimal, 16)
    is_character = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000
    return chr(code) if is_character else None


def _entity(started: _Open, length: int, text: list[str]) -> Entity | None:
    """What a closed tag stands for; None for nothing at all."""
    if length == 0:
        return None
    kind = _KINDS[started.tag]
    url = language = emoji = None
    match started.tag:
        case "a":
            url = started.argument or slice_utf16("".join(text), started.offset, length)
            if "." not in url and "://" not in url:
                return None  # Telegram drops a link that leads nowhere
        case "code" if started.argument.startswith("language-"):
            language = started.argument.removeprefix("language-")
        case "blockquote" if started.argument:
            kind = "expandable_blockquote"
        case "tg-emoji":
            emoji = started.argument
    return Entity(kind, started.offset, length, url, language, emoji)


def _tidied(entities: list[Entity]) -> tuple[Entity, ...]:
    """By offset, the outer first; code that fills a pre becomes the pre's language."""
    result: list[Entity] = []
    for entity in sorted(entities, key=lambda e: (e.offset, -e.length, e.type != "pre")):
        if entity.type != "code":
            result.append(entity)
        elif result and _fills(entity, result[-1]):
            result[-1] = replace(result[-1], language=entity.language)
        else:
            result.append(replace(entity, language=None))
    return tuple(result)


def _fills(code: Entity, outer: Entity) -> bool:
    same_place = (outer.offset, outer.length) == (code.offset, code.length)
    return outer.type == "pre" and same_place
