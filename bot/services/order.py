"""Which updates wait for which: only what happens to one group is handled in its order."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.logs import about

Handling = Callable[[object], AbstractAsyncContextManager[None]]


class InOrder(BaseUpdateProcessor):
    """Runs updates side by side, except those by which the bot comes into a group, leaves or moves.

    `handling` surrounds the handling of each.

    Handled the other way round, a removal and the return after it would leave a group that the bot
    is in noted as left, and forgotten after a month.
    """

    def __init__(
        self, max_concurrent_updates: int, handling: Handling = lambda _update: nullcontext()
    ) -> None:
        super().__init__(max_concurrent_updates)
        self._handling = handling
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Run `coroutine`, which handles `update`, after earlier ones that it must not overtake."""
        with about(update.update_id) if isinstance(update, Update) else nullcontext():
            async with self._handling(update), self._turn(group_that_changes(update)):
                await coroutine

    def _turn(self, chat_id: int | None) -> AbstractAsyncContextManager[None]:
        if chat_id is None:
            return nullcontext()
        return self._locks.setdefault(chat_id, asyncio.Lock())  # first come, first served

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


def group_that_changes(update: object) -> int | None:
    """Return the group whose membership or id an update changes: of a migration, the new one."""
    if not isinstance(update, Update):
        return None
    if update.my_chat_member:
        return update.my_chat_member.chat.id
    message = update.message
    if message and message.migrate_to_chat_id:
        return message.migrate_to_chat_id
    if message and message.migrate_from_chat_id:
        return message.chat_id
    return None
