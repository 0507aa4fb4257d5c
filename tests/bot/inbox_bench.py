"""An inbox on a test bench: in the hands of something that handles updates as PTB does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from telegram import Bot, Update

from bot.services.holdings import Instead
from bot.services.inbox import LONGEST_LANE, Inbox
from bot.services.server_time import ServerTime
from bot.storage import Database, InboxRepository
from bot.storage.inbox import State
from tests.bot.builders import ANNA, PRIVATE, TOKEN, make_message
from tests.bot.clocks import HandClock

NOBODY = Bot(TOKEN)
DATE = "Thu, 28 May 2026 20:26:40 GMT"  # NOW
ANNA_ID: int = PRIVATE["id"]
PATIENCE = 30.0


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.01)


def text(number: int, chat: dict[str, Any] = PRIVATE, **content: Any) -> Update:
    body = {**make_message(chat, text=f"text {number}"), **content}
    update = Update.de_json({"update_id": number, "message": body}, None)
    assert update is not None
    return update


def from_person(number: int, person_id: int, chat: dict[str, Any] | None = None) -> Update:
    sender = {**ANNA, "id": person_id}
    return text(number, chat or {**PRIVATE, "id": person_id}, **{"from": sender})


def told_the_time() -> ServerTime:
    server_time = ServerTime()
    server_time.hear(DATE)
    return server_time


Work = Callable[[Update], Awaitable[None]]


class Bench:
    """An inbox in the hands of something that handles updates as PTB does."""

    def __init__(
        self,
        repository: InboxRepository,
        clock: HandClock | None = None,
        longest_lane: int = LONGEST_LANE,
    ) -> None:
        self.inbox = Inbox(repository, clock, told_the_time(), longest_lane)
        self.handled: list[int] = []
        self.instead: list[Instead] = []
        self.under_way: set[int] = set()
        self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.finished = 0
        self.work: Work = self.note
        self._tasks: set[asyncio.Task[None]] = set()

    async def note(self, update: Update) -> None:
        instead = self.inbox.instead(update)
        if instead is not None:
            self.instead.append(instead)
            return
        await self.gate.wait()
        self.handled.append(update.update_id)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Bench"]:
        """Handle what comes; the end is that of a bot which stops in order."""
        async with self.inbox.running(NOBODY):
            fetching = asyncio.create_task(self._fetch())
            try:
                yield self
            finally:
                self.inbox.close()
                await self.inbox.join()
                fetching.cancel()
                with suppress(asyncio.CancelledError):
                    await fetching

    async def _fetch(self) -> None:
        while True:
            update = await self.inbox.get()
            assert isinstance(update, Update)
            task = asyncio.create_task(self._handle(update))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _handle(self, update: Update) -> None:
        async with self.inbox.handling(update):
            self.under_way.add(update.update_id)
            self.most = max(self.most, len(self.under_way))
            try:
                await self.work(update)
            finally:
                self.under_way.discard(update.update_id)
        self.finished += 1

    async def until_handled(self, *numbers: int) -> None:
        await until(lambda: set(numbers) <= set(self.handled))


async def kept_as(database: Database, state: State) -> list[int]:
    kept = [*await database.inbox.of(ANNA_ID), *await database.inbox.poisonous()]
    return sorted({each.update_id for each in kept if each.state is state})
