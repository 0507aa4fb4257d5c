"""/ban and /unban over HTTP: whom admins ban, and that the bot neither hears nor answers them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.api_server import BotApiServer, ChatWindow, Group, Message
from bot.api_server.callbacks import CallbackAnswer
from bot.services.bans import Bans
from bot.services.reader_pool import ReaderPool
from bot.storage import Ban, open_database
from bot.texts import bans as texts
from bot.texts.words import words_in
from tests.bot.live import Running, running_bot
from tests.bot.readings import draw_seven, encode

ENGLISH = words_in("en")
TOLD = ENGLISH.plain(texts.YOU_ARE_BANNED)
PHOTO = encode(draw_seven())
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
ANONYMOUS = 1087968824  # https://core.telegram.org/bots/api#message, `from`


@dataclass
class Scene:
    """An admin, and Ben, who might be banned."""

    running: Running
    admin: ChatWindow
    ben: ChatWindow
    group: Group

    @property
    def inside(self) -> ChatWindow:
        """What Ben sees of the group."""
        return self.group.as_member(self.ben.person)

    async def orders(self, text: str, reply_to: Message | None = None) -> Message:
        """Let the admin say something in the group; return the answer."""
        window = self.group.as_member(self.admin.person)
        return await window.wait_for_reply(to=await window.send_text(text, reply_to=reply_to))

    async def says(self, text: str) -> str:
        """Let the admin say something in private; return the answer's words."""
        return (await self.admin.wait_for_reply(to=await self.admin.send_text(text))).text

    async def all_is_quiet(self) -> None:
        """A photo that came later than all else is answered."""
        await self.admin.wait_for_reply(to=await self.admin.send_photo(PHOTO))

    def presses(self, message: Message, data: str) -> asyncio.Future[CallbackAnswer]:
        """Let Ben press a button, there or not."""
        world, bot = self.running.server.world, self.running.bot
        return world.callbacks.ask(bot, self.ben.person, self.ben.chat, message, data)


@pytest.fixture
async def scene(
    api_server: BotApiServer, sevens: ReaderPool, tmp_path: Path, database_url: SecretStr | None
) -> AsyncIterator[Scene]:
    ada = api_server.add_person("Ada", language_code="en")
    ben = api_server.add_person("Ben<b>", language_code="en")
    opened = running_bot(api_server, sevens, tmp_path, database_url, admin_ids={ada.id})
    async with opened as running:
        group = api_server.group("Lab", [ada, ben])
        await group.add(running.bot)
        await group.as_member(ada).wait_for(lambda m: m.from_bot)  # its hello
        yield Scene(running, api_server.private_chat(ada), api_server.private_chat(ben), group)


async def test_who_is_banned_is_told_once_and_not_heard_any_more(scene: Scene) -> None:
    ben, inside = scene.ben, scene.inside
    answer = await ben.wait_for_reply(to=await ben.send_photo(PHOTO))
    nuisance = await inside.send_text("Na na na")
    said = await scene.orders("/ban@DigitBot", reply_to=nuisance)
    assert said.text.startswith("Ben<b> is banned: I don't answer them any more.")
    before = await ben.send_photo(PHOTO)
    assert (await ben.wait_for_reply(to=before)).text == TOLD

    heard = (len(ben.replies), len(inside.replies))
    await ben.send_text("/start")
    await ben.send_photo(PHOTO)
    await ben.edit_text(await ben.send_text("Hello?"), "HELLO?")
    asked = await inside.send_photo(PHOTO, caption="/digit@DigitBot")
    pressed = [scene.presses(answer, data) for data in ("1:saw", "1:forget/yes", "1:train/quick")]
    await scene.all_is_quiet()
    assert (len(ben.replies), len(inside.replies)) == heard
    assert not any(press.done() for press in pressed)

    # Others may ask about what they sent.
    window = scene.group.as_member(scene.admin.person)
    await window.send_text("/digit@DigitBot", reply_to=asked)
    assert "7" in (await window.wait_for_reply(to=asked)).text


async def test_who_presses_a_button_is_told_there(scene: Scene) -> None:
    answer = await scene.ben.wait_for_reply(to=await scene.ben.send_photo(PHOTO))
    await scene.says(f"/ban {scene.ben.person.id}")
    assert (await scene.ben.press(answer, "What I saw")).text == TOLD
    await scene.ben.send_text("/start")
    await scene.all_is_quiet()
    assert [message.text for message in scene.ben.replies[1:]] == []


async def test_in_a_group_nobody_is_told_of_a_ban(scene: Scene) -> None:
    await scene.says(f"/ban {scene.ben.person.id}")
    await scene.inside.send_text("/start@DigitBot")
    await scene.all_is_quiet()
    assert TOLD not in [message.text for message in scene.inside.replies]
    assert (await scene.ben.wait_for_reply(to=await scene.ben.send_text("/start"))).text == TOLD


