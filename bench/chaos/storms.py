"""What Telegram and the network do on a bad day, in turn: nothing is lost, order is kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.chaos.harness import Result, Stage, stage
from bench.chaos.ledger import Sent
from bot.api_server import ChatWindow, Fault

GUST = 0.5  # seconds from one to the next
ANY = "*"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it."""

    photos: int = 100  # in each storm
    seconds: float = 20.0  # that one lasts
    silence: float = 30.0  # that the server says nothing at all
    people: int = 20
    groups: int = 3
    digits: int = 3


SMALL = Scale(photos=12, seconds=3.0, silence=7.0, people=4, groups=1, digits=2)

Gust = Callable[[Stage, float], None]  # told how many seconds of the storm are left


def _too_many_requests(on: Stage, _: float) -> None:
    fault = Fault.too_many_requests(on.random.randint(1, 3))
    on.server.faults.add("sendMessage", fault, times=on.random.randint(0, 3))


def _server_errors(on: Stage, _: float) -> None:
    fault = Fault.server_error(on.random.choice([500, 502, 503]))
    on.server.faults.add(ANY, fault, times=on.random.randint(0, 8))


def _torn_connections(on: Stage, _: float) -> None:
    on.server.faults.add(ANY, Fault.torn_connection(), times=on.random.randint(0, 8))


def _lost_answers(on: Stage, _: float) -> None:
    """The server sends the message, and the bot never hears of it."""
    fault = Fault.torn_connection(acts=True)
    on.server.faults.add("sendMessage", fault, times=on.random.randint(0, 1))


def _silence(on: Stage, left: float) -> None:
    on.server.faults.clear()
    on.server.faults.add(ANY, Fault.silent(left), times=10_000)


STORMS: dict[str, Gust] = {
    "429": _too_many_requests,
    "5xx": _server_errors,
    "torn": _torn_connections,
    "lost": _lost_answers,
    "silence": _silence,
}


async def storms(seed: int, scale: Scale = Scale()) -> Result:
    """Send photos in each storm, and wait in the calm after it for all answers."""
    async with stage(seed, scale.digits) as on:
        await on.bot.start()
        chats = [*on.people(scale.people), *await on.groups(scale.groups)]
        waits, unasked = list[str](), 0
        for name, gust in STORMS.items():
            before = {id(photo) for photo in on.ledger.photos()}
            seconds = scale.silence if name == "silence" else scale.seconds
            async with _storm(on, gust, seconds):
                await _send(on, chats, scale.photos, seconds)
            await on.ledger.settle()
            sent = [photo for photo in on.ledger.photos() if id(photo) not in before]
            waits.append(f"{name} {_longest(sent):.0f} s")
            unasked += name != "lost" and sum(len(photo.answers) > 1 for photo in sent)
        return Result(
            "429, 5xx, torn connections, answers that the server lost,"
            f" {scale.silence:.0f} s of silence: nothing lost, order kept in each chat,"
            " twice only what the server took and did not acknowledge",
            f"{on.ledger}; {unasked} of those without need; longest waits: {', '.join(waits)}",
            not any(on.ledger.unanswered()) and not on.ledger.overtaken and not unasked,
            on.bot.complaints(),
        )


@asynccontextmanager
async def _storm(on: Stage, gust: Gust, seconds: float) -> AsyncIterator[None]:
    async def blow() -> None:
        end = asyncio.get_running_loop().time() + seconds
        while (left := end - asyncio.get_running_loop().time()) > 0:
            gust(on, left)
            await asyncio.sleep(min(GUST, left))
        on.server.faults.clear()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(blow())
        yield


async def _send(on: Stage, chats: list[ChatWindow], photos: int, seconds: float) -> None:
    for _ in range(photos):
        await on.send(on.random.choice(chats))
        await asyncio.sleep(on.random.uniform(0, 2 * seconds / photos))


def _longest(sent: list[Sent]) -> float:
    return max(photo.seconds for photo in sent)
