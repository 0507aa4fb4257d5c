"""The bot in groups, over HTTP: who is answered and where, and who is left in peace."""

import pytest

from bot.api_server import ChatWindow, Group, Message, User
from bot.storage import ChatSettings, Trigger
from bot.texts import groups as texts
from tests.bot.builders import ENGLISH
from tests.bot.live import Running
from tests.bot.readings import draw_seven, encode

ANSWER = "It says 7. I'm 99% sure."
PHOTO = encode(draw_seven())


@pytest.fixture
def ben(running: Running) -> User:
    return running.server.add_person("Ben", language_code="en")


@pytest.fixture
async def group(running: Running, ben: User) -> Group:
    """Anna made it; Ben and the bot are members."""
    group = running.server.group("Class 3b", [running.chat.person, ben])
    await group.add(running.bot)
    return group


@pytest.fixture
def anna(group: Group) -> ChatWindow:
    """What Anna sees of the group."""
    return group.as_member(group.creator)


async def answered(chat: ChatWindow, question: Message) -> Message:
    """Return the answer on a photo."""
    reply = await chat.wait_for_reply(to=question)
    assert reply.text.endswith(ANSWER)
    return reply


async def nothing_but(chat: ChatWindow, *expected: Message) -> None:
    """Check that the bot has said that and no more, by asking it one thing more."""
    last = await chat.send_text("/about@DigitBot")
    about = await chat.wait_for_reply(to=last)
    assert chat.replies == (*expected, about)


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
    await answered(anna, photo)


async def test_a_command_in_reply_to_a_file_or_a_sticker(anna: ChatWindow) -> None:
    file = await anna.send_document(encode(draw_seven(), "PNG"), file_name="x", mime_type=None)
    await anna.send_text("/digit@DigitBot", reply_to=file)
    await answered(anna, file)
    sticker = await anna.send_sticker(encode(draw_seven(512, 512), "WEBP"))
    await anna.send_text("/digit@DigitBot", reply_to=sticker)
    await anna.wait_for(lambda m: m.from_bot and m.reply_to == sticker.message_id)


async def test_a_command_in_the_caption(anna: ChatWindow) -> None:
    photo = await anna.send_photo(PHOTO, caption="Look 🙈 /digit@digitbot")
    assert (await answered(anna, photo)).reply_to == photo.message_id


async def test_a_photo_in_reply_to_the_bot(anna: ChatWindow) -> None:
    hello = await anna.wait_for_reply(to=await anna.send_text("/start@DigitBot"))
    photo = await anna.send_photo(PHOTO, reply_to=hello)
    assert (await answered(anna, photo)).reply_to == photo.message_id


async def test_everything_else_is_passed_over(group: Group, anna: ChatWindow, ben: User) -> None:
    others = group.as_member(ben)
    hello = await anna.wait_for_reply(to=await anna.send_text("/start@DigitBot"))
    photo = await others.send_photo(PHOTO, caption="@DigitBot look")
    await anna.send_text("@DigitBot?", reply_to=photo)
    await anna.send_text("/digit@OtherBot", reply_to=photo)
    await anna.send_photo(PHOTO, caption="/digit@OtherBot")
    await anna.send_text("well done", reply_to=hello)
    await anna.send_sticker(encode(draw_seven(512, 512), "WEBP"), reply_to=hello)
    await anna.send_document(b"%PDF", mime_type="application/pdf", reply_to=hello)
    await nothing_but(anna, hello)


async def test_the_command_alone_is_explained_where_it_was_said(anna: ChatWindow) -> None:
    question = await anna.send_text("/digit@DigitBot")
    reply = await anna.wait_for_reply(to=question)
    assert reply.reply_to == question.message_id
    assert reply.text == ENGLISH.plain(texts.NOTHING_TO_READ)


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
    await nothing_but(anna, reply, own)


async def test_every_photo_only_where_the_admins_want_it(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    await privacy_off(running)
    other = running.server.group("Other", [ben])
    await other.add(running.bot)
    await every_photo(running, group)
    quiet = other.as_member(ben)
    await quiet.send_photo(PHOTO)
    photo = await anna.send_photo(PHOTO)
    reply = await answered(anna, photo)
    await nothing_but(anna, reply)
    await nothing_but(quiet)


# Who asks, and where


async def test_answers_land_in_the_topic_of_the_question(running: Running, ben: User) -> None:
    forum = running.server.group("Forum", [ben], is_forum=True)
    await forum.add(running.bot)
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
