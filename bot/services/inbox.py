"""The inbox: between Telegram and the handlers, in the database, so that no update is ever lost.

Whatever fetches updates puts them in, and acknowledges them to Telegram when that returns: by then
they are written down. They are handed out fairly, and are done when they have been handled; after a
crash, what was not done is handed out again. What fails is tried again, and what keeps failing, or
kills the bot, is set aside.

To python-telegram-bot it is the application's queue of updates.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from typing import Any

from telegram import Bot, Update

from bot.services.backlog import Backlog, in_groups
from bot.services.clock import Clock, RealClock
from bot.services.holdings import Held, Holdings, Instead
from bot.services.lanes import Lanes
from bot.services.ledger import Ledger
from bot.services.outage import Outage
from bot.services.server_time import ServerTime
from bot.services.updates import lane_of, sent_at
from bot.storage import InboxRepository, Kept, Lane
from bot.storage.inbox import State

log = logging.getLogger(__name__)

TRIES = 3  # then an update is set aside
PAUSES = (1.0, 5.0, 15.0, 60.0)  # seconds before the next try
ERROR_LENGTH = 500  # characters of it that are kept
LATE = timedelta(hours=1)
SUSPICIOUS = 2  # deaths of the bot, after which an update is handled alone
DEATHS = 5  # of the bot while it was, after which it is set aside; fewer may be chance
ALONE_FOR = 30.0  # seconds in which it has proved not to be deadly
GRACE = 7.0  # seconds to finish in when the bot stops, of the ten that Docker gives it
WRITES = 1.0  # and then for the last writing
LONGEST_LANE = 5_000  # updates of one person in one chat that may wait

DEADLY = "The bot died each time while it was being handled."


class Inbox:
    """What PTB needs of an `asyncio.Queue`, and more; `running` makes it work."""

    def __init__(
        self,
        repository: InboxRepository,
        clock: Clock | None = None,
        server_time: ServerTime | None = None,
        longest_lane: int = LONGEST_LANE,
    ) -> None:
        self.repository = repository
        self.server_time = server_time or ServerTime()
        self.retried = 0  # tries after one that failed
        self.poisonous = 0  # updates that were ever set aside and are still kept
        self.told_late: dict[int, datetime] = {}  # which chats, and when
        self._clock = clock or RealClock()
        self._ledger = Ledger(repository, self._clock, Outage("The database", clock=clock))
        self._bot: Bot | None = None
        self._away_until: datetime | None = None  # what is much older than this is late
        self._lanes: Lanes[Held] = Lanes(self._clock)
        self._held = Holdings(self._lanes)
        self._handed: dict[int, asyncio.Task[object] | None] = {}  # out, and who handles it
        self._received: set[int] = set()  # what PTB will put, and is written down already
        self._backlog = Backlog(repository, self._ledger, self._lanes, longest_lane)
        self._closed_at: float | None = None
        self._less = asyncio.Event()  # handed out
        self._chores: set[asyncio.Task[None]] = set()
        self._pauses: set[asyncio.Task[None]] = set()  # those of them that only wait

    @property
    def waiting(self) -> int:
        """How many updates are not done."""
        return len(self._held) + self._backlog.total

    # Coming in

    async def put(self, item: object) -> None:
        """Write an update down; one that is known already is not handled again.

        Waits, for as long as it takes, while the database cannot be written. What is no update,
        PTB's signal to stop, is passed through.
        """
        if not isinstance(item, Update):
            self._held.signal(item)
        elif item.update_id in self._received:
            self._received.discard(item.update_id)
        else:
            await self._write_down([item])

    async def receive(self, updates: Sequence[Update]) -> None:
        """Do what `put` does for all of them at once: PTB puts one after the other, afterwards."""
        await self._write_down(updates)
        self._received = {update.update_id for update in updates}

    async def _write_down(self, updates: Sequence[Update]) -> None:
        # In chores of their own, which go on if PTB does not wait any longer.
        await asyncio.shield(asyncio.gather(*[self._spawn(self._receive(u)) for u in updates]))

    async def _receive(self, update: Update) -> None:
        lane, now = lane_of(update), self.server_time.now()
        sent = sent_at(update) or now
        if now - sent > LATE:
            self._away_until = now
        kept = Kept(update.update_id, *lane, sent, update.to_json())
        if self._backlog.is_full(lane):
            await self._refuse(kept, update)
        elif self._takes_at_once(lane):
            await self._take_at_once(kept, update)
        elif await self._ledger.add(kept):
            self._backlog.add({lane: 1})

    def _takes_at_once(self, lane: Lane) -> bool:
        if self._bot is None or self._closed_at is not None or self._held.only_first:
            return False
        return not self._backlog.holds(lane) and self._lanes.room(lane) > 0

    async def _take_at_once(
        self, kept: Kept, update: Update, instead: Instead | None = None
    ) -> None:
        self._lanes.hold(kept.lane)
        kept = replace(kept, state=State.TAKEN)
        if self._held.get(kept.update_id) is None and await self._ledger.add(kept):
            self._held.line_up(self._hold(kept, update, instead))
        else:
            self._let_go(kept.lane)

    async def _refuse(self, kept: Kept, update: Update) -> None:
        """Take no more of a lane, and say so at the first one."""
        if self._backlog.is_first_refusal(kept.lane):
            log.warning("Too much waits in chat %d: updates are dropped.", kept.chat_id)
            await self._take_at_once(kept, update, Instead.TOO_MANY)

    def _hold(self, kept: Kept, update: Update, instead: Instead | None = None) -> Held:
        if self._away_until is not None and self._away_until - kept.sent_at > LATE:
            instead = instead or Instead.LATE
        held = Held(kept, update, instead)
        self._held.hold(held)
        return held

    def _let_go(self, lane: Lane) -> None:
        self._lanes.hold(lane, -1)
        self._backlog.look()

    # Going out

    async def get(self) -> object:
        """Return the update whose turn it is, or PTB's signal to stop."""
        turn = await self._held.next()
        if isinstance(turn, Held):
            self._handed[turn.kept.update_id] = None
            return turn.update
        return turn

    @asynccontextmanager
    async def handling(self, item: object) -> AsyncIterator[None]:
        """Let an update that was handed out be handled in the block; after it, the update is done.

        Unless `failed` was told otherwise, or the block is cancelled.
        """
        held = self._held.get(item.update_id) if isinstance(item, Update) else None
        if held is None:  # it did not come from here
            yield
            return
        update_id = held.kept.update_id
        self._handed[update_id] = asyncio.current_task()
        try:
            yield
            if held.pause is not None:
                pause = self._spawn(self._hand_out_again(held, held.pause))
                self._pauses.add(pause)
                pause.add_done_callback(self._pauses.discard)
            else:
                await self.answered([update_id])
                self._held.drop(held)
                self._let_go(held.kept.lane)
        finally:
            del self._handed[update_id]
            self._less.set()

    async def answered(self, update_ids: Iterable[int]) -> None:
        """Write down, all at once, that these updates are done: their answer is out."""
        held = [self._held.get(number) for number in set(update_ids)]
        still_open = [each for each in held if each is not None and not each.is_closed]
        for each in still_open:
            each.is_closed = True
        if still_open:
            await self._ledger.close([each.kept.update_id for each in still_open])

    def instead(self, update: Update) -> Instead | None:
        """Return what an update gets instead of being handled, None if it is to be handled."""
        held = self._held.get(update.update_id)
        return held.instead if held else None

    # Failures

    async def failed(self, update_id: int, error: BaseException, *, counts: bool = True) -> bool:
        """Note that an update could not be handled; return whether it will be tried again.

        With `counts` that was its own fault: the third time, it is set aside.
        """
        held = self._held.get(update_id)
        if held is None or held.is_closed:
            return False
        if self._closed_at is not None:
            held.pause = inf  # the next bot will
            return True
        if counts:
            tries, text = held.kept.tries + 1, f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
            held.kept = replace(held.kept, tries=tries, error=text)
            if tries >= TRIES:
                await self._set_aside([held], text)
                return False
            await self._change([held], tries=tries, error=text)
        else:
            held.setbacks += 1
        held.pause = PAUSES[min(held.kept.tries + held.setbacks, len(PAUSES)) - 1]
        self.retried += 1
        log.info("Update %d: next try in %.0f s", update_id, held.pause)
        return True

    async def _set_aside(self, held: Sequence[Held], error: str) -> None:
        for each in held:
            each.is_closed = True
            self.poisonous += 1
            log.error("Update %d is set aside: %s", each.kept.update_id, error)
        await self._change(held, state=State.POISON, tries=TRIES, error=error)

    async def forget_older(self, before: datetime, *, poison_before: datetime) -> None:
        """Delete what was done, and what was given up, of before then."""
        await self.repository.forget_older(before, poison_before=poison_before)
        self.poisonous = len(await self.repository.poisonous())

    async def _hand_out_again(self, held: Held, seconds: float) -> None:
        await self._clock.sleep(seconds)
        held.pause = None
        self._held.put_first([held])

    async def _change(self, held: Sequence[Held], **values: object) -> None:
        update_ids = [each.kept.update_id for each in held]
        await self._ledger.insist(lambda: self.repository.change(update_ids, **values))

    # The life of the bot

    @asynccontextmanager
    async def running(self, bot: Bot) -> AsyncIterator[None]:
        """Hand out updates in the block, at first those that an earlier bot has left behind.

        Its server should have been heard of by then, for the time.
        """
        self._bot, self._away_until = bot, self.server_time.now()
        insist, repository = self._ledger.insist, self.repository
        await insist(lambda: repository.release(died=True))
        self.poisonous = len(await insist(repository.poisonous))
        self._backlog.add(await insist(repository.lanes))
        suspects = await insist(lambda: repository.suspects(SUSPICIOUS))
        if self._backlog.total:
            log.info("%d updates wait since before the start.", self._backlog.total)
        self._held.only_first = bool(suspects)
        self._spawn(self._catch_up(suspects))
        try:
            yield
        finally:
            self.close()
            if writing := self._chores - self._pauses:
                await asyncio.wait(writing, timeout=WRITES)
            for chore in self._chores:
                chore.cancel()
            await self._ledger.stop(WRITES)
            with suppress(Exception):  # else they count as a death, which is no loss
                async with asyncio.timeout(WRITES):
                    await repository.release(died=False)

    def close(self) -> None:
        """Hand out no more: the bot stops."""
        if self._closed_at is None:
            self._closed_at = self._clock.now()
            self._held.close()
            self._backlog.close()

    def task_done(self) -> None:
        """Nothing: `handling` knows better."""

    def empty(self) -> bool:
        """Whether nothing would be thrown away: PTB, when it stops, empties the queue."""
        return True

    async def join(self) -> None:
        """Wait until what was handed out is handled, or too much time has passed since `close`.

        What is not finished by then is broken off; the next bot will take it up.
        """
        began = self._clock.now() if self._closed_at is None else self._closed_at
        try:
            async with asyncio.timeout(began + GRACE - self._clock.now()):
                await self._handled()
        except TimeoutError:
            log.warning("%d updates are left for the next start.", len(self._handed))
            for task in self._handed.values():
                if task is not None:
                    task.cancel()

    async def _handled(self) -> None:
        while self._handed:
            self._less.clear()
            await self._less.wait()

    # What waits in the database

    async def _catch_up(self, suspects: Sequence[Kept]) -> None:
        """Hand out what is there, suspects first."""
        for group in in_groups(suspects):
            if self._closed_at is None:
                await self._hand_out_alone(group)
        self._held.only_first = False
        await self._backlog.fetch(self._take_up)

    async def _hand_out_alone(self, group: Sequence[Kept]) -> None:
        """Let nothing but these be handled, for as long as they may be what kills the bot."""
        log.warning("What the bot may have died of: updates %s.", [k.update_id for k in group])
        is_deadly = group[0].tries >= DEATHS
        held: list[Held] = []
        for kept in group:
            self._lanes.hold(kept.lane)
            self._backlog.add({kept.lane: -1})
            held += await self._revived(kept, Instead.DEADLY if is_deadly else None)
        if is_deadly:
            await self._set_aside(held, DEADLY)
        else:
            await self._change(held, state=State.ALONE)
        self._held.put_first(held)
        with suppress(TimeoutError):
            async with asyncio.timeout(ALONE_FOR):
                while any(self._is_under_way(each) for each in held):
                    self._less.clear()
                    await self._less.wait()
        await self._change([each for each in held if not each.is_closed], state=State.TAKEN)

    def _is_under_way(self, held: Held) -> bool:
        return self._held.get(held.kept.update_id) is held and held.pause is None

    async def _take_up(self, kept: Kept) -> None:
        for held in await self._revived(kept):
            self._held.line_up(held)

    async def _revived(self, kept: Kept, instead: Instead | None = None) -> Sequence[Held]:
        """Hold what was counted as held; nothing, if another version has written it strangely."""
        try:
            update = Update.de_json(json.loads(kept.body), self._bot)
        except Exception as error:
            log.exception("Update %d cannot be understood any more.", kept.update_id)
            values = {"state": State.POISON, "error": repr(error)[:ERROR_LENGTH]}
            await self._ledger.insist(lambda: self.repository.change([kept.update_id], **values))
            self.poisonous += 1
            self._let_go(kept.lane)
            return []
        return [self._hold(kept, update, instead)]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        chore = asyncio.create_task(work)
        self._chores.add(chore)
        chore.add_done_callback(self._put_away)
        return chore

    def _put_away(self, chore: asyncio.Task[None]) -> None:
        self._chores.discard(chore)
        if not chore.cancelled() and (error := chore.exception()):
            log.critical("The inbox does not work as it should.", exc_info=error)
