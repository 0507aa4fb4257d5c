"""The whole server: a world, its files and an HTTP front, started and stopped together."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Self

from aiohttp import web

from bot.api_server.bots import BotAccount
from bot.api_server.chats import Chat, Member, Status
from bot.api_server.dispatch import Dispatcher
from bot.api_server.exchanges import WEBHOOK, Exchange
from bot.api_server.faults import Faults
from bot.api_server.files import FileStore
from bot.api_server.group_window import Group
from bot.api_server.http import Front
from bot.api_server.limits import UNLIMITED, Limits, Meter
from bot.api_server.media import MediaMaker
from bot.api_server.methods.call import Call
from bot.api_server.objects import ChatType, Json, User
from bot.api_server.people import ChatWindow
from bot.api_server.webhook import Webhooks
from bot.api_server.world import World


class BotApiServer:
    """A Bot API server on this machine, to be used as an asynchronous context manager.

    Everything is in memory but for the files, which lie in a temporary folder until the end.
    `clock` (Unix time in seconds) decides dates and what is too old; `on_exchange` is told of every
    call when it has been answered, before `exchanges` forgets it.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        messages_per_chat: int = 5_000,
        max_file_bytes: int = 512 * 2**20,
        exchanges_kept: int = 2_000,
        limits: Limits = UNLIMITED,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._files = FileStore(max_bytes=max_file_bytes)
        self._media = MediaMaker(self._files)
        self._on_exchange = on_exchange
        self._runner: web.AppRunner | None = None
        self.world = World(clock=clock, messages_per_chat=messages_per_chat)
        self.faults = Faults()
        self.meter = Meter(limits, clock)
        self._webhooks = Webhooks(clock, self._pushed)
        self.exchanges: deque[Exchange] = deque(maxlen=exchanges_kept)

    @property
    def url(self) -> str:
        """The root: methods are at `{url}/bot<token>/…`, files at `{url}/file/bot<token>/…`."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen; with port 0 any free one is taken, and kept from then on."""
        new_call = partial(Call, self.world, self._files, self._media, self.meter, self._webhooks)
        dispatcher = Dispatcher(self.world, self.faults, new_call, self._record)
        front = Front(self.world, self._files, dispatcher, self.faults)
        self._runner = web.AppRunner(
            front.application(),
            access_log=None,
            handler_cancellation=True,  # a torn poll stops waiting
            shutdown_timeout=1.0,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        for bot in self.world.bots.values():
            self._webhooks.start(bot)

    async def stop(self) -> None:
        """Stop listening; people and messages stay, so that it can start again."""
        await self._webhooks.close()
        for bot in self.world.bots.values():
            bot.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def close(self) -> None:
        """Stop for good and remove the files."""
        await self.stop()
        self._files.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def add_bot(
        self, username: str, *, name: str | None = None, reads_all_group_messages: bool = False
    ) -> BotAccount:
        """A new bot; `reads_all_group_messages` is privacy mode switched off."""
        return self.world.add_bot(
            username, name or username, reads_all_group_messages=reads_all_group_messages
        )

    def add_person(
        self,
        first_name: str,
        *,
        language_code: str | None = None,
        username: str | None = None,
        last_name: str | None = None,
    ) -> User:
        """A new person."""
        return self.world.add_person(
            first_name, language_code=language_code, username=username, last_name=last_name
        )

    def private_chat(self, person: User, bot: BotAccount | None = None) -> ChatWindow:
        """The person's chat with a bot, by default the first one added."""
        if bot is None:
            bot = next(iter(self.world.bots.values()))
        return self._window(self.world.private_chat(person, bot), person)

    def group(
        self,
        title: str,
        members: Sequence[User],
        *,
        is_supergroup: bool = False,
        is_forum: bool = False,
        username: str | None = None,
    ) -> Group:
        """A new group, made by the first of `members`; bots are added afterwards.

        With topics or a public name it is a supergroup in any case.
        """
        is_supergroup = is_supergroup or is_forum or username is not None
        chat = self.world.add_group(
            title,
            ChatType.SUPERGROUP if is_supergroup else ChatType.GROUP,
            username=username,
            is_forum=is_forum,
        )
        creator = members[0]
        chat.members = {person.id: Member(person) for person in members}
        chat.members[creator.id] = Member(creator, Status.CREATOR)
        return Group(self.world, chat, creator, self._window)

    def read_file(self, file_id: str) -> bytes:
        """The bytes of a file that somebody sent; raises BadRequest."""
        return self._files.read(file_id)

    def _window(self, chat: Chat, person: User) -> ChatWindow:
        return ChatWindow(self.world, self._files, self._media, chat, person)

    def _record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        if self._on_exchange is not None:
            self._on_exchange(exchange)

    def _pushed(self, bot: BotAccount, update: Json) -> None:
        self._record(Exchange(bot, WEBHOOK, {}, update, at=self.world.clock()))
