"""Backup and restore: all comes back, nothing is overwritten, and the bot may run meanwhile."""

import asyncio
import io
import sqlite3
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from bot.services.backup import BadBackup, read_backup, write_backup
from bot.services.heartbeat import Heartbeat
from bot.storage import ChatSettings, Detail, open_database
from bot.storage.database import FILE_NAME
from tests.bot.processes import run_bot


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def backed_up(data_dir: Path) -> bytes:
    file = io.BytesIO()
    write_backup(data_dir, file)
    return file.getvalue()


@pytest.fixture
async def data_dir(tmp_path: Path) -> Path:
    """A DATA_DIR as a bot leaves it."""
    folder = tmp_path / "data"
    (folder / "corrections").mkdir(parents=True)
    (folder / "corrections" / "a1.glyph.png").write_bytes(b"glyph")
    (folder / "models" / "20300101-1").mkdir(parents=True)
    (folder / "models" / "20300101-1" / "model.tflite").write_bytes(bytes(100_000))
    (folder / "models" / "current").write_text("20300101-1\n")
    (folder / "models" / ".new-half").mkdir()
    (folder / "models" / ".new-half" / "model.tflite").write_bytes(b"half")
    (folder / "mnist.npz").write_bytes(b"large, and to be had anew")
    Heartbeat(folder).beat()
    async with open_database(folder) as database:
        await database.chats.change(7, lambda _: ChatSettings(detail=Detail.ALL_TEN))
    return folder


