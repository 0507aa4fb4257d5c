"""The database, both kinds: what it keeps, and that its migrations make what the code expects."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Engine, text

from bot.errors import CannotStart
from bot.storage import (
    ChatRepository,
    ChatSettings,
    CorrectionRepository,
    Database,
    Detail,
    InboxRepository,
    Kept,
    Lane,
    Preview,
    RunStatus,
    Score,
    Status,
    Trigger,
    Verdict,
    open_database,
)
from bot.storage.database import FILE_NAME, make_engine
from bot.storage.dialects import writing
from bot.storage.inbox import State
from bot.storage.tables import metadata
from bot.storage.upgrade import HEAD, MIGRATIONS

ANNA, BEN = 1001, 1002
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
GROUP, SUPERGROUP = -2002, -1_000_000_002_002

Opener = Callable[[], AbstractAsyncContextManager[Database]]


@pytest.fixture
def opened(tmp_path: Path, database_url: SecretStr | None) -> Opener:
    """Opens the same database at each call."""
    return partial(open_database, tmp_path, database_url)


@pytest.fixture
def engine(tmp_path: Path, database_url: SecretStr | None) -> Any:
    """The database without its tables, to look behind the scenes."""
    engine = make_engine(tmp_path, database_url)
    yield engine
    engine.dispose()


def run(engine: Engine, *statements: str) -> None:
    """Change the database behind the bot's back."""
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))


# Chats


async def test_settings_survive_a_restart(opened: Opener) -> None:
    chosen = ChatSettings(Preview.NEVER, Detail.ALL_TEN, "pt-br", Trigger.AUTO)
    async with opened() as database:
        chats: ChatRepository = database.chats
        assert await chats.get(1) == ChatSettings()
        assert await chats.change(1, lambda _: chosen) == chosen
        await chats.change(SUPERGROUP, lambda _: chosen)
    async with opened() as database:
        assert await database.chats.get(1) == chosen
        assert await database.chats.get(SUPERGROUP) == chosen
        assert await database.chats.get(2) == ChatSettings()


async def test_those_who_change_different_things_at_once_all_get_their_way(opened: Opener) -> None:
    changes: list[Callable[[ChatSettings], ChatSettings]] = [
        lambda settings: replace(settings, preview=Preview.ALWAYS),
        lambda settings: replace(settings, detail=Detail.SHORT),
        lambda settings: replace(settings, language="de"),
        lambda settings: replace(settings, trigger=Trigger.AUTO),
    ]
    async with opened() as database:
        await asyncio.gather(*(database.chats.change(GROUP, change) for change in changes * 5))
        assert await database.chats.get(GROUP) == ChatSettings(
            Preview.ALWAYS, Detail.SHORT, "de", Trigger.AUTO
        )


async def test_many_chats_at_once(opened: Opener) -> None:
    always = ChatSettings(Preview.ALWAYS)
    async with opened() as database:
        await asyncio.gather(*(database.chats.change(n % 7, lambda _: always) for n in range(50)))
        found = await asyncio.gather(*(database.chats.get(n) for n in range(50)))
    assert found == [always] * 7 + [ChatSettings()] * 43


async def test_a_failed_change_changes_nothing(opened: Opener) -> None:
    def fail(_: ChatSettings) -> ChatSettings:
        raise RuntimeError("a bug")

    async with opened() as database:
        with pytest.raises(RuntimeError):
            await database.chats.change(1, fail)
        assert await database.chats.greet(1), "and left no row, nor a lock"


async def test_hello_is_said_once(opened: Opener) -> None:
    async with opened() as database:
        greetings = await asyncio.gather(*(database.chats.greet(GROUP) for _ in range(5)))
        assert sorted(greetings) == [False] * 4 + [True]
        assert await database.chats.get(GROUP) == ChatSettings()
    async with opened() as database:
        assert not await database.chats.greet(GROUP)
        assert await database.chats.greet(GROUP - 1)


