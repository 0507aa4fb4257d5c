"""Whose turn it is: one answer at a time in a chat, in order, and no faster than Telegram bears.

Who has a question waits for a turn. An album is whole before it has one: its items come one by one,
in any order, without a count. What came meanwhile in the same topic shares a turn, so that a flood
of photos gets few answers, and none is lost. One of those who share it is given all the requests to
answer; the others wait until that is done, and find nothing left to do.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from telegram.constants import MediaGroupLimit

from bot.services.addressing import Cause, Request
from bot.services.clock import Clock, RealClock

# Telegram's own limits: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits
GAP = 1.0  # seconds between two answers in a chat
# A group bears 20 a minute. After ten they become rarer, rather than stop for the rest of the
# minute: no minute has more than ten at the first pace and ten at the second.
BURST = 10
LATER_GAP = 6.0
MINUTE = 60.0

TOGETHER = int(MediaGroupLimit.MAX_MEDIA_LENGTH)  # requests that share a turn, items of an album
DEBOUNCE = 1.0  # seconds of silence after which an album is taken to be whole
ALBUMS = 300  # of the latest, whose items are remembered for those that come late
CHATS = 10_000
HANDS = 32  # pictures held at a time, which bounds the memory that downloads take


@dataclass(slots=True)
class Batch:
    """What a turn is for: no requests, if they are answered in another one, or by silence."""

    requests: tuple[Request, ...] = ()  # in the order in which they were sent
    album: str | None = None  # they are all of its items that are known
    messages: int = 1  # that the answer takes, for whoever answers to say; Telegram counts them


class AnswerFailed(Exception):
    """The answer that was to be for this request too has failed; its leader reports why."""


@dataclass(slots=True)
class _Pot:
    """Requests that will share a turn; the caller of the first one leads."""

    key: object
    requests: list[Request]
    latest: float  # when the last of them came
    done: asyncio.Event = field(default_factory=asyncio.Event)
    error: BaseException | None = None  # that ended their turn

    def takes(self, request: Request, key: object) -> bool:
        return self.key == key and (request.album is not None or len(self.requests) < TOGETHER)


@dataclass(slots=True)
class _Chat:
    """One chat's turns."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # whoever comes first has it first
    pots: list[_Pot] = field(default_factory=list)  # that wait for theirs
    answers: deque[float] = field(default_factory=deque)  # when each message, in the last minute
    next: float = 0.0  # no answer before


class Desk:
    """Gives turns; remembers the latest so many chats, and albums."""

    def __init__(
        self, clock: Clock | None = None, *, chats: int = CHATS, albums: int = ALBUMS
    ) -> None:
        self._clock = clock or RealClock()
        self._most_chats, self._most_albums = chats, albums
        self._chats: OrderedDict[int, _Chat] = OrderedDict()
        self._albums: OrderedDict[tuple[int, str], dict[int, Request]] = OrderedDict()
        self._closing = asyncio.Event()
        self.hands = asyncio.Semaphore(HANDS)

    def close(self) -> None:
        """Let nobody wait for time to pass any more: the bot stops, and answers what it has."""
        self._closing.set()

    @asynccontextmanager
    async def turn(self, request: Request) -> AsyncIterator[Batch]:
        """Wait until it is time to answer `request`; the turn lasts as long as the block runs.

        If that fails, it has failed for all who share the turn: the others get `AnswerFailed`.
        """
        chat = self._chat(request.message.chat_id)
        key = request.album or (request.thread_id, request.picture is None)
        self._remember(request)
        for pot in chat.pots:
            if pot.takes(request, key):
                pot.requests.append(request)
                pot.latest = self._clock.now()
                await pot.done.wait()
                if pot.error is not None:
                    raise AnswerFailed from pot.error
                yield Batch()
                return
        pot = _Pot(key, [request], self._clock.now())
        chat.pots.append(pot)
        try:
            if request.album is not None:
                await self._settle(pot)
            if any(item.cause is not Cause.ALBUM for item in self._known(pot.requests)):
                async with chat.turn:
                    await self._sleep_until(chat.next)
                    chat.pots.remove(pot)  # from here on, nobody joins
                    batch = Batch(self._known(pot.requests), request.album)
                    try:
                        yield batch
                    finally:
                        self._note(batch.messages, chat, is_group=not request.is_private)
            else:
                yield Batch()
        except BaseException as error:
            pot.error = error
            raise
        finally:
            if pot in chat.pots:
                chat.pots.remove(pot)
            pot.done.set()

    async def _settle(self, pot: _Pot) -> None:
        """Wait until no more items of an album come, or it cannot have more."""
        while (
            len(pot.requests) < TOGETHER
            and self._clock.now() < pot.latest + DEBOUNCE
            and not self._closing.is_set()
        ):
            await self._sleep_until(pot.latest + DEBOUNCE)

    async def _sleep_until(self, when: float) -> None:
        while (seconds := when - self._clock.now()) > 0 and not self._closing.is_set():
            waits = [self._clock.sleep(seconds), self._closing.wait()]
            tasks = [asyncio.ensure_future(wait) for wait in waits]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()

    def _note(self, messages: int, chat: _Chat, *, is_group: bool) -> None:
        now = self._clock.now()
        chat.answers.extend([now] * messages)
        while chat.answers and chat.answers[0] <= now - MINUTE:
            chat.answers.popleft()
        gap = LATER_GAP if is_group and len(chat.answers) >= BURST else GAP
        chat.next = now + gap * messages

    def _chat(self, chat_id: int) -> _Chat:
        chat = self._chats.setdefault(chat_id, _Chat())
        self._chats.move_to_end(chat_id)
        if len(self._chats) > self._most_chats:
            oldest, state = next(iter(self._chats.items()))
            if not state.pots and not state.turn.locked():
                del self._chats[oldest]
        return chat

    def _remember(self, request: Request) -> None:
        """Keep an album's item, in its latest version; a reason once given stays."""
        if request.album is None:
            return
        key = (request.message.chat_id, request.album)
        items = self._albums.setdefault(key, {})
        self._albums.move_to_end(key)
        before = items.get(request.message.message_id)
        if before is not None and request.cause is Cause.ALBUM:
            request = replace(request, cause=before.cause)
        if before is not None or len(items) < TOGETHER:
            items[request.message.message_id] = request
        if len(self._albums) > self._most_albums:
            self._albums.popitem(last=False)

    def _known(self, requests: Iterable[Request]) -> tuple[Request, ...]:
        """The requests and, of albums, the items that came before, in the order of sending."""
        found: dict[int, Request] = {}
        for request in requests:
            key = (request.message.chat_id, request.album or "")
            found |= self._albums.get(key, {request.message.message_id: request})
        return tuple(found[message_id] for message_id in sorted(found))
