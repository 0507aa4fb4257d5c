"""/stats, /privacy, /mydata, /forget over HTTP and `digitbot export`, on both databases."""

import asyncio
import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import SecretStr

from bot.api_server import BotApiServer, ChatWindow, Group, Message
from bot.services import export
from bot.services.correction_files import CORRECTIONS, CorrectionFiles
from bot.services.corrections import Forgotten
from bot.services.housekeeping import forget_old_corrections
from bot.services.my_data import packed
from bot.services.reader_pool import ReaderPool
from bot.services.score_picture import MOST, draw_scores
from bot.settings import load_settings
from bot.storage import ChatSettings, Correction, Preview, Score, Status, Verdict
from bot.texts import my_data as texts
from model.datasets import labelled_sets, load_pictures
from tests.bot.builders import ENGLISH, TOKEN, FakeReader, make_services
from tests.bot.databases import memory_database
from tests.bot.live import Running, running_bot
from tests.bot.presses import press_forged
from tests.bot.processes import run_bot
from tests.bot.readings import draw_seven, encode, make_reading

PHOTO = encode(draw_seven())
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def ben(running: Running) -> ChatWindow:
    """Ben's private chat."""
    person = running.server.add_person("Ben", language_code="en")
    return running.server.private_chat(person)


async def ask(chat: ChatWindow, command: str) -> Message:
    return await chat.wait_for_reply(to=await chat.send_text(command))


async def say(chat: ChatWindow, data: str) -> Message:
    """Send a photo, and say of the answer what a button says; return the answer."""
    answer = await chat.wait_for_reply(to=await chat.send_photo(PHOTO))
    assert "Thanks" in await press_forged(chat, answer, data)
    return answer


RIGHT, WRONG = "1:right/1.0", "1:wrong/1.0/0=1"


def unpacked(chat: ChatWindow, message: Message) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(chat.download(message))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def pictures(folder: Path) -> list[Path]:
    return list((folder / CORRECTIONS).glob("*"))


# /stats


async def test_stats_are_a_picture_of_what_one_said_oneself(
    running: Running, ben: ChatWindow
) -> None:
    assert (await ask(ben, "/stats")).text == ENGLISH.plain(texts.NOTHING_SAID)
    for data in (RIGHT, RIGHT, WRONG):
        await say(running.chat, data)
    await say(ben, WRONG)
    told = await ask(running.chat, "/stats")
    assert "✅ 2 digits · ✏️ 1 digit · 67%" in told.text
    assert "everybody" not in told.text
    assert told.media is not None
    with Image.open(io.BytesIO(running.chat.download(told))) as picture:
        assert picture.width > 2 * picture.height
    assert "✅ 0 digits · ✏️ 1 digit · 0%" in (await ask(ben, "/stats")).text


async def test_an_admin_sees_what_all_said(
    api_server: BotApiServer, sevens: ReaderPool, tmp_path: Path
) -> None:
    admin = api_server.add_person("Ada", language_code="en")
    async with running_bot(api_server, sevens, tmp_path, admin_ids={admin.id}) as running:
        window = running.server.private_chat(admin)
        assert "✅ 0 digits" in (await ask(window, "/stats")).text
        await say(running.chat, RIGHT)
        told = await ask(window, "/stats")
        assert "everybody told me\n✅ 1 digit · ✏️ 0 digits · 100%" in told.text
        assert told.media is not None
        await say(window, WRONG)
        told = await ask(window, "/stats")
        assert "50%" in told.text
        assert "What you told me\n✅ 0 digits · ✏️ 1 digit · 0%" in told.text


def test_the_picture_shows_the_newest_versions_each_in_two_colours() -> None:
    scores = [Score(f"version {n}", right=n, wrong=MOST - n) for n in range(MOST + 1)]
    with (
        Image.open(io.BytesIO(draw_scores(scores))) as drawn,
        Image.open(io.BytesIO(draw_scores(scores[1:]))) as newest,
    ):
        assert drawn.tobytes() == newest.tobytes()
        colours = {colour for _, colour in drawn.convert("RGB").getcolors(2**24) or []}
    assert {(46, 160, 67), (218, 54, 51)} <= colours


# /privacy


async def test_privacy_tells_what_is_kept_and_for_how_long(running: Running) -> None:
    told = (await ask(running.chat, "/privacy")).text
    assert "365 days" in told
    assert "/forget" in told
    assert "/mydata" in told


# /mydata