async def test_a_chat_that_was_left_is_forgotten_later(opened: Opener) -> None:
    async with opened() as database:
        chats = database.chats
        for chat_id in (1, 2, 3, 4):
            await chats.change(chat_id, lambda _: ChatSettings(language="ru"))
        await chats.leave(1, NOON)
        await chats.leave(2, NOON + timedelta(days=1))
        await chats.leave(3, NOON)
        await chats.come_back(3)
        await chats.leave(5, NOON)  # of which nothing is kept
        assert await chats.forget_left(NOON) == 0
        assert await chats.forget_left(NOON + timedelta(seconds=1)) == 1
        found = [(await chats.get(chat_id)).language for chat_id in (1, 2, 3, 4)]
    assert found == [None, "ru", "ru", "ru"]


async def test_a_chat_is_forgotten_when_asked(opened: Opener) -> None:
    async with opened() as database:
        await database.chats.change(1, lambda _: ChatSettings(language="ru"))
        assert await database.chats.forget(1)
        assert not await database.chats.forget(1)
        assert await database.chats.get(1) == ChatSettings()


async def test_a_supergroup_takes_over_what_is_kept_of_the_group(opened: Opener) -> None:
    chosen = ChatSettings(language="ar", trigger=Trigger.AUTO)
    async with opened() as database:
        chats = database.chats
        await chats.change(GROUP, lambda _: chosen)
        await chats.greet(GROUP)
        await chats.greet(SUPERGROUP)  # the bot was already seen there
        for _ in range(2):  # Telegram tells it twice
            await chats.migrate(GROUP, SUPERGROUP)
        assert await chats.get(SUPERGROUP) == chosen
        assert not await chats.greet(SUPERGROUP)
        assert await chats.get(GROUP) == ChatSettings()


async def test_a_time_without_its_zone_is_refused(opened: Opener) -> None:
    async with opened() as database:
        with pytest.raises(Exception, match="without its zone"):
            await database.chats.leave(1, NOON.replace(tzinfo=None))


# Verdicts


def make_verdict(position: int = 0, truth: int | None = 1, **fields: Any) -> Verdict:
    """Return what Anna says of a digit that was read as 7."""
    verdict = Verdict(
        chat_id=ANNA,
        message_id=10,
        position=position,
        sender_id=ANNA,
        user_id=ANNA,
        said_at=NOON,
        model_version="m1",
        answer=7,
        truth=truth,
        picture=None if truth == 7 else f"picture-{position}",
    )
    return replace(verdict, **fields)


async def test_verdicts_are_kept_and_corrections_listed(opened: Opener) -> None:
    right = make_verdict(0, truth=7)
    wrong = make_verdict(1, truth=None, chat_id=SUPERGROUP)
    late = make_verdict(2, truth=0, said_at=NOON + timedelta(days=1), sender_id=None)
    async with opened() as database:
        corrections: CorrectionRepository = database.corrections
        assert await corrections.put([right, wrong]) == set()
        await corrections.put([late])
    async with opened() as database:
        corrections = database.corrections
        assert await corrections.of(ANNA) == [right, wrong, late]
        found = await corrections.list()
        assert [correction.verdict for correction in found] == [wrong, late]
        assert {correction.status for correction in found} == {Status.PENDING}
        since = await corrections.list(since=NOON + timedelta(days=1))
        assert [correction.verdict for correction in since] == [late]
        assert await corrections.get(since[0].id) == since[0]
        assert await corrections.pictures() == {"picture-1", "picture-2"}
        assert await corrections.about(ANNA, 10) == [right, late]
        assert await corrections.about(ANNA, 11) == []


async def test_a_change_of_mind_replaces_and_is_pending_again(opened: Opener) -> None:
    async with opened() as database:
        corrections = database.corrections
        await corrections.put([make_verdict(0), make_verdict(1)])
        ids = [correction.id for correction in await corrections.list()]
        assert await corrections.review(ids, Status.ACCEPTED) == 2
        again = make_verdict(1, truth=2, picture="another", user_id=BEN)
        assert await corrections.put([again]) == {"picture-1"}
        await corrections.put([make_verdict(1, message_id=11), make_verdict(1, chat_id=GROUP)])
        (accepted,) = await corrections.list(status=Status.ACCEPTED)
        assert accepted.verdict == make_verdict(0)
        pending = await corrections.list(status=Status.PENDING)
        assert [correction.verdict.picture for correction in pending] == [
            "another",
            "picture-1",
            "picture-1",
        ]
        assert await corrections.get(ids[1]) is None
        assert await corrections.review(ids, Status.REJECTED) == 1


