"""Kills bots and trainers at random moments of a run: `python -m tests.bot.mayhem [TIMES [SEED]]`.

Each time the bot must come back with a whole model, say what became of the training, and train
again. Fifty times is the claim; the test suite does it a few times.
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import environment
from bot.api_server import BotApiServer, ChatWindow
from bot.api_server.objects import Message
from model import ModelError
from model.store import ModelStore, check_whole
from model.training.order import training_lock
from tests.bot.readings import draw_seven, encode

SCRIPT = Path(__file__).with_name("training_bot.py")
LONGEST = 2.6  # seconds into a run at which it may be hit; one takes about as long
PATIENCE = 120.0
VICTIMS = ("trainer", "bot", "both")
OUTCOMES = ("answers from now on", "interrupted", "failed", "doesn't answer yet")


@dataclass
class Mayhem:
    """A bot in a process of its own, its admin, and who kills what."""

    server: BotApiServer
    folder: Path
    seed: int = 0
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.account = self.server.add_bot("DigitBot")
        self.chat: ChatWindow = self.server.private_chat(
            self.server.add_person("Ada", language_code="en")
        )
        self.bot: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the bot and wait until it answers a photo."""
        settings = {
            "TELEGRAM_BOT_TOKEN": self.account.token,
            "TELEGRAM_API_URL": self.server.url,
            "ADMIN_IDS": f"{self.chat.person.id}",
            "DATA_DIR": f"{self.folder / 'data'}",
            "READER_WORKERS": "1",
        }
        with (self.folder / "bot.log").open("ab") as log:  # which the process has as its own then
            self.bot = await asyncio.create_subprocess_exec(
                sys.executable, str(SCRIPT), "slow", cwd=self.folder, env=environment(**settings),
                stdout=asyncio.subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
        sent = await self.chat.send_photo(encode(draw_seven()))
        reply = await self.chat.wait_for(  # what became of the training may be told first
            lambda m: m.from_bot and m.reply_to == sent.message_id, timeout=PATIENCE
        )
        assert "7" in reply.text, reply.text

    async def strike(self) -> None:
        """Begin a run, kill somebody in the middle, and see that all is well again."""
        command = await self.chat.send_text("/train quick")
        progress = await self.chat.wait_for_reply(to=command, timeout=PATIENCE)
        moment, victim = self.random.uniform(0, LONGEST), self.random.choice(VICTIMS)
        await asyncio.sleep(moment)
        if victim in ("bot", "both"):
            await self.kill_bot()
        if victim in ("trainer", "both"):
            self._kill_trainer()
        if victim in ("bot", "both"):
            self._check_store()
            await self.start()
        told = await self.chat.wait_for(self._tells, after=progress, timeout=PATIENCE)
        self._check_store()
        assert training_lock(self.folder / "data" / "training").holder() is None
        self.log.append(f"{moment:.2f} s, {victim}: {told.text.splitlines()[0]}")

    async def kill_bot(self) -> None:
        """kill -9."""
        assert self.bot is not None
        with suppress(ProcessLookupError):
            self.bot.kill()
        await self.bot.wait()

    async def stop(self) -> None:
        """End it in order."""
        assert self.bot is not None
        self.bot.terminate()
        await self.bot.wait()

    def _kill_trainer(self) -> None:
        pid = training_lock(self.folder / "data" / "training").holder()
        if pid:
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)

    def _check_store(self) -> None:
        """What is served next is whole, as is everything that could be."""
        store = ModelStore(self.folder / "data" / "models")
        for model in store.versions():
            try:
                check_whole(model.folder)
            except ModelError as error:
                raise AssertionError(f"{model.card.version} is not whole: {error}") from error
        assert any(model.is_served for model in store.versions())

    @staticmethod
    def _tells(message: Message) -> bool:
        return message.from_bot and any(words in message.text for words in OUTCOMES)


async def main(times: int, seed: int) -> None:
    """Strike so often, and print what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        async with BotApiServer() as server:
            mayhem = Mayhem(server, Path(folder), seed)
            await mayhem.start()
            for n in range(times):
                await mayhem.strike()
                print(n + 1, mayhem.log[-1], flush=True)
            await mayhem.stop()


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*(given + [50, 1][len(given) :])))
