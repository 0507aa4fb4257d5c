"""Photos sent while the bot is killed again and again: none is lost, few are answered twice."""

import asyncio
from dataclasses import dataclass

from bench.chaos.harness import Result, Stage, stage
from bot.api_server import ChatWindow

LIFE = 3.0  # seconds that the bot has at most from when it is ready to the next kill
STARTING = 0.2  # the share of kills before which it may not even get ready
PAUSE = 0.2  # seconds between two photos, on average
ALBUM = 0.05  # the share of sends in private that are albums
LARGEST = 5  # photos in one


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it."""

    photos: int = 500
    kills: int = 25
    people: int = 40
    groups: int = 4
    digits: int = 3
    twice: float = 0.01  # the share of photos that may be answered twice


# Of so few photos an album that a kill hits between sending and writing that down is a large part.
SMALL = Scale(photos=40, kills=3, people=6, groups=1, digits=2, twice=0.25)


async def kill(seed: int, scale: Scale = Scale()) -> Result:
    """Send photos, and kill the bot at random moments meanwhile."""
    async with stage(seed, scale.digits) as on:
        await on.bot.start()
        chats = [*on.people(scale.people), *await on.groups(scale.groups)]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_send(on, chats, scale.photos))
            for _ in range(scale.kills):
                if on.random.random() > STARTING:
                    await on.bot.ready()
                await asyncio.sleep(on.random.uniform(0, LIFE))
                await on.bot.kill()
                await on.bot.spawn()
        await on.bot.ready()
        await on.ledger.settle()
        photos, twice = list(on.ledger.photos()), list(on.ledger.twice())
        return Result(
            f"{scale.photos} photos, {scale.kills} times kill -9:"
            f" each answered, at most {scale.twice:.0%} twice",
            str(on.ledger),
            not any(on.ledger.unanswered()) and len(twice) <= scale.twice * len(photos),
            on.bot.complaints(),
        )


async def _send(on: Stage, chats: list[ChatWindow], photos: int) -> None:
    """Send so many at random moments, whether the bot is alive or not."""
    while photos:
        await asyncio.sleep(on.random.uniform(0, 2 * PAUSE))
        chat, size = on.random.choice(chats), 1
        # Of an album in a group the bot is told of no more than the photo with the caption.
        if on.random.random() < ALBUM and photos > 1 and not chat.chat.is_group:
            size = on.random.randint(2, min(LARGEST, photos))
            await on.send_album(chat, size)
        else:
            await on.send(chat)
        photos -= size