async def test_two_taps_at_once_leave_one_verdict(opened: Opener) -> None:
    async with opened() as database:
        await asyncio.gather(
            *(database.corrections.put([make_verdict(0, truth=n % 7)]) for n in range(20))
        )
        assert len(await database.corrections.of(ANNA)) == 1


async def test_scores_count_by_version(opened: Opener) -> None:
    def said(position: int, truth: int, version: str, user_id: int = ANNA) -> Verdict:
        return make_verdict(position, truth, model_version=version, user_id=user_id)

    async with opened() as database:
        corrections = database.corrections
        await corrections.put([said(0, 7, "z"), said(1, 7, "z"), said(2, 1, "z")])
        later = NOON + timedelta(hours=1)
        await corrections.put([replace(said(3, 1, "a", BEN), said_at=later)])
        assert await corrections.scores() == [Score("z", 2, 1), Score("a", 0, 1)]
        assert await corrections.scores(BEN) == [Score("a", 0, 1)]
        assert await corrections.scores(ANNA + 99) == []


async def test_forgetting_takes_what_one_said_and_sent_and_no_more(opened: Opener) -> None:
    said = make_verdict(0, sender_id=BEN)
    sent = make_verdict(1, user_id=BEN)
    others = make_verdict(2, sender_id=None, user_id=BEN)
    async with opened() as database:
        corrections = database.corrections
        await corrections.put([said, sent, others])
        assert await corrections.of(ANNA) == [said, sent]
        assert await corrections.forget(ANNA) == (2, {"picture-0", "picture-1"})
        assert await corrections.of(ANNA) == []
        assert await corrections.of(BEN) == [others]
        assert await corrections.forget(ANNA) == (0, set())


async def test_what_is_old_is_forgotten(opened: Opener) -> None:
    async with opened() as database:
        corrections = database.corrections
        new = make_verdict(2, said_at=NOON + timedelta(seconds=1))
        await corrections.put([make_verdict(0), make_verdict(1, truth=7), new])
        assert await corrections.forget_older(NOON + timedelta(seconds=1)) == (2, {"picture-0"})
        assert await corrections.of(ANNA) == [new]


# The database itself


