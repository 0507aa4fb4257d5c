"""Who is in the playground: two members, the admin, their chats with the bot, and two groups."""

from dataclasses import dataclass
from typing import Final, Self

from bot.api_server import BotAccount, BotApiServer, Chat, ChatWindow, Group, User
from bot.texts import words

# What a person's app can be set to: code and its own name. Apps call some languages more exactly.
_OF_APPS: Final = {"zh": "zh-hans", "pt": "pt-br"}
LANGUAGES: Final = tuple((_OF_APPS.get(code, code), name) for code, name in words.LANGUAGES.items())
TOPICS: Final = ("Homework", "Photos")


@dataclass(frozen=True, slots=True)
class Cast:
    """The people and chats, found by their ids."""

    server: BotApiServer
    bot: BotAccount
    admin_id: int
    group: Group  # a forum of all three, run by the admin
    club: Group  # a small one, not yet a supergroup, run by somebody else

    @classmethod
    async def assemble(cls, server: BotApiServer) -> Self:
        """Let everybody in; the bot is there, but nobody has written to it."""
        bot = server.add_bot("DigitBot", name="DigitBot")
        anna = server.add_person("Anna", language_code="en", username="anna")
        wei = server.add_person("Wei", language_code="zh-hans", username="wei")
        ada = server.add_person("Ada", language_code="de", username="ada")
        for person in (anna, wei, ada):
            server.private_chat(person, bot)
        group = server.group("Class 3b", [ada, anna, wei], is_forum=True)
        await group.add(bot)
        for topic in TOPICS:
            await group.open_topic(topic)
        club = server.group("Maths club", [anna, wei])
        await club.add(bot)
        return cls(server, bot, ada.id, group, club)

    @property
    def people(self) -> tuple[User, ...]:
        """Everybody who is not a bot, as they are now."""
        return tuple(user for user in self.server.world.users.values() if not user.is_bot)

    @property
    def chats(self) -> tuple[Chat, ...]:
        """Every chat but those that have become another."""
        return tuple(c for c in self.server.world.chats.values() if c.migrated_to is None)

    @property
    def _groups(self) -> dict[int, Group]:
        """By id, which changes when one becomes a supergroup."""
        return {group.id: group for group in (self.group, self.club)}

    def group_of(self, chat_id: int) -> Group:
        """The group of that id; raises LookupError."""
        try:
            return self._groups[chat_id]
        except KeyError:
            raise LookupError("That works in groups only.") from None

    def window(self, person_id: int, chat_id: int, thread_id: int | None = None) -> ChatWindow:
        """What that person sees of that chat; raises LookupError if they are not in it."""
        person = next((user for user in self.people if user.id == person_id), None)
        if person is None:
            raise LookupError("There is nobody of that id.")
        group = self._groups.get(chat_id)
        if chat_id == person_id:
            window = self.server.private_chat(person, self.bot)
        elif group is not None and group.chat.status(person_id).is_in:
            window = group.as_member(person)
        else:
            raise LookupError(f"{person.first_name} is not in that chat.")
        if thread_id is None:
            return window
        if thread_id not in window.chat.topics:
            raise LookupError("There is no such topic.")
        return window.in_topic(thread_id)