async def test_my_data_is_a_zip_of_all_that_is_mine(running: Running, ben: ChatWindow) -> None:
    chat = running.chat
    await running.database.chats.change(chat.chat.id, lambda _: ChatSettings(Preview.NEVER))
    await say(chat, RIGHT)
    await say(chat, WRONG)
    await say(ben, WRONG)
    found = unpacked(chat, await ask(chat, "/mydata"))
    assert json.loads(found["settings.json"])["preview"] == "never"
    right, wrong = json.loads(found["verdicts.json"])
    assert (right["answer"], right["truth"], right["picture"]) == (7, 7, None)
    assert (wrong["answer"], wrong["truth"]) == (7, 1)
    assert wrong["said_by_you"] and wrong["about_your_picture"]
    glyph = found[f"{wrong['picture']}.glyph.png"]
    with Image.open(io.BytesIO(glyph)) as image:
        assert image.size == (28, 28)
    assert found[f"{wrong['picture']}.crop.jpg"].startswith(b"\xff\xd8")
    assert len(found) == 4


async def test_who_said_nothing_gets_just_that(running: Running) -> None:
    found = unpacked(running.chat, await ask(running.chat, "/mydata"))
    assert json.loads(found["verdicts.json"]) == []


@pytest.fixture
async def group(running: Running, ben: ChatWindow) -> Group:
    """Anna made it; Ben and the bot are members, and hello is said."""
    group = running.server.group("Class 3b", [running.chat.person, ben.person])
    await group.add(running.bot)
    return group


async def of_ben_by_anna(running: Running, group: Group, ben: ChatWindow) -> None:
    """Ben sends a photo to the group, and Anna, who runs it, corrects the answer."""
    member = group.as_member(ben.person)
    photo = await member.send_photo(PHOTO, caption="/digit@DigitBot")
    answer = await member.wait_for(
        lambda message: message.from_bot and message.reply_to == photo.message_id
    )
    assert "Thanks" in await press_forged(group.as_member(group.creator), answer, WRONG)


async def test_what_an_admin_said_of_anothers_picture_shows_them_no_picture(
    running: Running, group: Group, ben: ChatWindow
) -> None:
    await of_ben_by_anna(running, group, ben)
    annas = unpacked(running.chat, await ask(running.chat, "/mydata"))
    (entry,) = json.loads(annas["verdicts.json"])
    assert entry["said_by_you"] and not entry["about_your_picture"]
    assert entry["picture"] is None
    assert set(annas) == {"settings.json", "verdicts.json"}
    bens = unpacked(ben, await ask(ben, "/mydata"))
    (entry,) = json.loads(bens["verdicts.json"])
    assert entry["about_your_picture"] and not entry["said_by_you"]
    assert f"{entry['picture']}.crop.jpg" in bens
    assert str(running.chat.person.id) not in bens["verdicts.json"].decode()


@pytest.mark.parametrize("command", ["/stats", "/mydata", "/forget"])
async def test_where_others_listen_nothing_is_told(
    running: Running, group: Group, command: str
) -> None:
    anna = group.as_member(group.creator)
    asked = await anna.send_text(f"{command}@DigitBot")
    told = await anna.wait_for(lambda message: message.reply_to == asked.message_id)
    assert told.text == ENGLISH.plain(texts.IN_PRIVATE)
    assert told.buttons == ()


async def test_much_data_comes_in_several_files(tmp_path: Path) -> None:
    files, user_id = CorrectionFiles(tmp_path), 1
    verdict = Verdict(1, 1, 0, user_id, user_id, NOON, "m1", 7, 1)
    said = [replace(verdict, picture=await files.save(b"g" * 300, b"c" * 300)) for _ in range(5)]
    await files.delete([said[0].picture or ""])
    names: list[str] = []
    count = 0
    async for archive in packed(user_id, ChatSettings(), said, (), (), files, 1000):
        count += 1
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            names += opened.namelist()
    assert count == 3
    assert len(names) == len(set(names)) == 2 + 2 * 4


# /forget


async def test_forget_asks_once_and_then_deletes_rows_and_files(
    running: Running, ben: ChatWindow, tmp_path: Path
) -> None:
    chat = running.chat
    await running.database.chats.change(chat.chat.id, lambda _: ChatSettings(Preview.NEVER))
    await say(chat, RIGHT)
    await say(chat, WRONG)
    await say(ben, WRONG)
    asked = await ask(chat, "/forget")
    assert [button.text for button in asked.buttons] == ["Delete it all", "Keep it"]
    assert len(pictures(tmp_path)) == 4, "nothing is deleted yet"
    await chat.press(asked, "Delete it all")
    told = await chat.wait_for_edit(asked)
    assert told.text == texts.forgotten(ENGLISH, Forgotten(2, 1), settings=True, trainings=False)
    assert told.buttons == ()
    assert await running.database.corrections.of(chat.person.id) == []
    assert await running.database.chats.get(chat.chat.id) == ChatSettings()
    assert len(await running.database.corrections.of(ben.person.id)) == 1
    assert len(pictures(tmp_path)) == 2
    again = await ask(chat, "/forget")
    await chat.press(again, "Delete it all")
    assert "nothing of yours" in (await chat.wait_for_edit(again)).text


