"""The buttons "right" and "wrong" over HTTP, on both databases: what is kept, and who may press."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from bot.api_server import BotApiServer, ChatWindow, Fault, Group, Message, User
from bot.api_server.errors import BadRequest
from bot.errors import DownloadFailed
from bot.services.answered import KEPT, Answer
from bot.services.reader_pool import ReaderPool
from bot.storage import ChatSettings, Preview, Trigger, Verdict
from bot.texts import corrections as texts
from bot.texts import problems
from tests.bot.builders import ENGLISH
from tests.bot.live import Running, running_bot
from tests.bot.presses import press_forged
from tests.bot.readers import seven_one
from tests.bot.readings import draw_seven, encode

PHOTO = encode(draw_seven())
RIGHT, WRONG = "1:right/1.0", "1:wrong/1.0"


@pytest.fixture
def folder(running: Running, tmp_path: Path) -> Path:
    """Where the pictures go."""
    return tmp_path / "corrections"


async def answered(chat: ChatWindow, photo: bytes = PHOTO, caption: str = "") -> Message:
    """Send a photo; return the answer on it."""
    return await reply_on(chat, await chat.send_photo(photo, caption=caption))


async def reply_on(chat: ChatWindow, photo: Message) -> Message:
    return await chat.wait_for(
        lambda message: message.from_bot and message.reply_to == photo.message_id
    )


async def correct(chat: ChatWindow, answer: Message, truth: str, place: int = 0) -> str:
    """Say what a digit is by the keypad; return the thanks."""
    await press_forged(chat, now(chat, answer), f"{WRONG}/{place}")
    return (await chat.press(answer, f"{WRONG}/{place}={truth}")).text


def now(chat: ChatWindow, message: Message) -> Message:
    return chat.chat.messages[message.message_id]


def files(folder: Path) -> list[Path]:
    return list(folder.glob("*"))


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


async def said(running: Running, user: User) -> list[Verdict]:
    return list(await running.database.corrections.of(user.id))


# In private


async def test_right_is_thanked_for_in_place_and_keeps_no_picture(
    running: Running, folder: Path
) -> None:
    chat = running.chat
    answer = await answered(chat)
    assert labels(answer) == ["What I saw", "✅", "✏️"]
    assert (await chat.press(answer, "✅")).text == ENGLISH.plain(texts.RIGHT_NOTED)
    assert labels(now(chat, answer)) == ["What I saw", "✅ Thanks!", "✏️"]
    assert now(chat, answer).text == answer.text
    (verdict,) = await said(running, chat.person)
    assert (verdict.answer, verdict.truth, verdict.model_version) == (7, 7, "1.0")
    assert verdict.sender_id == verdict.user_id == chat.person.id
    assert files(folder) == []


async def test_wrong_opens_a_keypad_and_keeps_the_glyph_and_the_crop(
    running: Running, folder: Path
) -> None:
    chat = running.chat
    answer = await answered(chat)
    assert (await chat.press(answer, "✏️")).text == ENGLISH.plain(texts.WHAT_IS_IT)
    assert labels(now(chat, answer)) == [*"0123456789", "not a digit", "« Back"]
    for button in now(chat, answer).buttons:
        assert len((button.callback_data or "").encode()) <= 64
    thanks = await chat.press(answer, "1")
    assert thanks.text == ENGLISH.plain(texts._NOTED, digit=1)
    assert labels(now(chat, answer)) == ["What I saw", "✅", "✏️ 1 · Thanks!"]
    (correction,) = await running.database.corrections.list()
    assert (correction.verdict.answer, correction.verdict.truth) == (7, 1)
    with Image.open(folder / f"{correction.picture}.glyph.png") as glyph:
        assert (glyph.size, glyph.mode) == ((28, 28), "L")
        assert glyph.getextrema() == (0, 255)
    with Image.open(folder / f"{correction.picture}.crop.jpg") as crop:
        assert crop.format == "JPEG"


async def test_a_change_of_mind_replaces_what_was_said(running: Running, folder: Path) -> None:
    chat = running.chat
    answer = await answered(chat)
    for truth, expected in (("1", 1), ("x", None), ("0", 0)):
        assert await correct(chat, answer, truth) == texts.noted(ENGLISH, expected)
        (verdict,) = await said(running, chat.person)
        assert verdict.truth == expected
        assert len(files(folder)) == 2
    await chat.press(answer, "✏️ 0 · Thanks!")
    assert "✓ 0" in labels(now(chat, answer))
    await chat.press(answer, "« Back")
    assert labels(now(chat, answer)) == ["What I saw", "✅", "✏️ 0 · Thanks!"]
    await chat.press(answer, "✅")
    (verdict,) = await said(running, chat.person)
    assert verdict.is_right
    assert files(folder) == []
    await correct(chat, answer, "7")
    assert labels(now(chat, answer))[1:] == ["✅ Thanks!", "✏️"]


async def test_pressing_twice_at_once_is_one_verdict(running: Running) -> None:
    chat = running.chat
    answer = await answered(chat)
    for _ in range(2):
        assert await press_forged(chat, answer, RIGHT) == ENGLISH.plain(texts.RIGHT_NOTED)
    assert len(await said(running, chat.person)) == 1


async def test_what_i_saw_and_what_was_said_go_together(running: Running) -> None:
    chat = running.chat
    answer = await answered(chat)
    await correct(chat, answer, "1")
    await chat.press(answer, "What I saw")
    shown = now(chat, answer)
    assert shown.media is not None
    assert labels(shown) == ["✅", "✏️ 1 · Thanks!"]
    assert await correct(chat, answer, "2") == texts.noted(ENGLISH, 2)
    assert labels(now(chat, answer)) == ["✅", "✏️ 2 · Thanks!"]


@pytest.mark.parametrize("preview", [Preview.NEVER, Preview.ALWAYS])
async def test_every_answer_can_be_judged(running: Running, preview: Preview) -> None:
    chat = running.chat
    await running.database.chats.change(chat.chat.id, lambda _: ChatSettings(preview))
    answer = await answered(chat)
    assert labels(answer) == ["✅", "✏️"]
    assert await correct(chat, answer, "1") == texts.noted(ENGLISH, 1)
    assert labels(now(chat, answer)) == ["✅", "✏️ 1 · Thanks!"]


async def test_of_a_deleted_photo_nothing_can_be_said(running: Running, folder: Path) -> None:
    chat = running.chat
    photo = await chat.send_photo(PHOTO)
    answer = await reply_on(chat, photo)
    await chat.press(answer, "✏️")
    await chat.delete(photo)
    assert (await chat.press(answer, "1")).text == ENGLISH.plain(problems.PHOTO_GONE)
    assert await said(running, chat.person) == []
    assert files(folder) == []


async def test_a_photo_that_cannot_be_had_again_is_told(running: Running) -> None:
    chat = running.chat
    answer = await answered(chat)
    await chat.press(answer, "✏️")
    running.server.faults.add("getFile", Fault(BadRequest("wrong file_id")), times=1)
    told = (await chat.press(answer, "1")).text
    assert told == problems.problem(ENGLISH, DownloadFailed())
    assert await said(running, chat.person) == []


@pytest.mark.parametrize(
    "data",
    [
        f"{WRONG}/5",  # there is but one digit
        f"{WRONG}/5=1",
        f"{WRONG}/0=y",
        f"{WRONG}/-1=1",
        f"{WRONG}/0=12",
        "1:right",
        "1:right/",
        "2:right/1.0",
    ],
)
async def test_buttons_that_mean_nothing_change_nothing(running: Running, data: str) -> None:
    answer = await answered(running.chat)
    assert await press_forged(running.chat, answer, data) == ENGLISH.plain(problems.BUTTON_TOO_OLD)
    assert await said(running, running.chat.person) == []


# Several digits


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pairs() -> AsyncIterator[ReaderPool]:
    """A worker that reads 7 above 1 in everything."""
    async with ReaderPool(seven_one, workers=1) as pool:
        yield pool


async def test_of_several_digits_one_picks_which(
    api_server: BotApiServer, pairs: ReaderPool, tmp_path: Path
) -> None:
    async with running_bot(api_server, pairs, tmp_path) as running:
        chat = running.chat
        answer = await answered(chat)
        assert (await chat.press(answer, "✏️")).text == ENGLISH.plain(texts.WHICH_PLACE)
        assert labels(now(chat, answer)) == ["7", "1", "« Back"]
        assert [button.row for button in now(chat, answer).buttons] == [0, 1, 2]
        await chat.press(answer, "1")
        await chat.press(answer, "« Back")
        assert labels(now(chat, answer)) == ["7", "1", "« Back"]
        await chat.press(answer, "1")
        assert await correct(chat, answer, "4", place=1) == texts.noted(ENGLISH, 4)
        assert labels(now(chat, answer)) == ["What I saw", "✅", "✏️ Thanks!"]
        await chat.press(answer, "✏️ Thanks!")
        assert labels(now(chat, answer)) == ["7", "1→4", "« Back"]
        await chat.press(answer, "« Back")
        (verdict,) = await said(running, chat.person)
        assert (verdict.position, verdict.answer, verdict.truth) == (1, 1, 4)
        await chat.press(answer, "✅")
        assert [verdict.truth for verdict in await said(running, chat.person)] == [7, 1]


async def test_a_model_that_reads_differently_by_now_asks_for_the_photo_again(
    api_server: BotApiServer, pairs: ReaderPool, tmp_path: Path
) -> None:
    async with running_bot(api_server, pairs, tmp_path) as running:
        chat = running.chat
        answer = await answered(chat)
        world = chat._world
        seven = answer.text.splitlines()[0] + "\nIt says 7."
        world.edit(chat.chat, now(chat, answer), text=seven, entities=())
        told = await press_forged(chat, now(chat, answer), f"{WRONG}/0=4")
        assert told == ENGLISH.plain(texts.READS_DIFFERENTLY)
        assert await said(running, chat.person) == []


# Several pictures


async def on_album(chat: ChatWindow, *photos: bytes) -> tuple[Message, tuple[Message, ...]]:
    """Send an album; return the answer, and the messages it is on."""
    sent = await chat.send_album(photos, caption="/digit@DigitBot")
    return await reply_on(chat, sent[0]), sent


async def test_of_an_album_one_picks_the_picture(running: Running, folder: Path) -> None:
    chat = running.chat
    blank = encode(Image.new("RGB", (200, 200), "white"))
    answer, sent = await on_album(chat, PHOTO, blank, PHOTO)
    assert (await chat.press(answer, "✏️")).text == ENGLISH.plain(texts.WHICH_PLACE)
    assert labels(now(chat, answer)) == ["1. 7", "3. 7", "« Back"]
    await chat.press(answer, "3. 7")
    assert (await chat.press(answer, "4")).text == texts.noted(ENGLISH, 4)
    (verdict,) = await said(running, chat.person)
    assert (verdict.message_id, verdict.position, verdict.truth) == (sent[2].message_id, 0, 4)
    assert len(files(folder)) == 2
    assert labels(now(chat, answer)) == ["What I saw", "✅", "✏️ Thanks!"]
    await chat.press(answer, "✏️ Thanks!")
    assert labels(now(chat, answer)) == ["1. 7", "3. 7→4", "« Back"]
    await chat.press(answer, "« Back")
    await chat.press(answer, "What I saw")
    assert labels(now(chat, answer)) == ["✅", "✏️ Thanks!"]
    await chat.press(answer, "✅")
    verdicts = await said(running, chat.person)
    assert [verdict.message_id for verdict in verdicts] == [sent[0].message_id, sent[2].message_id]
    assert all(verdict.is_right for verdict in verdicts)
    assert files(folder) == []


async def test_an_album_of_a_former_life_is_not_judged(
    api_server: BotApiServer, sevens: ReaderPool, tmp_path: Path
) -> None:
    async with running_bot(api_server, sevens, tmp_path) as running:
        chat = running.chat
        answer, _ = await on_album(chat, PHOTO, PHOTO)
        await chat.press(answer, "✏️")
        for n in range(KEPT):
            running.services.answered.note(Answer(0, n, ()))
        assert (await chat.press(answer, "2. 7")).text == ENGLISH.plain(problems.PHOTOS_GONE)
        assert await said(running, chat.person) == []


# In a group


async def test_only_the_sender_may_press_and_nobody_elses_keypad(
    running: Running, group: Group, ben: User, folder: Path
) -> None:
    eve = running.server.add_person("Eve", language_code="en")
    await group.add(eve)
    sender, other = group.as_member(ben), group.as_member(eve)
    answer = await answered(sender, caption="/digit@DigitBot")
    refusal = ENGLISH.plain(texts.NOT_YOURS_IN_GROUP)
    for button in ("✅", "✏️"):
        assert (await other.press(answer, button)).text == refusal
    await sender.press(answer, "✏️")
    for data in (f"{WRONG}/0", f"{WRONG}/0=1", "1:judge/1.0", RIGHT):
        assert await press_forged(other, now(sender, answer), data) == refusal
    assert files(folder) == []
    assert (await sender.press(answer, "1")).text == texts.noted(ENGLISH, 1)
    assert await said(running, eve) == []
    (verdict,) = await said(running, ben)
    assert (verdict.sender_id, verdict.user_id, verdict.chat_id) == (ben.id, ben.id, group.id)


async def test_an_admin_of_the_group_may_correct_what_others_sent(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    answer = await answered(group.as_member(ben), caption="/digit@DigitBot")
    assert await correct(anna, answer, "1") == texts.noted(ENGLISH, 1)
    (verdict,) = await said(running, anna.person)
    assert (verdict.sender_id, verdict.user_id) == (ben.id, anna.person.id)
    assert await said(running, ben) == [verdict], "it is of Ben's picture"


async def test_of_pictures_answered_together_each_sender_judges_their_own(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    running.bot.reads_all_group_messages = True
    await running.database.chats.change(group.id, lambda _: ChatSettings(trigger=Trigger.AUTO))
    eve = running.server.add_person("Eve", language_code="en")
    await group.add(eve)
    album = await group.as_member(ben).send_album([PHOTO, PHOTO])
    answer = await reply_on(anna, album[0])
    told = await group.as_member(eve).press(answer, "✅")
    assert told.text == ENGLISH.plain(texts.NOT_YOURS_IN_GROUP)
    assert (await group.as_member(ben).press(answer, "✅")).text == ENGLISH.plain(texts.RIGHT_NOTED)
    assert len(await said(running, ben)) == 2
    assert (await anna.press(answer, "✏️")).text == ENGLISH.plain(texts.WHICH_PLACE)


async def test_a_former_admin_may_not(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    answer = await answered(anna, caption="/digit@DigitBot")
    await group.promote(ben)
    assert (await group.as_member(ben).press(answer, "✏️")).text == ENGLISH.plain(texts.WHAT_IS_IT)
    await group.demote(ben)
    told = await press_forged(group.as_member(ben), answer, f"{WRONG}/0=1")
    assert told == ENGLISH.plain(texts.NOT_YOURS_IN_GROUP)
    assert await said(running, ben) == []


async def test_who_asked_about_anothers_photo_may_not_correct_it(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    photo = await anna.send_photo(PHOTO)
    member = group.as_member(ben)
    await member.send_text("/digit@DigitBot", reply_to=photo)
    answer = await reply_on(member, photo)
    assert (await member.press(answer, "✅")).text == ENGLISH.plain(texts.NOT_YOURS_IN_GROUP)


async def test_what_an_anonymous_admin_sent_is_for_admins_to_correct(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    await group.promote(anna.person, is_anonymous=True)
    answer = await answered(anna, caption="/digit@DigitBot")
    told = (await group.as_member(ben).press(answer, "✅")).text
    assert told == ENGLISH.plain(texts.NOT_YOURS_IN_GROUP)
    assert (await anna.press(answer, "✅")).text == ENGLISH.plain(texts.RIGHT_NOTED)
    (verdict,) = await said(running, anna.person)
    assert verdict.sender_id is None
