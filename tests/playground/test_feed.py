"""What pages are told: everything at first, then each change."""

from typing import Any

import pytest

from bot.playground import views
from bot.playground.cast import Cast
from bot.playground.feed import Feed
from tests.bot.readings import draw_seven, encode


@pytest.fixture
def feed(cast: Cast) -> Feed:
    return Feed(cast)


async def test_a_new_page_is_told_everything(cast: Cast, feed: Feed) -> None:
    anna = cast.people[0]
    await cast.window(anna.id, anna.id).send_text("hello")
    with feed.subscribe() as events:
        everything = events.get_nowait()
    assert everything is not None
    assert [person["name"] for person in everything["people"]] == ["Anna", "Wei", "Ada"]
    assert [person["admin"] for person in everything["people"]] == [False, False, True]
    titles = [chat["title"] for chat in everything["chats"]]
    assert titles == ["DigitBot", "DigitBot", "DigitBot", "Class 3b", "Maths club"]
    assert [topic["name"] for topic in everything["chats"][3]["topics"]] == ["Homework", "Photos"]
    assert everything["messages"][-5]["service"] is None  # before the four of the groups
    assert "hello" in [message["text"] for message in everything["messages"]]


async def test_pages_hear_of_messages_edits_reactions_and_deletions(cast: Cast, feed: Feed) -> None:
    anna = cast.people[0]
    chat = cast.window(anna.id, anna.id)
    with feed.subscribe() as events:
        events.get_nowait()
        sent = await chat.send_text("one")
        await chat.edit_text(sent, "two")
        await chat.react(sent, "👍")
        await chat.delete(sent)
        heard: list[Any] = [events.get_nowait() for _ in range(4)]
    texts = [event["message"]["text"] for event in heard[:3]]
    assert texts == ["one", "two", "two"]
    assert [event["message"]["edited"] for event in heard[:3]] == [False, True, True]
    assert heard[2]["message"]["reactions"] == [{"by": anna.id, "emoji": "👍"}]
    assert heard[3] == {"type": "deleted", "chat": anna.id, "id": sent.message_id}


async def test_pages_hear_of_a_new_topic_before_what_is_said_in_it(cast: Cast, feed: Feed) -> None:
    ada = cast.people[2]
    with feed.subscribe() as events:
        events.get_nowait()
        topic = await cast.group.open_topic("Sums")
        await cast.window(ada.id, cast.group.id, topic).send_text("1 + 1?")
        heard: list[Any] = []
        while not events.empty():
            heard.append(events.get_nowait())
    assert [event["type"] for event in heard] == ["message", "setup", "message"]
    assert heard[1]["chats"][3]["topics"][-1] == {"id": topic, "name": "Sums"}
    assert heard[2]["message"]["thread"] == topic


async def test_a_page_that_falls_behind_is_let_go(cast: Cast, feed: Feed) -> None:
    anna = cast.people[0]
    chat = cast.window(anna.id, anna.id)
    sent = await chat.send_text("hello")
    with feed.subscribe() as events:
        for _ in range(3_000):
            feed.setup_changed()
        while (last := events.get_nowait()) is not None:
            assert last["type"] in {"everything", "setup"}
        await chat.delete(sent)
        assert events.empty()


async def test_a_closed_feed_hears_nothing_and_lets_pages_go(cast: Cast, feed: Feed) -> None:
    with feed.subscribe() as events:
        events.get_nowait()
        feed.close()
        assert events.get_nowait() is None
    assert cast.server.world.listeners == []


async def test_a_photo_is_its_largest_size_and_a_file_keeps_its_name(cast: Cast) -> None:
    anna = cast.people[0]
    chat = cast.window(anna.id, anna.id)
    photo = await chat.send_photo(encode(draw_seven(1600, 1200)), caption="/see this")
    shown = views.message(chat.chat, photo)
    assert (shown["media"]["width"], shown["media"]["height"]) == (1280, 960)
    assert shown["entities"] == [{"type": "bot_command", "offset": 0, "length": 4}]
    file = await chat.send_document(b"x", file_name="a.pdf", mime_type="application/pdf")
    media = views.message(chat.chat, file)["media"]
    assert (media["name"], media["mime"], media["size"]) == ("a.pdf", "application/pdf", 1)


@pytest.mark.parametrize(
    ("person", "chat", "thread"), [(1, 1, None), (0, 12, None), (0, 0, 99)], ids=str
)
async def test_nobody_looks_into_chats_they_are_not_in(
    cast: Cast, person: int, chat: int, thread: int | None
) -> None:
    anna = cast.people[0].id
    with pytest.raises(LookupError):
        cast.window(anna if person == 0 else person, anna if chat == 0 else chat, thread)
