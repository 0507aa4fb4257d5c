"""What people write and are called reaches replies, the log, files and SQL as what it is: text."""

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.api_server import BotApiServer, ChatWindow, Group, Message
from bot.logs import FORMATTERS, set_up_logging
from bot.services.reader_pool import ReaderPool
from tests.bot.live import Running, running_bot
from tests.bot.readings import draw_seven, encode

MARKUP = "<b>Eve</b> &amp; <a href='tg://user?id=1'>\"`_*[x](y)"
FORGED = "2026-01-01 00:00:00,000 CRITICAL bot: forged"
EVIL = (
    f"{MARKUP} '; DROP TABLE chats; -- %s {{0}} ${{HOME}} ../../etc/passwd"
    f"\n{FORGED}\r\x1b[2J\x07\u202egnp.exe\u2066\u2028"
)
PHOTO = encode(draw_seven())
RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ +[\w.]+: ")


@dataclass
class Scene:
    """Eve, whose every word is hostile, an admin, a group, and the log."""

    running: Running
    eve: ChatWindow
    admin: ChatWindow
    group: Group
    log: io.StringIO
    token: str


@pytest.fixture(params=list(FORMATTERS))
def log(request: pytest.FixtureRequest) -> Iterator[tuple[str, io.StringIO]]:
    """The form of the log, and where it is written; the root logger is left as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield request.param, io.StringIO()
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@pytest.fixture
async def scene(
    api_server: BotApiServer,
    sevens: ReaderPool,
    tmp_path: Path,
    database_url: SecretStr | None,
    log: tuple[str, io.StringIO],
) -> AsyncIterator[Scene]:
    form, stream = log
    ada = api_server.add_person("Ada", language_code="en")
    eve = api_server.add_person(EVIL, last_name=EVIL, language_code="en")
    opened = running_bot(api_server, sevens, tmp_path, database_url, admin_ids={ada.id})
    async with opened as running:
        token = running.bot.token
        set_up_logging("DEBUG", token, logging.StreamHandler(stream), form=form)
        group = api_server.group(EVIL, [ada, eve])
        await group.add(running.bot)
        chats = api_server.private_chat(eve), api_server.private_chat(ada)
        yield Scene(running, *chats, group, stream, token)


async def ask(chat: ChatWindow, sent: Message) -> Message:
    """Return the answer to a message."""
    return await chat.wait_for(lambda m: m.from_bot and m.reply_to == sent.message_id, after=sent)


def files_in(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


async def test_it_reaches_nothing_but_as_text(scene: Scene, tmp_path: Path) -> None:
    eve, inside = scene.eve, scene.group.as_member(scene.eve.person)
    for command in ("/start", "/help", "/about", "/settings", "/privacy", "/stats", "/mydata"):
        await eve.wait_for_reply(to=await eve.send_text(f"{command} {EVIL}"))
    await eve.wait_for_reply(to=await eve.send_text(EVIL))
    answer = await ask(eve, await eve.send_photo(PHOTO, caption=EVIL[:1000]))
    send = partial(eve.send_document, file_name=f"{EVIL}.png", mime_type=f"image/{EVIL}")
    await ask(eve, await send(PHOTO, caption=EVIL))
    broken = await ask(eve, await send(EVIL.encode(), caption=EVIL))
    await eve.press(answer, "1:wrong/1.0")
    await eve.press(answer, "1:wrong/1.0/0=4")  # which keeps files
    await ask(inside, await inside.send_photo(PHOTO, caption=f"/digit@DigitBot {EVIL}"[:1000]))

    assert "DROP" not in broken.text
    for chat in (eve, inside):
        for reply in chat.replies:
            assert not re.search(r"DROP|forged|etc/passwd|Eve", reply.text), "nobody is quoted"
    names = [path.name for path in files_in(tmp_path)]
    assert any(name.endswith((".jpg", ".png")) for name in names), "the correction was kept"
    assert [name for name in names if not re.fullmatch(r"[\w.-]+", name)] == []
    check_log(scene)


async def test_a_name_that_is_shown_is_shown_on_one_line(scene: Scene) -> None:
    admin = scene.group.as_member(scene.admin.person)
    inside = scene.group.as_member(scene.eve.person)
    nuisance = await inside.send_text(EVIL)
    said = await ask(admin, await admin.send_text("/ban@DigitBot", reply_to=nuisance))
    assert said.text.startswith(MARKUP), "escaped, and neither bold nor a link"
    assert not [entity for entity in said.entities if entity.type in ("bold", "text_link")]
    listed = await scene.admin.wait_for_reply(to=await scene.admin.send_text("/ban"))
    for text in (said.text, listed.text):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028-\u202e\u2066-\u2069]", text)
        assert not any(line.startswith("2026-01-01") for line in text.splitlines())
    check_log(scene)


def check_log(scene: Scene) -> None:
    """Every line is a record that the bot made, and none has the token."""
    written = scene.log.getvalue()
    assert scene.token.partition(":")[2] not in written
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028-\u202e\u2066-\u2069]", written)
    lines = written.split("\n")[:-1]
    assert lines
    assert [line for line in lines if not _is_record(line)] == []


def _is_record(line: str) -> bool:
    if line.startswith("{"):
        return bool(json.loads(line)["level"])
    return line.startswith("    ") or bool(RECORD.match(line))
