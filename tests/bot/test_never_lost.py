"""No photo is lost: the whole bot, over HTTP, through crashes, failures, absences and its end."""

import asyncio
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.api_server import BotAccount, BotApiServer, ChatWindow, Fault, Message
from bot.errors import DownloadFailed
from bot.services.reader import ReaderAnswer
from bot.services.reader_pool import ReaderPool
from bot.texts import instead, problems
from tests.bot.builders import ENGLISH, FakeReader
from tests.bot.clocks import FastClock
from tests.bot.live import Running, running_bot
from tests.bot.processes import BotProcess
from tests.bot.readings import draw_seven, encode, make_digit, make_reading

PHOTO = encode(draw_seven())


class Stubborn(FakeReader):
    """Fails so many times, for a reason of its own."""

    def __init__(self, failures: int) -> None:
        super().__init__(make_reading(make_digit(7, 0.99)))
        self.failures = failures

    async def read(self, data: bytes, *, preview: bool = False) -> ReaderAnswer:
        if self.failures:
            self.failures -= 1
            raise ValueError("a bug")
        return await super().read(data, preview=preview)


async def test_a_photo_that_fails_twice_is_answered(
    api_server: BotApiServer, tmp_path: Path, database_url: SecretStr | None
) -> None:
    async with running_bot(api_server, Stubborn(2), tmp_path, database_url, FastClock()) as running:
        sent = await running.chat.send_photo(PHOTO)
        assert "7" in (await running.chat.wait_for_reply(to=sent)).text
        assert running.services.inbox.retried == 2
    assert len(running.chat.replies) == 1, "who waits is not told of each failure"


async def test_a_photo_that_fails_three_times_is_set_aside_and_its_sender_told(
    api_server: BotApiServer, tmp_path: Path, database_url: SecretStr | None
) -> None:
    async with running_bot(api_server, Stubborn(3), tmp_path, database_url, FastClock()) as running:
        sent = await running.chat.send_photo(PHOTO)
        reply = await running.chat.wait_for_reply(to=sent)
        assert reply.text == problems.problem(ENGLISH, None)
        (poison,) = await running.database.inbox.poisonous()
        assert poison.error == "ValueError: a bug"
        again = await running.chat.send_photo(PHOTO)
        assert "7" in (await running.chat.wait_for_reply(to=again)).text


async def test_an_album_whose_answer_fails_is_answered_once(running: Running) -> None:
    running.server.faults.add("sendMessage", Fault.torn_connection(), times=2)
    first, *_ = await running.chat.send_album([PHOTO] * 4)
    reply = await running.chat.wait_for_reply(to=first)
    assert "4 pictures" in reply.text
    sent = await running.chat.send_text("hello")
    await running.chat.wait_for(lambda m: m.from_bot and m.message_id > sent.message_id)
    assert len(running.chat.replies) == 2


async def test_what_waited_for_more_than_an_hour_gets_one_line_a_chat(
    sevens: ReaderPool, tmp_path: Path, database_url: SecretStr | None
) -> None:
    behind = 4_000.0
    async with BotApiServer(clock=lambda: time.time() - behind) as server:
        async with running_bot(server, sevens, tmp_path, database_url) as running:
            late = [await running.chat.send_photo(PHOTO) for _ in range(5)]
            reply = await running.chat.wait_for(lambda m: m.from_bot)
            assert reply.text == instead.LATE.english
            assert reply.reply_to in {photo.message_id for photo in late}
            behind = 0.0
            fresh = await running.chat.send_photo(PHOTO)
            assert "7" in (await running.chat.wait_for_reply(to=fresh)).text
        assert len(running.chat.replies) == 2


async def test_a_group_is_told_only_where_somebody_asked_the_bot(
    sevens: ReaderPool, tmp_path: Path
) -> None:
    behind = 4_000.0
    async with BotApiServer(clock=lambda: time.time() - behind) as server:
        async with running_bot(server, sevens, tmp_path) as running:
            group = server.group("Class 3b", [running.chat.person])
            await group.add(running.bot)  # which is handled, however old
            anna = group.as_member(running.chat.person)
            await anna.wait_for(lambda m: m.from_bot)
            await anna.send_photo(PHOTO)
            asked = await anna.send_photo(PHOTO, caption="/digit@DigitBot")
            reply = await anna.wait_for_reply(to=asked)
            assert reply.text == instead.LATE.english
        assert len(anna.replies) == 2


