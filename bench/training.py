"""What a training costs those who send photos meanwhile: p99 of an answer, beside idle."""

import asyncio
import time
from contextlib import AsyncExitStack
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.comparison import Comparison, Goal, Row, Skipped
from bench.photos import DRAW, photo
from bench.processes import python
from bot.api_server import BotApiServer, ChatWindow

PHOTOS = 200
PATIENCE = 120.0  # seconds for an answer
WHAT = "an answer (p99) while /train quick runs"


async def while_training(model: Path | None, mnist: Path | None) -> Row:
    """Compare with the same bot before it trains; `mnist` is Keras' mnist.npz."""
    if find_spec("tensorflow") is None or mnist is None:
        return Skipped(WHAT, "it needs TensorFlow, and Keras' mnist.npz in MNIST_PATH")
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(BotApiServer())
        account = server.add_bot("TrainingBot")
        admin = server.private_chat(server.add_person("Ada", language_code="en"))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        settings = {
            "TELEGRAM_BOT_TOKEN": account.token,
            "TELEGRAM_API_URL": server.url,
            "ADMIN_IDS": f"{admin.person.id}",
            "MNIST_PATH": f"{mnist}",
        }
        if model is not None:
            settings["MODEL_PATH"] = str(model)
        arguments = ("-m", "bot", "run")
        await stack.enter_async_context(
            python(*arguments, ready="is ready", folder=folder, environment=settings)
        )
        await _seconds_per_answer(server, PHOTOS // 10)  # warms up
        idle = await _seconds_per_answer(server, PHOTOS)
        progress = await admin.wait_for_reply(to=await admin.send_text("/train quick"))
        training = await admin.wait_for(lambda m: "Epoch" in m.text, timeout=PATIENCE)
        busy = await _seconds_per_answer(server, PHOTOS)
        await admin.press(progress, training.buttons[0])  # the one that cancels
    return Comparison(
        WHAT, 1000 * _p99(busy), "idle", 1000 * _p99(idle), "ms", Goal(Fraction(2)),
        f"Medians: {1000 * _median(busy):.1f} ms while training, {1000 * _median(idle):.1f} idle.",
    )  # fmt: skip


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
