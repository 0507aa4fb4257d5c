"""HTML becomes words and entities as on Telegram, or is refused."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api_server.entities import SPACES, detected, slice_utf16, utf16_length
from bot.api_server.errors import BadRequest
from bot.api_server.html import parse_html
from bot.api_server.objects import Entity

TAGS = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough", "code": "code"}
WORDS = st.text(st.characters(exclude_categories=["Cs", "Zs", "Cc"]), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>7</b> 98&nbsp;%", "7 98&nbsp;%", [Entity("bold", 0, 1)]),
        ("a &lt;b&gt; &amp; &quot;c&quot; &#39;&#x1F58A;", 'a <b> & "c" \'🖊', []),
        ("🖊<b>x</b>", "🖊x", [Entity("bold", 2, 1)]),
        ("<STRONG>x</STRONG>", "x", [Entity("bold", 0, 1)]),
        ("<b>a<i>b</i></b>", "ab", [Entity("bold", 0, 2), Entity("italic", 1, 1)]),
        (
            '<a href="https://a.b/?x=1&amp;y">x</a>',
            "x",
            [Entity("text_link", 0, 1, "https://a.b/?x=1&y")],
        ),
        ("<a>x</a>", "x", []),
        ("<b></b>x", "x", []),
        ('<span class="tg-spoiler">x</span>', "x", [Entity("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [Entity("expandable_blockquote", 0, 1)]),
        (
            '<pre><code class="language-python">x</code></pre>',
            "x",
            [Entity("pre", 0, 1, language="python")],
        ),
        ("  \n<b> x </b>\n", "x", [Entity("bold", 0, 1)]),
        ("<b>x</>", "x", [Entity("bold", 0, 1)]),
    ],
)
def test_parsed(source: str, text: str, entities: list[Entity]) -> None:
    assert parse_html(source) == (text, tuple(entities))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("ж<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x!>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ],
)
def test_refused(source: str, reason: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@given(st.text(st.sampled_from("<>&;/=\"' abi🖊#x3-"), max_size=40))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except BadRequest:
        return
    for entity in entities:
        assert entity.length > 0
        assert 0 <= entity.offset <= utf16_length(text) - entity.length


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse_html(html.escape(text)) == (text.strip(SPACES), ())


@given(st.lists(st.tuples(st.sampled_from(sorted(TAGS)), WORDS, WORDS), max_size=6))
def test_entities_cover_the_words_they_were_put_around(parts: list[tuple[str, str, str]]) -> None:
    source = "".join(
        f"{html.escape(before)}<{tag}>{html.escape(marked)}</{tag}>"
        for tag, before, marked in parts
    )
    text, entities = parse_html(source)
    covered = [(e.type, slice_utf16(text, e.offset, e.length)) for e in entities]
    assert covered == [(TAGS[tag], marked) for tag, _, marked in parts]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/digit", [("bot_command", "/digit")]),
        ("please /digit@DigitBot!", [("bot_command", "/digit@DigitBot")]),
        ("a/b and/or 1/2", []),
        ("@DigitBot what is this?", [("mention", "@DigitBot")]),
        (
            "see https://a.b/c?d=/e, and #seven",
            [("url", "https://a.b/c?d=/e"), ("hashtag", "#seven")],
        ),
        ("anna@example.org", [("email", "anna@example.org")]),
        ("🖊 /digit", [("bot_command", "/digit")]),
    ],
)
def test_found_in_plain_text(text: str, found: list[tuple[str, str]]) -> None:
    entities = detected(text)
    assert [(e.type, slice_utf16(text, e.offset, e.length)) for e in entities] == found


def test_nothing_is_found_in_code() -> None:
    text, entities = parse_html("<code>/digit</code> /help")
    assert [e.type for e in detected(text, entities)] == ["code", "bot_command"]