async def test_what_is_restored_is_what_was_there(data_dir: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "data"
    assert read_backup(io.BytesIO(backed_up(data_dir)), target).has_database
    found = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
    assert found == {
        FILE_NAME,
        "corrections/a1.glyph.png",
        "models/20300101-1/model.tflite",
        "models/current",
    }
    assert (target / "corrections" / "a1.glyph.png").read_bytes() == b"glyph"
    async with open_database(target) as database:
        assert (await database.chats.get(7)).detail is Detail.ALL_TEN


async def test_it_is_whole_though_the_bot_goes_on_writing(data_dir: Path, tmp_path: Path) -> None:
    async with open_database(data_dir) as database:

        async def write() -> None:
            for chat_id in range(100, 100_000):
                await database.chats.greet(chat_id)

        writing = asyncio.create_task(write())
        archives = [await asyncio.to_thread(backed_up, data_dir) for _ in range(3)]
        writing.cancel()
        await asyncio.wait([writing])
    counts = []
    for number, archive in enumerate(archives):
        target = tmp_path / f"{number}"
        read_backup(io.BytesIO(archive), target)
        with closing(sqlite3.connect(target / FILE_NAME)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM chats").fetchone()
        counts.append(count)
    assert counts == sorted(counts)
    assert counts[-1] > 1


@pytest.mark.parametrize("there", ["anything", FILE_NAME, ".hidden"])
def test_nothing_is_overwritten(data_dir: Path, tmp_path: Path, there: str) -> None:
    target = tmp_path / "new"
    target.mkdir()
    (target / there).write_text("precious")
    with pytest.raises(FileExistsError):
        read_backup(io.BytesIO(backed_up(data_dir)), target)
    assert [p.name for p in target.iterdir()] == [there]
    assert (target / there).read_text() == "precious"


def test_an_empty_folder_will_do_as_volumes_are(data_dir: Path, tmp_path: Path) -> None:
    target = tmp_path / "volume"
    target.mkdir()
    read_backup(io.BytesIO(backed_up(data_dir)), target)
    assert not (target / ".restore").exists()


def a_tar(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for member, data, type_ in (
            (
                "digitbot-backup.json",
                b'{"format": 1, "created": "2030-01-01", "has_database": false}',
                tarfile.REGTYPE,
            ),
            (name, content, kind),
        ):
            info = tarfile.TarInfo(member)
            info.size, info.type, info.linkname = len(data), type_, "/etc/passwd"
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"no archive",
        a_tar("x")[:-30],
        a_tar("../outside", b"x"),
        a_tar("/tmp/outside", b"x"),
        a_tar("link", kind=tarfile.SYMTYPE),
        a_tar("models/../../outside", b"x"),
    ],
)
def test_what_is_no_backup_leaves_nothing_behind(tmp_path: Path, archive: bytes) -> None:
    target = tmp_path / "deep" / "data"
    with pytest.raises(BadBackup):
        read_backup(io.BytesIO(archive), target)
    assert list(target.iterdir()) == []
    assert not list(tmp_path.rglob("outside"))


def test_a_damaged_one_is_refused(data_dir: Path, tmp_path: Path) -> None:
    archive = bytearray(backed_up(data_dir))
    archive[len(archive) // 2] ^= 0xFF
    with pytest.raises(BadBackup):
        read_backup(io.BytesIO(bytes(archive)), tmp_path / "new")
    archive = bytearray(backed_up(data_dir))
    archive[-6] ^= 0xFF  # in the checksum
    with pytest.raises(BadBackup):
        read_backup(io.BytesIO(bytes(archive)), tmp_path / "new")


def test_a_damaged_database_is_not_backed_up(data_dir: Path) -> None:
    (data_dir / FILE_NAME).write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    with pytest.raises((BadBackup, sqlite3.DatabaseError)):
        write_backup(data_dir, io.BytesIO())


# The commands


async def test_two_commands_bring_it_to_another_place(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    code, said = await run_bot(tmp_path, "backup", str(file))
    assert (code, said) == (0, "4 files of " + f"{data_dir} are in the backup.\n")
    assert file.stat().st_mode & 0o077 == 0, "it is nobody else's business"
    code, said = await run_bot(tmp_path, "backup", str(file))
    assert (code, said.split(",")[0]) == (2, f"{file} is there already")
    code, said = await run_bot(tmp_path, "backup", str(data_dir / "b.tar.gz"))
    assert (code, "put it outside" in said) == (2, True)
    code, said = await run_bot(tmp_path, "restore", str(file))
    assert (code, "is not empty" in said) == (2, True)
    new = tmp_path / "new"
    code, said = await run_bot(tmp_path, "restore", str(file), DATA_DIR=str(new))
    assert (code, "Start the bot" in said) == (0, True)
    assert (new / FILE_NAME).exists()
    assert names_in(tmp_path) == ["backup.tar.gz", "data", "new"]


async def test_through_pipes_as_out_of_a_container(data_dir: Path, tmp_path: Path) -> None:
    script = (
        f"DATA_DIR={data_dir} {sys.executable} -m bot backup - |"
        f" DATA_DIR={tmp_path / 'new'} {sys.executable} -m bot restore -"
    )
    process = await asyncio.create_subprocess_shell(
        script, cwd=Path(__file__).parents[2], stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said
    assert (tmp_path / "new" / FILE_NAME).exists()


async def test_of_postgresql_it_says_that_it_is_not_in_it(tmp_path: Path) -> None:
    (tmp_path / "data" / "models").mkdir(parents=True)
    (tmp_path / "data" / "models" / "current").write_text("shipped\n")
    file = tmp_path / "backup.tar.gz"
    code, said = await run_bot(
        tmp_path, "backup", str(file), DATABASE_URL="postgresql://host/digits"
    )
    assert (code, "pg_dump" in said) == (0, True)
    code, said = await run_bot(tmp_path, "restore", str(file), DATA_DIR=str(tmp_path / "new"))
    assert (code, "pg_restore" in said) == (0, True)


async def test_without_a_folder_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    code, said = await run_bot(tmp_path, "backup", str(tmp_path / "b.tar.gz"))
    assert (code, "nothing to back up" in said) == (2, True)
    code, said = await run_bot(tmp_path, "restore", str(tmp_path / "b.tar.gz"))
    assert (code, "could not be restored" in said) == (2, True)
    assert names_in(tmp_path) == []
