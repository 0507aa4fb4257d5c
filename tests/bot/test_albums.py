"""Albums over HTTP: one answer, in order, however their items arrive."""

import asyncio
from functools import partial

import pytest
from PIL import Image

from bot.api_server import ChatWindow, Fault, Message
from bot.api_server.entities import detected
from bot.api_server.media import Attachment
from bot.handlers.buttons import Button
from bot.storage import ChatSettings, Preview
from bot.texts import problems
from tests.bot.builders import (
    ENGLISH,
    FakeReader,
    OfflineBot,
    make_message,
    make_photo,
    make_press,
)
from tests.bot.live import Running
from tests.bot.readings import draw_seven, encode, make_digit, make_reading

SEVEN = encode(draw_seven())
LINE = "7 (99%)"


def lines(answer: Message) -> list[str]:
    """The lines of an answer to several pictures, below its heading."""
    return answer.text.splitlines()[1:]


async def whole(chat: ChatWindow, items: int) -> Message:
    """Wait for an answer to so many pictures."""
    return await chat.wait_for(lambda m: m.from_bot and len(lines(m)) == items)


async def all_said(chat: ChatWindow) -> list[int]:
    """Return the ids of all that was said, once the bot has answered one thing more."""
    about = await chat.wait_for_reply(to=await chat.send_text("/about@DigitBot"))
    *said, last = (message.message_id for message in chat.replies)
    assert last == about.message_id
    return said


async def test_an_album_has_one_answer_on_its_first_photo(running: Running) -> None:
    chat = running.chat
    blank = encode(Image.new("RGB", (640, 480), "white"))
    broken = Attachment(b"no picture", "x.png", "image/png")
    album = await chat.send_album([SEVEN, blank, broken, SEVEN], as_files=True)
    answer = await whole(chat, 4)
    assert answer.reply_to == album[0].message_id
    assert answer.text.startswith("I've looked at 4 pictures:")
    assert lines(answer)[0] == f"1. {LINE}"
    assert lines(answer)[1] == "2. no writing that I can see"
    assert lines(answer)[2].startswith("3. I can't open this as a picture.")
    assert lines(answer)[3] == f"4. {LINE}"
    assert [button.text for button in answer.buttons] == ["What I saw", "✅", "✏️"]
    assert await all_said(chat) == [answer.message_id]


async def test_in_private_the_caption_does_not_matter(running: Running) -> None:
    chat = running.chat
    for caption in ("/digit", "@DigitBot", "/help what is this?"):
        album = await chat.send_album([SEVEN, SEVEN], caption=caption)
        answer = await chat.wait_for_reply(to=album[0])
        assert len(lines(answer)) == 2
    assert len(chat.replies) == 3


async def test_albums_of_ten_that_arrive_interleaved_are_kept_apart(running: Running) -> None:
    chat = running.chat
    example = await chat.send_photo(SEVEN)
    before = await chat.wait_for_reply(to=example)
    first, second, *_ = [
        running.server.world.post(
            chat.chat, chat.person, media=example.media, media_group_id="ab"[n % 2]
        )
        for n in range(20)
    ]
    one = await chat.wait_for_reply(to=first)
    other = await chat.wait_for_reply(to=second)
    assert [len(lines(answer)) for answer in (one, other)] == [10, 10]
    assert await all_said(chat) == [before.message_id, one.message_id, other.message_id]


async def test_an_item_that_comes_late_is_added_to_the_answer(running: Running) -> None:
    chat = running.chat
    album = await chat.send_album([SEVEN, SEVEN])
    answer = await whole(chat, 2)
    running.server.world.post(
        chat.chat, chat.person, media=album[0].media, media_group_id=album[0].media_group_id
    )
    edited = await chat.wait_for_edit(answer)
    assert lines(edited) == [f"{n}. {LINE}" for n in (1, 2, 3)]
    assert await all_said(chat) == [answer.message_id]


async def test_a_late_item_whose_answer_is_gone_has_its_own(running: Running) -> None:
    chat = running.chat
    album = await chat.send_album([SEVEN, SEVEN])
    await chat.delete(await whole(chat, 2))
    late = running.server.world.post(
        chat.chat, chat.person, media=album[0].media, media_group_id=album[0].media_group_id
    )
    answer = await chat.wait_for_reply(to=late)
    assert answer.text.endswith("It says 7. I'm 99% sure.")


async def test_what_i_saw_comes_as_an_album(running: Running) -> None:
    chat = running.chat
    blank = encode(Image.new("RGB", (640, 480), "white"))
    await chat.send_album([SEVEN, blank, SEVEN])
    answer = await whole(chat, 3)
    await chat.press(answer, "What I saw")
    left = (await chat.wait_for_edit(answer)).buttons
    assert [button.text for button in left] == ["✅", "✏️"]
    shown = [
        await chat.wait_for(partial(shows, caption)) for caption in (f"1. {LINE}", f"3. {LINE}")
    ]
    assert len({m.media_group_id for m in shown}) == 1
    assert shown[0].media_group_id is not None
    assert shown[0].reply_to == answer.message_id


def shows(caption: str, message: Message) -> bool:
    return message.from_bot and message.media is not None and message.caption == caption


async def test_two_who_press_at_once_see_it_once(running: Running) -> None:
    chat = running.chat
    await chat.send_album([SEVEN, SEVEN])
    answer = await whole(chat, 2)
    await asyncio.gather(*[chat.press(answer, "What I saw") for _ in range(2)])
    await chat.wait_for(partial(shows, f"2. {LINE}"))
    await chat.wait_for_reply(to=await chat.send_text("/about"))
    assert len([m for m in chat.replies if m.media]) == 2