async def test_keep_it_keeps_it(running: Running, tmp_path: Path) -> None:
    chat = running.chat
    await say(chat, WRONG)
    asked = await ask(chat, "/forget")
    await chat.press(asked, "Keep it")
    assert (await chat.wait_for_edit(asked)).text == ENGLISH.plain(texts.KEPT)
    assert len(await running.database.corrections.of(chat.person.id)) == 1
    assert len(pictures(tmp_path)) == 2


async def test_a_press_forgets_who_pressed_and_nobody_else(
    running: Running, ben: ChatWindow
) -> None:
    await say(running.chat, WRONG)
    await say(ben, WRONG)
    asked = await ask(running.chat, "/forget")
    intruder = running.server.private_chat(running.chat.person)
    world = intruder._world
    async with asyncio.timeout(30):
        await world.callbacks.ask(running.bot, ben.person, intruder.chat, asked, "1:forget/yes")
    assert len(await running.database.corrections.of(running.chat.person.id)) == 1
    assert await running.database.corrections.of(ben.person.id) == []


async def test_forgetting_a_persons_pictures_takes_what_admins_said_of_them(
    running: Running, group: Group, ben: ChatWindow, tmp_path: Path
) -> None:
    await of_ben_by_anna(running, group, ben)
    await ben.press(await ask(ben, "/forget"), "Delete it all")
    assert pictures(tmp_path) == []
    assert await running.database.corrections.of(running.chat.person.id) == []


# Retention


async def test_the_daily_chore_deletes_what_is_too_old(tmp_path: Path) -> None:
    async with memory_database() as database:
        settings = load_settings(_env_file=None, telegram_bot_token=TOKEN, data_dir=tmp_path)
        services = make_services(FakeReader(make_reading()), settings, database)
        corrections = services.corrections
        verdict = Verdict(1, 1, 0, 1, 1, NOON, "m1", 7, 7)
        await corrections.repository.put(
            [verdict, replace(verdict, position=1, said_at=NOON + DAY)]
        )
        await forget_old_corrections(corrections, 10, lambda: NOON + 10 * DAY + SECOND)()
        (left,) = await corrections.repository.of(1)
        assert left.position == 1


# digitbot export


async def test_export_is_data_to_evaluate_on(
    running: Running, tmp_path: Path, database_url: SecretStr | None
) -> None:
    for data in ("1:wrong/1.0/0=1", "1:wrong/1.0/0=x", "1:wrong/1.0/0=3", RIGHT):
        await say(running.chat, data)
    rejected = (await running.database.corrections.list())[2]
    await running.database.corrections.review([rejected.id], Status.REJECTED)
    settings = {"DATA_DIR": str(tmp_path)}
    if database_url:
        settings["DATABASE_URL"] = database_url.get_secret_value()
    out = tmp_path / "out"
    code, stderr = await run_bot(tmp_path, "export", str(out), **settings)
    assert (code, stderr) == (0, "")
    x, y = load_pictures(out / "corrections.npz")
    assert x.shape == (1, 28, 28)
    assert y.tolist() == [1]
    with np.load(out / "corrections.npz") as arrays:
        assert arrays["none"].shape == (1, 28, 28)
    ((_, images),) = labelled_sets(out).items()
    assert sorted(image.label for image in images) == ["", "1"]
    assert all(image.path.read_bytes().startswith(b"\xff\xd8") for image in images)
    code, stderr = await run_bot(tmp_path, "export", str(out), **settings)
    assert code == 2
    assert "is there already" in stderr


async def test_without_corrections_there_is_nothing_to_export(tmp_path: Path) -> None:
    code, stderr = await run_bot(tmp_path, "export", "out", DATA_DIR=str(tmp_path))
    assert (code, stderr) == (2, "There are no corrections to export.\n")


def test_files_that_are_gone_are_counted(tmp_path: Path) -> None:
    files = CorrectionFiles(tmp_path / "none")
    verdict = Verdict(1, 1, 0, 1, 1, NOON, "m1", 7, 1, "gone")
    corrections = [Correction(1, verdict, "gone", Status.PENDING)]
    assert export.write(tmp_path / "out", corrections, files) == export.Exported(0, 0, 1)
    with (tmp_path / "out" / "labels.csv").open() as table:
        assert list(csv.DictReader(table)) == []
