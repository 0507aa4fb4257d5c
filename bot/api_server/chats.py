"""One chat: its members, its messages, and those who wait for the next one."""

# ruff: noqa: ASYNC109 (the time to wait is a matter of each call here)

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.api_server.errors import BadRequest, Forbidden
from bot.api_server.objects import ChatType, JsonObject, Message, User, present

_ACTIONS_KEPT: Final = 200


class Status(StrEnum):
    """What somebody is in a chat; https://core.telegram.org/bots/api#chatmember."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"

    @property
    def is_in(self) -> bool:
        """Whether they can read and write there."""
        return self not in {Status.LEFT, Status.KICKED}

    @property
    def is_admin(self) -> bool:
        """Whether they run the chat."""
        return self in {Status.CREATOR, Status.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a chat."""

    user: User
    status: Status = Status.MEMBER
    is_anonymous: bool = False  # admins only: writes as the group


@dataclass(frozen=True, slots=True)
class ChatAction:
    """A bot was seen typing, or sending a photo."""

    bot_id: int
    action: str
    thread_id: int | None
    date: float


class Chat:
    """A private chat, group or supergroup and what was said in it.

    Messages are bounded: with `keep` of them, each new one drops the oldest.
    """

    def __init__(
        self,
        id: int,
        type: ChatType,
        *,
        keep: int,
        person: User | None = None,
        title: str | None = None,
        username: str | None = None,
        is_forum: bool = False,
    ) -> None:
        self.id = id
        self.type = type
        self.person = person  # the human side of a private chat
        self.title = title
        self.username = username
        self.is_forum = is_forum
        self.members: dict[int, Member] = {}
        self.messages: dict[int, Message] = {}
        self.actions: deque[ChatAction] = deque(maxlen=_ACTIONS_KEPT)
        self.topics: dict[int, str] = {}  # thread id → name
        self.reactions: dict[int, dict[int, str]] = {}  # message id → user id → emoji
        self.migrated_to: int | None = None
        self.last_bot: int | None = None  # who of the bots wrote last
        self._keep = keep
        self._waiters: list[tuple[Callable[[Message], bool], asyncio.Future[Message]]] = []

    @property
    def is_group(self) -> bool:
        """Whether several people meet here."""
        return self.type in {ChatType.GROUP, ChatType.SUPERGROUP}

    def to_json(self) -> JsonObject:
        """https://core.telegram.org/bots/api#chat."""
        head: JsonObject = {"id": self.id, "type": self.type.value}
        if self.person is not None:
            person = self.person
            return head | present(
                first_name=person.first_name, last_name=person.last_name, username=person.username
            )
        return head | present(
            title=self.title, username=self.username, is_forum=self.is_forum or None
        )

    def status(self, user_id: int) -> Status:
        """What that user is here; strangers have left."""
        member = self.members.get(user_id)
        return member.status if member else Status.LEFT

    def check_bot_may_write(self, bot_id: int) -> None:
        """Raises Forbidden or BadRequest as Telegram answers a send to this chat."""
        if self.migrated_to is not None:
            raise BadRequest(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.migrated_to
            )
        status = self.status(bot_id)
        if status.is_in:
            return
        if self.type is ChatType.PRIVATE:
            raise Forbidden(
                "bot was blocked by the user"
                if status is Status.KICKED
                else "bot can't initiate conversation with a user"
            )
        raise Forbidden(
            f"bot was kicked from the {self.type} chat"
            if status is Status.KICKED
            else f"bot is not a member of the {self.type} chat"
        )

    def check_topic(self, thread_id: int | None) -> None:
        """Raises BadRequest for a topic that is not here."""
        if thread_id is not None and thread_id not in self.topics:
            raise BadRequest("message thread not found")

    def keep_message(self, message: Message) -> None:
        """Add a message, or put an edited one in its former place, and tell who waits for it."""
        if message.message_id not in self.messages and len(self.messages) >= self._keep:
            self.forget(next(iter(self.messages)))
        self.messages[message.message_id] = message
        for wanted, future in self._waiters:
            if not future.done() and wanted(message):
                future.set_result(message)

    def forget(self, message_id: int) -> None:
        """Let a message be gone."""
        self.messages.pop(message_id, None)
        self.reactions.pop(message_id, None)

    def since(self, message_id: int) -> Iterator[Message]:
        """The messages after that one, oldest first."""
        later = []
        for message in reversed(self.messages.values()):
            if message.message_id <= message_id:
                break
            later.append(message)
        return reversed(later)

    async def wait_for(self, wanted: Callable[[Message], bool], *, timeout: float) -> Message:
        """The next message or edit that is `wanted`; raises TimeoutError."""
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        waiter = (wanted, future)
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                return await future
        finally:
            self._waiters.remove(waiter)
