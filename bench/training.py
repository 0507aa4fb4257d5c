"""What a training costs those who send photos meanwhile: p99 of an answer, and the loop's pace."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.comparison import Comparison, Goal, Row, Skipped
from bench.photos import DRAW, photo
from bench.processes import python
from bench.watched_bot import longest
from bot.api_server import BotApiServer, ChatWindow

PHOTOS = 200
PATIENCE = 120.0  # seconds for an answer
HELD = "held.json"  # where the bot notes how long its loop was held
ANSWER = "an answer (p99) while /train quick runs"
LOOP = "the longest that its loop was held then"
LONGEST = 50  # ms, that the loop may be held


async def while_training(model: Path | None, mnist: Path | None) -> Sequence[Row]:
    """Compare with the same bot before it trains; `mnist` is Keras' mnist.npz."""
    if find_spec("tensorflow") is None or mnist is None:
        why = "it needs TensorFlow, and Keras' mnist.npz in MNIST_PATH"
        return [Skipped(ANSWER, why), Skipped(LOOP, why)]
    with TemporaryDirectory() as folder:
        answers, start, end = await _answers(model, mnist, Path(folder))
        held = 1000 * longest(Path(folder) / HELD, start, end)
    return [
        answers,
        Comparison(LOOP, held, "the most it may be", LONGEST, "ms", Goal(Fraction(1))),
    ]


async def _answers(
    model: Path | None, mnist: Path, folder: Path
) -> tuple[Comparison, float, float]:
    """Also return when the training began and ended, by `time.monotonic`."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(BotApiServer())
        account = server.add_bot("TrainingBot")
        admin = server.private_chat(server.add_person("Ada", language_code="en"))
        settings = {
            "TELEGRAM_BOT_TOKEN": account.token,
            "TELEGRAM_API_URL": server.url,
            "ADMIN_IDS": f"{admin.person.id}",
            "MNIST_PATH": f"{mnist}",
        }
        if model is not None:
            settings["MODEL_PATH"] = str(model)
        arguments = ("-m", "bench.watched_bot", f"{folder / HELD}")
        await stack.enter_async_context(
            python(*arguments, ready="is ready", folder=folder, settings=settings)
        )
        await _seconds_per_answer(server, PHOTOS // 10)  # warms up
        idle = await _seconds_per_answer(server, PHOTOS)
        start = time.monotonic()
        progress = await admin.wait_for_reply(to=await admin.send_text("/train quick"))
        training = await admin.wait_for(lambda m: "Epoch" in m.text, timeout=PATIENCE)
        busy = await _seconds_per_answer(server, PHOTOS)
        await admin.press(progress, training.buttons[0])  # the one that cancels
        end = time.monotonic()
    answers = Comparison(
        ANSWER, 1000 * _p99(busy), "idle", 1000 * _p99(idle), "ms", Goal(Fraction(2)),
        f"Medians: {1000 * _median(busy):.1f} ms while training, {1000 * _median(idle):.1f} idle.",
    )  # fmt: skip
    return answers, start, end


async def _seconds_per_answer(server: BotApiServer, amount: int) -> list[float]:
    """Let one new person after the other send a photo; nobody is answered twice a second."""
    seconds = []
    pictures = [photo(digit) for digit in DRAW]
    for n in range(amount):
        chat: ChatWindow = server.private_chat(server.add_person(f"Person {n}"))
        start = time.perf_counter()
        sent = await chat.send_photo(pictures[n % len(pictures)])
        await chat.wait_for_reply(to=sent, timeout=PATIENCE)
        seconds.append(time.perf_counter() - start)
        await asyncio.sleep(0.02)
    return seconds


def _p99(values: list[float]) -> float:
    return sorted(values)[int(0.99 * len(values))]


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
