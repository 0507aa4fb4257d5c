"""A group as those see it who run it: who is in, who is what, its topics and its migration."""

from collections.abc import Callable

from bot.api_server.bots import BotAccount
from bot.api_server.chats import Chat, Status
from bot.api_server.groups import migrate, open_topic, set_status
from bot.api_server.objects import User
from bot.api_server.people import ChatWindow
from bot.api_server.world import World


class Group:
    """A group or supergroup, acted on by its creator unless told otherwise."""

    def __init__(
        self, world: World, chat: Chat, creator: User, window: Callable[[Chat, User], ChatWindow]
    ) -> None:
        self.chat = chat
        self.creator = creator
        self._world = world
        self._window = window

    @property
    def id(self) -> int:
        """The chat's id, which changes when it becomes a supergroup."""
        return self.chat.id

    def as_member(self, person: User) -> ChatWindow:
        """What that person sees and does in it."""
        return self._window(self.chat, person)

    async def add(self, who: User | BotAccount, *, by: User | None = None) -> None:
        """Let somebody in, person or bot."""
        self._set(who, Status.MEMBER, by)

    async def remove(self, who: User | BotAccount, *, by: User | None = None) -> None:
        """Ban somebody."""
        self._set(who, Status.KICKED, by)

    async def leave(self, person: User) -> None:
        """Somebody goes away by themself."""
        self._set(person, Status.LEFT, person)

    async def promote(
        self, who: User | BotAccount, *, is_anonymous: bool = False, by: User | None = None
    ) -> None:
        """Make somebody an admin; an anonymous one writes as the group."""
        self._set(who, Status.ADMINISTRATOR, by, is_anonymous=is_anonymous)

    async def demote(self, who: User | BotAccount, *, by: User | None = None) -> None:
        """Make an admin a plain member again."""
        self._set(who, Status.MEMBER, by)

    async def open_topic(self, name: str, *, by: User | None = None) -> int:
        """Open a topic; its thread id goes to `ChatWindow.in_topic`."""
        return open_topic(self._world, self.chat, name, by=by or self.creator)

    async def migrate(self, *, by: User | None = None) -> None:
        """Become a supergroup, under another id; former windows still look at the old chat."""
        self.chat = migrate(self._world, self.chat, by=by or self.creator)

    def _set(
        self,
        who: User | BotAccount,
        status: Status,
        by: User | None,
        *,
        is_anonymous: bool = False,
    ) -> None:
        user = who.user if isinstance(who, BotAccount) else who
        set_status(
            self._world,
            self.chat,
            user,
            status,
            by=by or self.creator,
            is_anonymous=is_anonymous,
        )