async def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    async with open_database(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_migrations_make_the_tables_of_the_code(opened: Opener, engine: Engine) -> None:
    async with opened():
        with engine.connect() as connection:
            assert list(compare_metadata(MigrationContext.configure(connection), metadata)) == []


def test_the_newest_migration_is_the_one_the_code_waits_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_several_processes_may_start_at_once(opened: Opener) -> None:
    async def start() -> ChatSettings:
        async with opened() as database:
            return await database.chats.get(1)

    assert await asyncio.gather(*(start() for _ in range(5))) == [ChatSettings()] * 5


async def test_the_choices_of_the_first_version_are_kept(opened: Opener, engine: Engine) -> None:
    run(
        engine,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
        "INSERT INTO alembic_version VALUES ('0001')",
        "CREATE TABLE chat_preferences (chat_id BIGINT PRIMARY KEY, preview BOOLEAN NOT NULL)",
        "INSERT INTO chat_preferences VALUES (1, true), (2, false)",
    )
    async with opened() as database:
        assert await database.chats.get(1) == ChatSettings(preview=Preview.ALWAYS)
        assert await database.chats.get(2) == ChatSettings()


async def test_a_database_of_a_newer_version_is_refused(opened: Opener, engine: Engine) -> None:
    async with opened():
        pass
    run(engine, "UPDATE alembic_version SET version_num = 'tomorrow'")
    with pytest.raises(CannotStart, match=r"newer version.*tomorrow"):
        async with opened():
            pass


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://anna:secret@/nothing?host=/nowhere",
        "postgresql://anna:secret@127.0.0.1:1/nothing",
        "postgresql://anna:secret@host:port/nothing",
        "postgresql://anna:a%secret@127.0.0.1/nothing",
        "postgresql://anna:secret @127.0.0.1/nothing",
    ],
)
async def test_a_database_out_of_reach_is_told_without_the_password(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(CannotStart, match="DATABASE_URL") as refusal:
        async with open_database(tmp_path, SecretStr(url)):
            pass
    assert "secret" not in str(refusal.value)


# The inbox


def make_kept(update_id: int, person_id: int = ANNA, **values: Any) -> Kept:
    return Kept(update_id, person_id, person_id, **{"sent_at": NOON, "body": "{}", **values})


async def test_the_inbox_knows_what_it_has_seen_for_two_days(opened: Opener) -> None:
    async with opened() as database:
        inbox: InboxRepository = database.inbox
        assert set(await inbox.write([make_kept(1), make_kept(2)], [])) == {1, 2}
        assert set(await inbox.write([make_kept(2), make_kept(3)], [1])) == {3}
        assert set(await inbox.write([make_kept(1)], [])) == set()
        assert [kept.update_id for kept in await inbox.of(ANNA)] == [2, 3]
        later = NOON + timedelta(seconds=1)
        assert await inbox.forget_older(later, poison_before=later) == 1
        assert set(await inbox.write([make_kept(1)], [])) == {1}


async def test_who_asks_to_be_forgotten_is_forgotten_by_the_inbox(opened: Opener) -> None:
    async with opened() as database:
        inbox = database.inbox
        mine = [make_kept(1), make_kept(2, state=State.POISON), make_kept(3, state=State.TAKEN)]
        await inbox.write([*mine, make_kept(4, BEN)], [])
        assert await inbox.forget(ANNA) == 2
        assert [kept.update_id for kept in await inbox.of(ANNA)] == [3], "it is being answered"
        assert len(await inbox.of(BEN)) == 1


async def test_what_is_set_aside_is_kept_longer_than_what_is_done(opened: Opener) -> None:
    async with opened() as database:
        inbox = database.inbox
        await inbox.write([make_kept(1, state=State.POISON, error="a bug"), make_kept(2)], [])
        later = NOON + timedelta(days=3)
        assert await inbox.forget_older(later, poison_before=NOON) == 0, "2 waits still"
        assert [kept.error for kept in await inbox.poisonous()] == ["a bug"]
        assert await inbox.forget_older(later, poison_before=later) == 1


async def test_only_deaths_make_suspects(opened: Opener) -> None:
    async with opened() as database:
        inbox = database.inbox
        await inbox.write([make_kept(1), make_kept(2)], [])
        for died in (True, False, True):
            assert [kept.update_id for kept in await inbox.take(Lane(ANNA, ANNA), 1)] == [1]
            await inbox.release(died=died)
        (suspect,) = await inbox.suspects(2)
        assert (suspect.update_id, suspect.deaths, suspect.tries) == (1, 2, 0)
        await inbox.change([1], state=State.ALONE)
        await inbox.release(died=True)
        (suspect,) = await inbox.suspects(3)
        assert suspect.tries == 1
        assert dict(await inbox.lanes()) == {Lane(ANNA, ANNA): 2}


async def test_what_is_forgotten_is_in_no_file(tmp_path: Path) -> None:
    def where() -> list[str]:
        return [p.name for p in tmp_path.iterdir() if b"a-name-to-look-for" in p.read_bytes()]

    async with open_database(tmp_path) as database:
        await database.corrections.put([make_verdict(0, model_version="a-name-to-look-for")])
        assert where()
        await database.corrections.forget(ANNA)
        assert where() == []


async def test_who_began_a_training_is_forgotten_when_it_has_ended(opened: Opener) -> None:
    async with opened() as database:
        runs = database.trainings
        values = {"preset": "quick", "user_id": ANNA, "user_name": "Anna", "chat_id": 1}
        values |= {"thread_id": None, "message_id": None, "language": "en", "seed": 1}
        run = await runs.add(**values, started_at=NOON, compared_with="v")
        assert not await runs.forget(ANNA), "it runs, and is to be reported"
        await runs.change(run.id, status=RunStatus.PROMOTED)
        assert not await runs.forget(BEN)
        assert await runs.of(ANNA) == list(await runs.newest())
        assert await runs.forget(ANNA)
        assert await runs.of(ANNA) == []
        (kept,) = await runs.newest()
        assert (kept.user_id, kept.user_name, kept.chat_id) == (None, "–", None)
