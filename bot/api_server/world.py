"""Everybody and everything that the server knows, in memory; nothing of HTTP.

The people side and the methods of bots both act through `World`, which tells every bot what it may
know and every listener what happened.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from bot.api_server.bots import BotAccount
from bot.api_server.callbacks import CallbackQueries
from bot.api_server.chats import Chat, ChatAction, Member, Status
from bot.api_server.errors import BadRequest, Unauthorized
from bot.api_server.objects import ChatType, Json, Message, User
from bot.api_server.render import message_json, reaction_json
from bot.api_server.visibility import sees

_FIRST_PERSON: Final = 5_000_000_001  # real ids are past 32 bits
_FIRST_BOT: Final = 700_000_001
_FIRST_GROUP: Final = 4_000_000_001

EventKind = Literal["message", "edited", "deleted", "action", "reaction"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a chat window would show."""

    kind: EventKind
    chat: Chat
    message: Message | None = None
    action: ChatAction | None = None


class World:
    """Users, bots and chats."""

    def __init__(self, *, clock: Callable[[], float], messages_per_chat: int) -> None:
        self.clock = clock
        self.users: dict[int, User] = {}
        self.bots: dict[int, BotAccount] = {}
        self.chats: dict[tuple[int, int], Chat] = {}  # (chat id, bot id if private or else 0)
        self.callbacks = CallbackQueries(clock)
        self.listeners: list[Callable[[Event], None]] = []
        self._messages_per_chat = messages_per_chat
        self._person_ids = itertools.count(_FIRST_PERSON)
        self._bot_ids = itertools.count(_FIRST_BOT)
        self._group_ids = itertools.count(_FIRST_GROUP)
        self._message_ids = itertools.count(1)  # of all chats but supergroups, as for an account
        self._supergroup_message_ids: dict[int, itertools.count[int]] = {}

    # Who there is

    def add_person(
        self,
        first_name: str,
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
    ) -> User:
        """A new person."""
        user = User(
            next(self._person_ids),
            first_name,
            last_name=last_name,
            username=username,
            language_code=language_code,
        )
        self.users[user.id] = user
        return user

    def change_person(self, user_id: int, **changes: Any) -> User:
        """Somebody takes another name or language: what they do from now on shows it."""
        user = self.users[user_id] = replace(self.users[user_id], **changes)
        for chat in self.chats.values():
            if user_id in chat.members:
                chat.members[user_id] = replace(chat.members[user_id], user=user)
            if chat.person is not None and chat.person.id == user_id:
                chat.person = user
        return user

    def add_bot(self, username: str, name: str, *, reads_all_group_messages: bool) -> BotAccount:
        """A new bot, as BotFather makes one."""
        user = User(next(self._bot_ids), name, is_bot=True, username=username)
        bot = BotAccount(user, clock=self.clock, reads_all_group_messages=reads_all_group_messages)
        self.users[user.id] = user
        self.bots[user.id] = bot
        return bot

    def bot_with(self, token: str) -> BotAccount:
        """The bot with that token; raises Unauthorized."""
        bot = self.bots.get(int(token.partition(":")[0]))
        if bot is None or bot.token != token:
            raise Unauthorized
        return bot

    def private_chat(self, person: User, bot: BotAccount) -> Chat:
        """The chat of the two; until the person writes there, the bot cannot."""
        chat = self.chats.get((person.id, bot.id))
        if chat is None:
            chat = Chat(person.id, ChatType.PRIVATE, keep=self._messages_per_chat, person=person)
            chat.members = {
                person.id: Member(person),
                bot.id: Member(bot.user, Status.LEFT),
            }
            self.chats[person.id, bot.id] = chat
        return chat

    def add_group(
        self,
        title: str,
        type: ChatType,
        *,
        username: str | None = None,
        is_forum: bool = False,
    ) -> Chat:
        """A group or supergroup with nobody in it."""
        number = next(self._group_ids)
        chat = Chat(
            int(f"-100{number}") if type is ChatType.SUPERGROUP else -number,
            type,
            keep=self._messages_per_chat,
            title=title,
            username=username,
            is_forum=is_forum,
        )
        self.chats[chat.id, 0] = chat
        return chat

    def chat_for(self, bot: BotAccount, chat_id: int | str) -> Chat:
        """The chat that a bot means; raises BadRequest."""
        if isinstance(chat_id, str):
            name = chat_id.removeprefix("@").lower()
            for chat in self.chats.values():
                if chat.is_group and chat.username and chat.username.lower() == name:
                    return chat
            raise BadRequest("chat not found")
        found = self.chats.get((chat_id, bot.id)) or self.chats.get((chat_id, 0))
        if found is None:
            raise BadRequest("chat not found")
        return found

    # What happens

    def post(self, chat: Chat, sender: User, **fields: Any) -> Message:
        """A new message; `fields` are those of Message."""
        message_id = self._next_message_id(chat)
        message = Message(
            message_id=message_id,
            date=int(self.clock()),
            sender=sender,
            **_in_thread(chat, message_id, **fields),
        )
        if chat.type is ChatType.PRIVATE and not sender.is_bot:
            self._open(chat)
        if topic := (message.service or {}).get("forum_topic_created"):
            chat.topics[message_id] = topic["name"]
        chat.keep_message(message)
        if message.from_bot:
            chat.last_bot = sender.id
        self._tell_bots("message", chat, message)
        self.tell(Event("message", chat, message))
        return message

    def edit(self, chat: Chat, message: Message, **changes: Any) -> Message:
        """Put another version in the place of `message`."""
        edited = replace(message, edit_date=int(self.clock()), **changes)
        chat.keep_message(edited)
        self._tell_bots("edited_message", chat, edited)
        self.tell(Event("edited", chat, edited))
        return edited

    def delete(self, chat: Chat, message: Message) -> None:
        """Remove a message; no bot is told."""
        chat.forget(message.message_id)
        self.tell(Event("deleted", chat, message))

    def react(self, chat: Chat, message: Message, actor: User, emoji: str | None) -> None:
        """Somebody sets or takes back a reaction; admin bots who asked for it are told."""
        reactions = chat.reactions.setdefault(message.message_id, {})
        before = reactions.pop(actor.id, None)
        if emoji is not None:
            reactions[actor.id] = emoji
        if before == emoji:
            return
        self.tell(Event("reaction", chat, message))
        body = {
            "chat": chat.to_json(),
            "message_id": message.message_id,
            "user": actor.to_json(),
            "date": int(self.clock()),
            "old_reaction": reaction_json(before),
            "new_reaction": reaction_json(emoji),
        }
        for bot in self._bots_in(chat):
            if bot.id != actor.id and (not chat.is_group or chat.status(bot.id).is_admin):
                bot.updates.put("message_reaction", body)

    def act(self, chat: Chat, bot: BotAccount, action: str, thread_id: int | None) -> None:
        """Show that the bot is typing, or something like it."""
        shown = ChatAction(bot.id, action, thread_id, self.clock())
        chat.actions.append(shown)
        self.tell(Event("action", chat, action=shown))

    def tell(self, event: Event) -> None:
        """Let every listener know."""
        for listener in tuple(self.listeners):
            listener(event)

    def _open(self, chat: Chat) -> None:
        """A person wrote to a bot, which may write back from now on."""
        for user_id, member in chat.members.items():
            if member.status is Status.LEFT:
                chat.members[user_id] = replace(member, status=Status.MEMBER)

    def _next_message_id(self, chat: Chat) -> int:
        if chat.type is not ChatType.SUPERGROUP:
            return next(self._message_ids)
        return next(self._supergroup_message_ids.setdefault(chat.id, itertools.count(1)))

    def _tell_bots(self, kind: str, chat: Chat, message: Message) -> None:
        body: Json = None
        for bot in self._bots_in(chat):
            if sees(bot, chat, message):
                body = body or message_json(chat, message)
                bot.updates.put(kind, body)

    def _bots_in(self, chat: Chat) -> list[BotAccount]:
        return [self.bots[user_id] for user_id in chat.members if user_id in self.bots]


def _in_thread(chat: Chat, message_id: int, **fields: Any) -> dict[str, Any]:
    """A reply stays in the topic or, in a supergroup without topics, the thread it replies to."""
    if chat.type is not ChatType.SUPERGROUP:
        return fields
    if "forum_topic_created" in (fields.get("service") or {}):
        return fields | {"thread_id": message_id, "is_topic_message": True}
    replied = chat.messages.get(fields.get("reply_to") or 0)
    if chat.is_forum:
        if fields.get("thread_id") is None and replied is not None:
            fields["thread_id"] = replied.thread_id
        return fields | {"is_topic_message": fields.get("thread_id") is not None}
    if replied is not None:
        fields["thread_id"] = replied.thread_id or replied.message_id
    return fields