def with_one_worker(server: BotApiServer, account: BotAccount) -> dict[str, str]:
    """Settings for a bot of its own process."""
    return {
        "TELEGRAM_BOT_TOKEN": account.token,
        "TELEGRAM_API_URL": server.url,
        "READER_WORKERS": "1",
    }


@pytest.mark.slow
async def test_who_is_killed_answers_after_the_next_start(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    """SIGKILL, each time as soon as Telegram believes that all was received."""
    account = api_server.add_bot("DigitBot")
    settings = with_one_worker(api_server, account)
    sent: list[tuple[ChatWindow, Message]] = []
    for kills_left in (2, 1, 0):
        for _ in range(3):
            person = api_server.add_person("Somebody", language_code="en")
            chat = api_server.private_chat(person)
            sent.append((chat, await chat.send_photo(PHOTO)))
        async with BotProcess(tmp_path, "run", **settings) as bot:
            if kills_left:
                async with asyncio.timeout(120):
                    while len(account.updates):  # noqa: ASYNC110 - another process's doing
                        await asyncio.sleep(0.01)
                bot.process.kill()
                continue
            for chat, photo in sent:
                assert "7" in (await chat.wait_for_reply(to=photo, timeout=120)).text
            code, log = await bot.stop()
            assert code == 0, log


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
async def test_who_is_asked_to_stop_answers_each_photo_once_and_leaves_the_rest_to_the_next(
    api_server: BotApiServer, tmp_path: Path, times: int
) -> None:
    """SIGTERM, once or twice, when most photos are received and few are read."""
    account = api_server.add_bot("DigitBot")
    settings = with_one_worker(api_server, account)
    people = [api_server.add_person(f"Person {n}", language_code="en") for n in range(40)]
    chats = [api_server.private_chat(person) for person in people]
    # All are sent before it starts, and each takes its worker a while: when any is answered, which
    # need not be the first, since their downloads race, the worker has yet to read most.
    large = encode(draw_seven(4000, 3000), "PNG")
    sent = [(chat, await chat.send_document(large)) for chat in chats]
    async with BotProcess(tmp_path, "run", **settings) as bot:
        async with asyncio.timeout(120):
            while not any(chat.replies for chat in chats):  # noqa: ASYNC110 - another process's
                await asyncio.sleep(0.01)
        assert not all(chat.replies for chat in chats), "too late: this would show nothing"
        for _ in range(times):
            bot.process.terminate()
            await asyncio.sleep(0.05)
        code, log = await bot.ended()
        assert code == 0, log
    async with BotProcess(tmp_path, "run", **settings) as bot:
        for chat, photo in sent:
            assert "7" in (await chat.wait_for_reply(to=photo, timeout=120)).text
        await bot.stop()
    assert [len(chat.replies) for chat in chats] == [1] * len(chats)


async def test_an_update_that_ptb_does_not_understand_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reader = FakeReader(make_reading(make_digit(7, 0.99)))
    # Not the fixture's server, which sees to it that only sound updates come.
    async with BotApiServer() as server, running_bot(server, reader, tmp_path) as running:
        ben = {"id": 5, "is_bot": False, "first_name": "Ben"}
        photo = [{"file_id": "without a size", "file_unique_id": "as none is"}]
        chat = {"id": 5, "type": "private"}
        running.bot.updates.put(
            "message", {"message_id": 9, "date": 1, "chat": chat, "from": ben, "photo": photo}
        )
        sent = await running.chat.send_photo(PHOTO, caption="what Anna wrote")
        assert "7" in (await running.chat.wait_for_reply(to=sent)).text
    assert caplog.text.count("could not be understood") == 1
    assert "what Anna wrote" not in caplog.text


async def test_a_file_that_telegram_does_not_give_blocks_nobody_for_long(tmp_path: Path) -> None:
    reader, clock = FakeReader(make_reading(make_digit(7, 0.99))), FastClock()
    async with (
        BotApiServer() as server,
        running_bot(server, reader, tmp_path, clock=clock) as running,
    ):
        server.faults.add("getFile", Fault.server_error(500), times=1000)
        photo = await running.chat.send_photo(PHOTO)
        ben = running.server.private_chat(running.server.add_person("Ben"))
        async with asyncio.timeout(60):
            while not running.chat.replies:
                await ben.wait_for_reply(to=await ben.send_text("/help"))  # Telegram is there
        reply = await running.chat.wait_for_reply(to=photo)
    assert reply.text == problems.problem(ENGLISH, DownloadFailed())