async def test_what_becomes_of_a_chat_is_noted_whoever_does_it(scene: Scene) -> None:
    await scene.says(f"/ban {scene.ben.person.id}")
    chats, club = (
        scene.running.database.chats,
        scene.running.server.group("Club", [scene.ben.person]),
    )
    await club.add(scene.running.bot)
    await club.as_member(scene.ben.person).wait_for(lambda m: m.from_bot)
    old = club.id
    await club.migrate(by=scene.ben.person)
    await scene.all_is_quiet()
    assert not await chats.greet(club.id)
    assert await chats.greet(old)


async def test_the_list_lifts_bans_by_a_button(scene: Scene) -> None:
    ben = scene.ben.person
    assert await scene.says("/ban") == ENGLISH.plain(texts.NOBODY)
    await scene.orders("/ban@DigitBot", reply_to=await scene.inside.send_text("Na na na"))
    await scene.says("/ban 5001")
    await scene.says("/ban")
    listed = scene.admin.replies[-1]
    assert [button.text for button in listed.buttons] == ["Unban user 5001", "Unban Ben<b>"]
    assert f"• Ben<b> ({ben.id}), since " in listed.text
    answer = await scene.admin.press(listed, "Unban Ben<b>")
    assert answer.text == "Ben<b> is no longer banned."
    left = await scene.admin.wait_for_edit(listed)
    assert [button.text for button in left.buttons] == ["Unban user 5001"]
    await scene.admin.press(left, "Unban user 5001")
    assert (await scene.admin.wait_for_edit(left)).text == ENGLISH.plain(texts.NOBODY)
    assert "7" in (await scene.ben.wait_for_reply(to=await scene.ben.send_photo(PHOTO))).text


async def test_unban_takes_a_reply_or_an_id(scene: Scene) -> None:
    said = await scene.inside.send_text("Na na na")
    await scene.orders("/ban@DigitBot", reply_to=said)
    assert (await scene.orders("/unban@DigitBot", said)).text == "Ben<b> is no longer banned."
    assert (await scene.orders("/unban@DigitBot", said)).text.endswith(" isn't banned.")
    await scene.says("/ban 5001")
    assert await scene.says("/unban 5001") == "user 5001 is no longer banned."
    assert await scene.says("/unban") == ENGLISH.plain(texts.HOW_TO_UNBAN)


async def test_who_cannot_be_banned_is_not(scene: Scene) -> None:
    admin, group, bot = scene.admin.person, scene.group, scene.running.bot
    own = await group.as_member(admin).send_text("Mine")
    answers = [
        (await scene.orders("/ban@DigitBot", reply_to=own)).text,
        await scene.says(f"/ban {admin.id}"),
        await scene.says(f"/ban {bot.id}"),
        await scene.says(f"/ban {ANONYMOUS}"),
        await scene.says("/ban @ben"),
        await scene.says("/ban 5001 5002"),
        await scene.says("/ban 99999999999999999999"),
    ]
    hello = next(m for m in scene.inside.messages if m.from_bot)
    answers.append((await scene.orders("/ban@DigitBot", reply_to=hello)).text)
    await group.promote(scene.ben.person, is_anonymous=True)
    faceless = await scene.inside.send_text("Guess who")
    answers.append((await scene.orders("/ban@DigitBot", reply_to=faceless)).text)
    assert answers == [
        ENGLISH.plain(phrase)
        for phrase in (
            *(texts.NOT_AN_ADMIN, texts.NOT_AN_ADMIN, texts.NOT_A_BOT, texts.NOT_A_PERSON),
            *(texts.HOW_TO_BAN, texts.HOW_TO_BAN, texts.HOW_TO_BAN),
            *(texts.NOT_A_BOT, texts.NOT_A_PERSON),
        )
    ]
    assert await scene.running.database.bans.all() == []


async def test_in_a_topic_a_command_alone_bans_nobody(scene: Scene) -> None:
    forum = scene.running.server.group(
        "Forum", [scene.ben.person, scene.admin.person], is_forum=True
    )
    await forum.add(scene.running.bot)
    await forum.as_member(scene.ben.person).wait_for(lambda m: m.from_bot)  # its hello
    topic = await forum.open_topic("Homework", by=scene.ben.person)
    window = forum.as_member(scene.admin.person).in_topic(topic)
    said = await window.wait_for_reply(to=await window.send_text("/ban@DigitBot"))
    assert said.text == ENGLISH.plain(texts.NOBODY)


async def test_bans_outlast_a_restart(tmp_path: Path, database_url: SecretStr | None) -> None:
    ben, mallory = Ban(5001, "Ben", NOON), Ban(5002, "", NOON + timedelta(hours=1))
    async with open_database(tmp_path, database_url) as database:
        bans = Bans(database.bans)
        await bans.add(ben)
        await bans.add(mallory)
        assert await bans.tell_of(5002)
    async with open_database(tmp_path, database_url) as database:
        bans = Bans(database.bans)
        await bans.load()
        assert [ban.user_id for ban in bans.all()] == [5002, 5001]
        assert not await bans.tell_of(5002)
        assert await bans.tell_of(5001)
        assert not await bans.tell_of(5001)
        assert await bans.lift(5002) is not None
        assert await bans.lift(5002) is None
        assert not bans.is_banned(5002)
    async with open_database(tmp_path, database_url) as database:
        (left,) = await database.bans.all()
        assert (left.user_id, left.is_told) == (5001, True)
