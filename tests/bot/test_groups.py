"""The bot in groups, over HTTP: who is answered and where, and who is left in peace."""

import asyncio
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.api_server import TELEGRAM, BotApiServer, ChatWindow, Fault, Group, Message, User
from bot.services.housekeeping import LEFT_FOR, forget_left_groups
from bot.services.reader import ReaderAnswer
from bot.storage import ChatSettings, Trigger
from bot.texts import groups as texts
from model import Reason
from tests.bot.builders import (
    ENGLISH,
    GROUP,
    FakeReader,
    MemoryChats,
    OfflineBot,
    make_message,
    make_photo,
)
from tests.bot.live import Running, running_bot
from tests.bot.readings import draw_seven, encode, make_digit, make_reading, make_refusal

ANSWER = "It says 7. I'm 99% sure."
PHOTO = encode(draw_seven())


@pytest.fixture
async def group(running: Running, ben: User) -> Group:
    """Anna made it; Ben and the bot are members."""
    return await join(running, "Class 3b", running.chat.person, ben)


async def join(running: Running, title: str, *people: User, is_forum: bool = False) -> Group:
    """Return a group of these people in which the bot has said hello."""
    group = running.server.group(title, people, is_forum=is_forum)
    await group.add(running.bot)
    await group.as_member(people[0]).wait_for(lambda message: message.from_bot)
    return group


async def answered(chat: ChatWindow, question: Message) -> Message:
    """Return the answer on a photo."""
    reply = await chat.wait_for_reply(to=question)
    assert reply.text.endswith(ANSWER)
    return reply


async def all_said(running: Running, chat: ChatWindow) -> tuple[Message, ...]:
    """Return all that the bot said after its hello, once it has handled what happened so far."""
    await until_told(running)
    return chat.replies[1:]


async def privacy_off(running: Running) -> None:
    running.bot.reads_all_group_messages = True


async def every_photo(running: Running, group: Group) -> None:
    await running.database.chats.change(group.id, lambda _: ChatSettings(trigger=Trigger.AUTO))


# With privacy mode on


@pytest.mark.parametrize("command", ["/digit@DigitBot", "/Digit@DIGITBOT what is it?"])
async def test_a_command_in_reply_to_anybodys_photo(
    group: Group, anna: ChatWindow, ben: User, command: str
) -> None:
    photo = await group.as_member(ben).send_photo(PHOTO)
    await anna.send_text(command, reply_to=photo)
    reply = await answered(anna, photo)
    assert reply.reply_to == photo.message_id
    await anna.press(reply, "What I saw")
    assert (await anna.wait_for_edit(reply)).media is not None


async def test_a_command_without_address_after_the_bot_spoke(
    group: Group, anna: ChatWindow
) -> None:
    greeting = await anna.send_text("/start@DigitBot")
    await anna.wait_for_reply(to=greeting)
    photo = await anna.send_photo(PHOTO)
    await anna.send_text("/digit", reply_to=photo)
    assert (await answered(anna, photo)).reply_to == photo.message_id


async def test_a_command_in_reply_to_a_file_or_a_sticker(anna: ChatWindow) -> None:
    file = await anna.send_document(encode(draw_seven(), "PNG"), file_name="x", mime_type=None)
    await anna.send_text("/digit@DigitBot", reply_to=file)
    assert (await answered(anna, file)).reply_to == file.message_id
    sticker = await anna.send_sticker(encode(draw_seven(512, 512), "WEBP"))
    await anna.send_text("/digit@DigitBot", reply_to=sticker)
    reply = await anna.wait_for(lambda m: m.from_bot and m.reply_to == sticker.message_id)
    assert reply.text.endswith(ANSWER)


async def test_a_command_in_the_caption(anna: ChatWindow) -> None:
    photo = await anna.send_photo(PHOTO, caption="Look 🙈 /digit@digitbot")
    assert (await answered(anna, photo)).reply_to == photo.message_id


async def test_a_photo_in_reply_to_the_bot(anna: ChatWindow) -> None:
    hello = await anna.wait_for_reply(to=await anna.send_text("/start@DigitBot"))
    photo = await anna.send_photo(PHOTO, reply_to=hello)
    assert (await answered(anna, photo)).reply_to == photo.message_id


