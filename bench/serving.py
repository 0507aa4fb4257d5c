"""What the whole bot takes: `digitbot run` in a process of its own, on a local Bot API server."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.comparison import Comparison, Goal, Row, Skipped
from bench.photos import DRAW, photo
from bench.processes import Ready, python
from bot.api_server import BotAccount, BotApiServer, ChatWindow, Exchange

PHOTOS = 300
ROUNDS = 3
TELEGRAM_SENDS = 30  # messages a second, https://core.telegram.org/bots/faq#broadcasting-to-users
PATIENCE = 120.0  # seconds for all answers of a round


async def start_up(model: Path | None) -> Sequence[Row]:
    """Compare start-up to ready, and memory then, with importing TensorFlow and no more."""
    names = ("restart the bot until it is ready", "its memory then, a reader included")
    if find_spec("tensorflow") is None:
        return [Skipped(name, "TensorFlow is not installed") for name in names]
    ours, theirs = [], []
    async with BotApiServer() as server:
        account = server.add_bot("StartingBot")
        with TemporaryDirectory() as folder:
            for _ in range(1 + ROUNDS):  # the first, which makes the database, does not count
                async with _bot(server, account, Path(folder), model, workers=1) as bot:
                    ours.append((bot.seconds, bot.memory()))
                async with _tensorflow() as rival:
                    theirs.append((rival.seconds, rival.memory()))
    (seconds, memory), (their_seconds, their_memory) = _medians(ours[1:]), _medians(theirs[1:])
    rival_name, goal = "import tensorflow", Goal(Fraction(1, 4))
    return [
        Comparison(names[0], seconds, rival_name, their_seconds, "s", goal),
        Comparison(names[1], memory, rival_name, their_memory, "MB", goal),
    ]


async def throughput(model: Path | None) -> Row:
    """Compare the photos answered in a second with what Telegram lets one bot send."""
    counter = _Replies()
    photos = [photo(digit) for digit in DRAW]
    rates = []
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(BotApiServer(on_exchange=counter.count))
        account = server.add_bot("BusyBot")
        folder = Path(stack.enter_context(TemporaryDirectory()))
        bot = await stack.enter_async_context(_bot(server, account, folder, model))
        chats: list[ChatWindow] = []
        for amount in (PHOTOS // 5, *[PHOTOS] * ROUNDS):  # the first round warms up
            # Each from somebody else: nobody is answered more than once a second.
            people = [server.add_person(f"Person {n}") for n in range(amount)]
            chats = [server.private_chat(person) for person in people]
            before = bot.processor_seconds()
            start = time.perf_counter()
            for n in range(amount):
                await chats[n].send_photo(photos[n % len(photos)])
            await counter.wait_for(amount, PATIENCE)
            rates.append(amount / (time.perf_counter() - start))
            used = [b - a for a, b in zip(before, bot.processor_seconds(), strict=True)]
        _check_answers(chats)
    own, readers = (1000 * seconds / amount for seconds in used)
    return Comparison(
        "photos through the whole bot",
        statistics.median(rates[1:]),
        "the most Telegram lets a bot send",
        TELEGRAM_SENDS,
        "/s",
        Goal(Fraction(2), at_least=True),
        f"Each photo took {own:.1f} ms of processor time in the bot's main process and"
        f" {readers:.1f} ms in its readers.",
    )


@asynccontextmanager
async def _bot(
    server: BotApiServer,
    account: BotAccount,
    folder: Path,  # to work in, so that neither .env nor data/ of the user is touched
    model: Path | None,
    workers: int | None = None,
) -> AsyncIterator[Ready]:
    settings = {"TELEGRAM_BOT_TOKEN": account.token, "TELEGRAM_API_URL": server.url}
    if workers is not None:
        settings["READER_WORKERS"] = str(workers)
    if model is not None:
        settings["MODEL_PATH"] = str(model)
    arguments = ("-OO", "-m", "bot", "run")  # as `make run` does
    async with python(*arguments, ready="is ready", folder=folder, settings=settings) as bot:
        yield bot


@asynccontextmanager
async def _tensorflow() -> AsyncIterator[Ready]:
    script = "import tensorflow; print('is ready', flush=True); input()"
    async with python("-c", script, ready="is ready") as process:
        yield process


class _Replies:
    """Counts the messages that the bot sends, as the server sees them."""

    def __init__(self) -> None:
        self._seen = asyncio.Semaphore(0)

    def count(self, exchange: Exchange) -> None:
        """Note one exchange."""
        if exchange.method == "sendMessage" and exchange.error is None:
            self._seen.release()

    async def wait_for(self, amount: int, patience: float) -> None:
        """Wait for so many; raises TimeoutError."""
        async with asyncio.timeout(patience):
            for _ in range(amount):
                await self._seen.acquire()


def _check_answers(chats: Sequence[ChatWindow]) -> None:
    """End if an answer is no reading: quick refusals would make a fine figure."""
    for chat in chats:
        for reply in chat.replies:
            if not any(f"{digit}" in reply.text.partition("\n")[0] for digit in DRAW):
                raise SystemExit(f"A photo of a digit was answered with: {reply.text}")


def _medians(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    first, second = zip(*pairs, strict=True)
    return statistics.median(first), statistics.median(second)