async def test_previews_that_are_always_wanted_come_with_the_answer(running: Running) -> None:
    chat = running.chat
    await running.database.chats.change(
        chat.chat.id, lambda _: ChatSettings(preview=Preview.ALWAYS)
    )
    album = await chat.send_album([SEVEN, SEVEN, SEVEN])
    await chat.wait_for(lambda m: len([r for r in chat.replies if r.media]) == 3)
    answer, *others = chat.replies
    assert answer.reply_to == album[0].message_id
    assert lines(answer) == [f"{n}. {LINE}" for n in (1, 2, 3)]
    assert [m.caption for m in others] == ["", ""]
    assert {m.media_group_id for m in others} == {answer.media_group_id}


async def test_the_button_of_an_answer_from_before_a_restart_says_what_to_do() -> None:
    answer = make_message(text="…", reply_to_message=make_message(photo=make_photo()))
    async with OfflineBot(FakeReader(make_reading(make_digit(7)))) as bot:
        await bot.receive("callback_query", **make_press(Button.WHAT_I_SAW_IN_ALL, answer))
        assert bot.request.names() == ["answerCallbackQuery"]
        (said,) = bot.request.sent("answerCallbackQuery")
    assert said["text"] == ENGLISH.plain(problems.PHOTOS_GONE)
    assert said["show_alert"] is True


async def test_429_in_the_middle_of_an_album_loses_nothing(running: Running) -> None:
    chat = running.chat
    for method in ("getFile", "sendMessage", "sendMediaGroup"):
        running.server.faults.add(method, Fault.too_many_requests(1), times=1)
    await chat.send_album([SEVEN] * 3)
    answer = await whole(chat, 3)
    await chat.press(answer, "What I saw")
    await chat.wait_for(partial(shows, f"3. {LINE}"))
    assert lines(answer) == [f"{n}. {LINE}" for n in (1, 2, 3)]


# In groups


@pytest.fixture
async def group(running: Running) -> ChatWindow:
    group = running.server.group("Maths", [running.chat.person])
    await group.add(running.bot)
    window = group.as_member(running.chat.person)
    hello = await window.wait_for(lambda message: message.from_bot)
    await window.delete(hello)
    return window


async def test_with_privacy_mode_the_captioned_item_is_all_that_is_seen(
    group: ChatWindow,
) -> None:
    album = await group.send_album([SEVEN, SEVEN], caption="/digit@DigitBot")
    answer = await group.wait_for_reply(to=album[0])
    assert answer.text.endswith("It says 7. I'm 99% sure.")
    assert await all_said(group) == [answer.message_id]


async def test_where_the_bot_sees_all_the_caption_counts_for_all(
    running: Running, group: ChatWindow
) -> None:
    running.bot.reads_all_group_messages = True
    await group.send_album([SEVEN] * 3)
    album = await group.send_album([SEVEN] * 3, caption="@digitbot please")
    answer = await whole(group, 3)
    assert answer.reply_to == album[0].message_id
    assert await all_said(group) == [answer.message_id]


async def test_an_album_in_reply_to_the_bot_is_answered_as_one(group: ChatWindow) -> None:
    start = await group.wait_for_reply(to=await group.send_text("/start@DigitBot"))
    await group.send_album([SEVEN] * 3, reply_to=start)
    answer = await whole(group, 3)
    assert await all_said(group) == [start.message_id, answer.message_id]


async def test_a_caption_edit_asks_for_the_album(running: Running, group: ChatWindow) -> None:
    running.bot.reads_all_group_messages = True
    album = await group.send_album([SEVEN] * 3, caption="look")
    await group.edit_text(album[0], "look /digit")
    answer = await whole(group, 3)
    await group.edit_text(album[0], "look /digit again")
    assert await all_said(group) == [answer.message_id]


async def test_in_a_topic_one_album_asks_and_the_one_between_its_items_does_not(
    running: Running,
) -> None:
    running.bot.reads_all_group_messages = True
    anna, ben = running.chat.person, running.server.add_person("Ben", language_code="en")
    forum = running.server.group("Forum", [anna, ben], is_forum=True)
    await forum.add(running.bot)
    thread_id = await forum.open_topic("Homework")
    topic = forum.as_member(anna).in_topic(thread_id)
    media = (await topic.send_photo(SEVEN)).media
    caption = "/digit@DigitBot"
    first, *_ = [
        running.server.world.post(
            forum.chat,
            [anna, ben][n % 2],
            media=media,
            media_group_id="ab"[n % 2],
            thread_id=thread_id,
            **({"text": caption, "entities": detected(caption)} if n == 6 else {}),
        )
        for n in range(20)
    ]
    answer = await whole(topic, 10)
    assert (answer.reply_to, answer.thread_id) == (first.message_id, thread_id)
    await topic.press(answer, "What I saw")
    shown = await topic.wait_for(partial(shows, f"10. {LINE}"))
    assert shown.thread_id == thread_id
    about = await topic.wait_for_reply(to=await topic.send_text("/about@DigitBot"))
    said = [message for message in topic.replies if message.media is None]
    assert [message.message_id for message in said[1:]] == [answer.message_id, about.message_id]


async def test_429_in_the_middle_keeps_the_order_of_a_groups_answers(
    running: Running, group: ChatWindow
) -> None:
    is_at_work = asyncio.Event()
    running.server.world.listeners.append(lambda e: is_at_work.set() if e.action else None)
    running.server.faults.add("sendMessage", Fault.too_many_requests(2))
    first = await group.send_photo(SEVEN, caption="/digit@DigitBot")
    await asyncio.wait_for(is_at_work.wait(), 30)
    second = await group.send_photo(SEVEN, caption="/digit@DigitBot")
    await group.wait_for(lambda m: m.from_bot and m.reply_to == second.message_id)
    assert [m.reply_to for m in group.replies] == [first.message_id, second.message_id]