async def test_everything_else_is_passed_over(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    others = group.as_member(ben)
    hello = await anna.wait_for_reply(to=await anna.send_text("/start@DigitBot"))
    photo = await others.send_photo(PHOTO, caption="@DigitBot look")
    await anna.send_text("@DigitBot?", reply_to=photo)
    await anna.send_text("/digit@OtherBot", reply_to=photo)
    await anna.send_photo(PHOTO, caption="/digit@OtherBot")
    await anna.send_text("well done", reply_to=hello)
    await anna.send_sticker(encode(draw_seven(512, 512), "WEBP"), reply_to=hello)
    await anna.send_document(b"%PDF", mime_type="application/pdf", reply_to=hello)
    assert await all_said(running, anna) == (hello,)


# Where the bot sees everything


@pytest.mark.parametrize("how", ["privacy off", "admin"])
async def test_a_mention_where_the_bot_sees_it(
    running: Running, group: Group, anna: ChatWindow, ben: User, how: str
) -> None:
    if how == "admin":
        await group.promote(running.bot)
    else:
        await privacy_off(running)
    photo = await group.as_member(ben).send_photo(PHOTO)
    await anna.send_text("what is this, @digitbot?", reply_to=photo)
    reply = await answered(anna, photo)
    captioned = await anna.send_photo(PHOTO, caption="@DIGITBOT and this?")
    own = await anna.wait_for(lambda m: m.from_bot and m.reply_to == captioned.message_id)
    await anna.send_photo(PHOTO)
    await anna.send_text("nice", reply_to=photo)
    await anna.send_text("hello @DigitBot")
    assert await all_said(running, anna) == (reply, own)


async def test_every_photo_only_where_the_admins_want_it(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    await privacy_off(running)
    other = await join(running, "Other", ben)
    await every_photo(running, group)
    quiet = other.as_member(ben)
    await quiet.send_photo(PHOTO)
    photo = await anna.send_photo(PHOTO)
    reply = await answered(anna, photo)
    assert await all_said(running, anna) == (reply,)
    assert await all_said(running, quiet) == ()


# Who asks, and where


async def test_answers_land_in_the_topic_of_the_question(running: Running, ben: User) -> None:
    forum = await join(running, "Forum", ben, is_forum=True)
    for place in (
        forum.as_member(ben),
        forum.as_member(ben).in_topic(await forum.open_topic("Homework")),
    ):
        photo = await place.send_photo(PHOTO)
        question = await place.send_text("/digit@DigitBot", reply_to=photo)
        reply = await answered(place, photo)
        assert reply.thread_id == question.thread_id == place.thread_id
        alone = await place.send_text("/digit@DigitBot")
        assert (await place.wait_for_reply(to=alone)).thread_id == place.thread_id


async def test_anonymous_admins_and_channels_are_answered(
    group: Group, anna: ChatWindow, ben: User
) -> None:
    await group.promote(ben, is_anonymous=True)
    for window in (group.as_member(ben), anna.as_channel("News")):
        photo = await window.send_photo(PHOTO, caption="/digit@DigitBot")
        assert photo.sender.is_bot
        assert (await answered(window, photo)).reply_to == photo.message_id


# What the bot says of itself


def said_ways(trigger: Trigger = Trigger.ADDRESSED, *, hears_everything: bool) -> str:
    """Return the line as it reads in the chat."""
    return texts.ways(ENGLISH, trigger, "DigitBot", hears_everything=hears_everything)


async def test_the_command_alone_is_explained_in_one_line_that_is_true_here(
    running: Running, group: Group, anna: ChatWindow
) -> None:
    async def explanation() -> str:
        question = await anna.send_text("/digit@DigitBot")
        reply = await anna.wait_for(lambda m: m.from_bot and m.reply_to == question.message_id)
        assert "\n" not in reply.text
        return reply.text

    assert await explanation() == said_ways(hears_everything=False)
    assert "/digit@DigitBot" in said_ways(hears_everything=False)
    await privacy_off(running)
    assert await explanation() == said_ways(hears_everything=True)
    assert "@DigitBot" in said_ways(hears_everything=True)
    await every_photo(running, group)
    assert await explanation() == said_ways(Trigger.AUTO, hears_everything=True)
    running.bot.reads_all_group_messages = False
    assert await explanation() == said_ways(Trigger.AUTO, hears_everything=False)
    await group.promote(running.bot)
    assert await explanation() == said_ways(Trigger.AUTO, hears_everything=True)


async def test_every_way_that_is_named_works(running: Running, group: Group, ben: User) -> None:
    window = group.as_member(ben)
    (hello,) = window.replies

    async def answers(question: Message) -> bool:  # one at a time: a flood is answered together
        return (await answered(window, question)).reply_to == question.message_id

    for everything in (False, True):
        running.bot.reads_all_group_messages = everything
        photo = await window.send_photo(PHOTO)
        await window.send_text("/digit@DigitBot", reply_to=photo)
        assert await answers(photo)
        assert await answers(await window.send_photo(PHOTO, caption="/digit@DigitBot"))
        assert await answers(await window.send_photo(PHOTO, reply_to=hello))
    photo = await window.send_photo(PHOTO)
    await window.send_text("@DigitBot", reply_to=photo)
    assert await answers(photo)
    assert await answers(await window.send_photo(PHOTO, caption="@DigitBot"))


async def test_hello_is_said_once_in_the_language_of_who_added_the_bot(
    running: Running, ben: User
) -> None:
    group = running.server.group("New", [running.chat.person, ben])
    window = group.as_member(ben)
    await group.add(running.bot)
    hello = await window.wait_for(lambda message: message.from_bot)
    assert hello.text.startswith("Hello!")
    assert hello.text.endswith(said_ways(hears_everything=False))
    await group.promote(running.bot)
    await group.demote(running.bot)
    await group.remove(running.bot)
    await group.add(running.bot)
    assert await all_said(running, window) == ()


async def test_a_group_that_was_left_is_forgotten_after_30_days(
    running: Running, group: Group
) -> None:
    chats = running.database.chats
    await every_photo(running, group)
    await group.remove(running.bot)
    await until_told(running)
    soon, later = (datetime.now(UTC) + timedelta(days=days) for days in (29, 31))
    await forget_left_groups(chats, lambda: soon)()
    assert (await chats.get(group.id)).trigger is Trigger.AUTO
    await forget_left_groups(chats, lambda: later)()
    assert (await chats.get(group.id)).trigger is Trigger.ADDRESSED


async def test_a_group_that_the_bot_came_back_to_is_not_forgotten(
    running: Running, group: Group
) -> None:
    chats = running.database.chats
    await every_photo(running, group)
    await group.remove(running.bot)
    await group.add(running.bot)
    await until_told(running)
    await forget_left_groups(chats, lambda: datetime.now(UTC) + timedelta(days=31))()
    assert (await chats.get(group.id)).trigger is Trigger.AUTO


async def until_told(running: Running) -> None:
    """Wait until the bot has handled what happened so far."""
    await running.chat.wait_for_reply(to=await running.chat.send_text("/about"))
    async with asyncio.timeout(30):
        while running.services.inbox.waiting:  # noqa: ASYNC110 - chats do not wait for each other
            await asyncio.sleep(0.01)


async def test_settings_move_with_a_group_that_becomes_a_supergroup(
    running: Running, group: Group, anna: ChatWindow
) -> None:
    await privacy_off(running)
    await every_photo(running, group)
    old = group.id
    await group.migrate()
    await until_told(running)
    window = group.as_member(anna.person)
    reply = await answered(window, await window.send_photo(PHOTO))
    assert (await running.database.chats.get(old)).trigger is Trigger.ADDRESSED
    await forget_left_groups(running.database.chats, lambda: datetime.now(UTC) + LEFT_FOR * 2)()
    assert (await running.database.chats.get(group.id)).trigger is Trigger.AUTO
    assert window.replies == (reply,), "no second hello"


async def test_an_answer_that_meets_the_migration_goes_to_the_supergroup(
    running: Running, group: Group, anna: ChatWindow
) -> None:
    is_at_work = asyncio.Event()
    running.server.world.listeners.append(lambda e: is_at_work.set() if e.action else None)
    running.server.faults.add("getFile", Fault.slow(1.0))
    await anna.send_photo(PHOTO, caption="/digit@DigitBot")
    await asyncio.wait_for(is_at_work.wait(), 30)
    await group.migrate()
    window = group.as_member(anna.person)
    reply = await window.wait_for(lambda message: message.from_bot)
    assert reply.text.endswith(ANSWER)


# Edits


async def test_a_command_that_is_added_to_a_caption_is_answered_once(
    running: Running, anna: ChatWindow
) -> None:
    photo = await anna.send_photo(PHOTO, caption="look")
    await anna.edit_text(photo, "look /digit@DigitBot")
    reply = await answered(anna, photo)
    await anna.edit_text(photo, "look here /digit@DigitBot")
    assert await all_said(running, anna) == (reply,)


async def test_an_edit_that_asks_late_or_nothing_is_passed_over(
    running: Running, anna: ChatWindow
) -> None:
    await privacy_off(running)
    photo = await anna.send_photo(PHOTO, caption="look")
    await anna.edit_text(photo, "look here")
    old = running.server.world.post(anna.chat, anna.person, media=photo.media, text="look")
    anna.chat.keep_message(replace(old, date=old.date - 61))
    await anna.edit_text(old, "look /digit@DigitBot")
    command = await anna.send_text("hello")
    await anna.edit_text(command, "/digit@DigitBot")
    assert await all_said(running, anna) == ()


async def test_another_photo_in_the_place_of_the_first_changes_the_answer(
    running: Running, anna: ChatWindow
) -> None:
    photo = await anna.send_photo(PHOTO, caption="/digit@DigitBot")
    reply = await answered(anna, photo)
    blank = await anna.send_photo(encode(Image.new("RGB", (640, 480), "white")))
    running.server.world.edit(anna.chat, photo, media=blank.media)
    edited = await anna.wait_for_edit(reply)
    assert "can't see any writing" in edited.text
    assert await all_said(running, anna) == (edited,)


# Floods


async def test_a_flood_is_answered_within_telegrams_limits_and_none_is_lost(
    running: Running, group: Group, ben: User
) -> None:
    running.server.meter.limits = TELEGRAM
    windows = [group.as_member(person) for person in (group.creator, ben)]
    for n in range(24):
        await windows[n % 2].send_photo(PHOTO, caption="/digit@DigitBot")
    window = windows[0]

    def answers() -> int:
        return sum(len(re.findall(r"7.*99%", reply.text)) for reply in window.replies)

    await window.wait_for(lambda _: answers() >= 24)
    assert answers() == 24
    refused = [e for e in running.server.exchanges if e.error is not None and e.error.code == 429]
    assert refused == []


async def test_two_groups_at_once_are_answered_each_in_its_language(
    running: Running, anna: ChatWindow, ben: User
) -> None:
    other = (await join(running, "Other", ben)).as_member(ben)
    await running.database.chats.change(other.chat.id, lambda _: ChatSettings(language="de"))
    in_english, in_german = [
        (chat, await chat.send_photo(PHOTO, caption="/digit@DigitBot")) for chat in (anna, other)
    ]
    assert (await answered(*in_english)).reply_to == in_english[1].message_id
    reply = await other.wait_for_reply(to=in_german[1])
    assert reply.reply_to == in_german[1].message_id
    assert "Das ist eine 7." in reply.text


async def test_a_stranger_cannot_make_the_bot_speak(running: Running, group: Group) -> None:
    stranger = running.server.add_person("Eve")
    with pytest.raises(LookupError):
        await group.as_member(stranger).send_photo(PHOTO, caption="/digit@DigitBot")
    assert await all_said(running, group.as_member(group.creator)) == ()


async def test_troubles_with_what_was_not_for_us_stay_ours() -> None:
    class Broken(MemoryChats):
        async def get(self, chat_id: int) -> ChatSettings:
            raise OSError("The disk is gone.")

    async with OfflineBot(FakeReader(make_reading(make_digit(7))), chats=Broken()) as bot:
        await bot.receive(**make_message(GROUP, photo=make_photo()))
        assert bot.request.calls == []


class SeesSquares(FakeReader):
    """Sees a digit in square pictures only."""

    async def read(self, data: bytes, *, preview: bool = False) -> ReaderAnswer:
        w, h = Image.open(io.BytesIO(data)).size
        if w == h:
            return await super().read(data, preview=preview)
        return ReaderAnswer.of(make_refusal(Reason.NOT_A_DIGIT))


async def test_a_bystanders_photo_is_no_part_of_anothers_answer(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    reader = SeesSquares(make_reading(make_digit(7, 0.99)))
    async with running_bot(api_server, reader, tmp_path) as running:
        ben = running.server.add_person("Ben")
        group = await join(running, "Class 3b", running.chat.person, ben)
        await privacy_off(running)
        await every_photo(running, group)
        window, others = group.as_member(running.chat.person), group.as_member(ben)
        square, wide = (encode(draw_seven(w, 300)) for w in (300, 600))
        await window.send_photo(square)
        await window.send_photo(wide)  # shares a turn with the next
        asked = await others.send_photo(square, caption="/digit")
        answer = await window.wait_for(lambda m: m.from_bot and m.message_id > asked.message_id)
        assert "picture" not in answer.text, "it is about one"
