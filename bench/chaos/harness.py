"""The stage of every row: the bot in a process of its own, a server that misbehaves, a crowd."""

import asyncio
import itertools
import random
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.chaos.ledger import Ledger
from bench.photos import DRAW, number_photo
from bench.processes import Ready, environment
from bot.api_server import BotAccount, BotApiServer, ChatWindow, Message

READY = "is ready"
BOT = ("bot", "run")
PATIENCE = 120.0  # seconds for a start or an end
# Lines of the log that tell of no trouble, and those of Python about what a killed process left.
_CALM = re.compile(r"\S+ \S+ (DEBUG|INFO) |.*resource_tracker|  warnings\.warn")
KEPT = 50_000  # messages of a chat: each counts


@dataclass(frozen=True, slots=True)
class Result:
    """A line of the table."""

    promise: str
    seen: str
    kept: bool
    log: str = ""  # of the bot, where it complains


class BotProcess:
    """`digitbot run`, to be killed and started again on what it left behind.

    Or another module of this repository that runs the bot.
    """

    def __init__(self, folder: Path, module: Sequence[str] = BOT, **settings: str) -> None:
        self._folder = folder
        self._module = module
        self._environment = environment(**settings)
        self._process: asyncio.subprocess.Process | None = None
        self._ready = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        self.log = folder / "bot.log"

    @property
    def pid(self) -> int:
        """Of the bot itself; its workers are its children."""
        assert self._process is not None, "it was not started"
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it is ready; raises TimeoutError."""
        await self.spawn()
        await self.ready()

    async def spawn(self) -> None:
        """Start it and wait for nothing."""
        self._ready.clear()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *self._module, cwd=self._folder, env=self._environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert self._process.stdout is not None  # it is a pipe
        self._reading = asyncio.create_task(self._read(self._process.stdout))

    async def ready(self) -> None:
        """Wait until it has said that it is ready."""
        async with asyncio.timeout(PATIENCE):
            await self._ready.wait()

    async def kill(self) -> None:
        """kill -9 the bot alone: its workers must find out by themselves, or this never ends."""
        assert self._process is not None
        assert self._process.returncode is None, f"It ended by itself:\n{self.log.read_text()}"
        workers = self._family()[1:]
        self._process.kill()
        await self._process.wait()
        await self._ended(workers)

    async def stop(self) -> float:
        """Ask it to end, as Docker does; return how many seconds that took."""
        assert self._process is not None
        started = time.monotonic()
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            await self._process.wait()
        taken = time.monotonic() - started
        if self._reading is not None:
            await self._reading
        return taken

    async def close(self) -> None:
        """End it for good, whatever state it is in."""
        if self._process is None or self._process.returncode is not None:
            return
        workers = self._family()[1:]
        self._process.kill()
        await self._process.wait()
        await self._ended(workers)

    def complaints(self) -> str:
        """Return the warnings and errors in its log, tracebacks included."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines if not _CALM.match(line))

    def memory(self) -> float:
        """Return the MB that it and its workers hold; what they share counts once."""
        return Ready(self.pid, 0.0).memory()

    def _family(self) -> list[psutil.Process]:
        process = psutil.Process(self.pid)
        return [process, *process.children(recursive=True)]

    @staticmethod
    async def _ended(processes: Sequence[psutil.Process]) -> None:
        async with asyncio.timeout(PATIENCE):
            while any(_is_alive(process) for process in processes):  # noqa: ASYNC110 - not ours
                await asyncio.sleep(0.05)

    async def _read(self, output: asyncio.StreamReader) -> None:
        with self.log.open("ab") as log:
            while line := await output.readline():
                log.write(line)
                log.flush()
                if READY.encode() in line:
                    self._ready.set()


@dataclass(slots=True)
class Stage:
    """All that a row needs."""

    server: BotApiServer
    account: BotAccount
    bot: BotProcess
    ledger: Ledger
    random: random.Random
    pictures: Sequence[tuple[str, bytes]]  # what each shows, and its JPEG
    _sent: dict[int, int] = field(default_factory=dict)  # chat id → how many

    def people(self, amount: int) -> list[ChatWindow]:
        """So many private chats with the bot, each with somebody else."""
        names = (f"Person {n}" for n in range(amount))
        people = [self.server.add_person(name, language_code="en") for name in names]
        return [self.server.private_chat(person) for person in people]

    async def groups(self, amount: int, members: int = 3) -> list[ChatWindow]:
        """So many groups, as each of their members sees them; the bot runs, and has said hello."""
        windows = []
        for n in range(amount):
            people = [chat.person for chat in self.people(members)]
            group = self.server.group(f"Group {n}", people, is_supergroup=n % 2 == 1)
            await group.add(self.account)
            windows += [group.as_member(person) for person in people]
            await windows[-1].wait_for(lambda message: message.from_bot, timeout=PATIENCE)
        return windows

    async def send(self, chat: ChatWindow) -> Message:
        """Let somebody send the next photo of their chat."""
        ((number, picture),) = self._next(chat, 1)
        message = await chat.send_photo(picture, caption=self._caption(chat))
        self.ledger.enter(chat.chat.id, message, number)
        return message

    async def send_album(self, chat: ChatWindow, size: int) -> None:
        """Let somebody send the next photos of their private chat as an album."""
        album = self._next(chat, size)
        messages = await chat.send_album([picture for _, picture in album])
        for message, (number, _) in zip(messages, album, strict=True):
            self.ledger.enter(chat.chat.id, message, number)

    def _next(self, chat: ChatWindow, amount: int) -> list[tuple[str, bytes]]:
        start = self._sent.get(chat.chat.id, 0)
        self._sent[chat.chat.id] = start + amount
        return [self.pictures[n % len(self.pictures)] for n in range(start, start + amount)]

    def _caption(self, chat: ChatWindow) -> str:
        return f"/digit@{self.account.username}" if chat.chat.is_group else ""


@asynccontextmanager
async def stage(
    seed: int, digits: int = 3, module: Sequence[str] = BOT, **settings: str
) -> AsyncIterator[Stage]:
    """A server with a bot, not yet started, whose `settings` are environment variables.

    Photos show so many `digits`: with three, 63 differ; with two, 15.
    """
    ledger = Ledger()
    with TemporaryDirectory() as folder:  # so that neither .env nor data/ of the user is touched
        async with BotApiServer(messages_per_chat=KEPT) as server:
            account = server.add_bot("DigitBot")
            server.world.listeners.append(ledger.hear)
            own = {"TELEGRAM_BOT_TOKEN": account.token, "TELEGRAM_API_URL": server.url}
            data = {"DATA_DIR": f"{Path(folder) / 'data'}"}
            bot = BotProcess(Path(folder), module, **own, **data, **settings)
            chance = random.Random(seed)  # noqa: S311 - to be repeated
            try:
                yield Stage(server, account, bot, ledger, chance, _pictures(digits))
            finally:
                await bot.close()


def _is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


@cache
def _pictures(digits: int) -> Sequence[tuple[str, bytes]]:
    numbers = map("".join, itertools.product("".join(map(str, DRAW)), repeat=digits))
    # Strokes side by side and nothing else may be anything: the reader says so.
    return [(number, number_photo(number)) for number in numbers if set(number) != {"1"}]
