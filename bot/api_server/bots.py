"""One bot: its account, its profile as people see it, and its waiting updates."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.api_server.objects import JsonObject, User, present
from bot.api_server.updates import UpdateQueue


@dataclass(frozen=True, slots=True)
class BotCommand:
    """One entry of a command menu."""

    command: str
    description: str

    def to_json(self) -> JsonObject:
        """https://core.telegram.org/bots/api#botcommand."""
        return {"command": self.command, "description": self.description}


@dataclass(slots=True)
class Profile:
    """What the bot says of itself, by language code; "" is for everybody else."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    # (scope, language code) → menu; the scope is its type, with the chat and user it names
    commands: dict[tuple[str, str], tuple[BotCommand, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Webhook:
    """Where a bot wants its updates, and what became of the last one that failed."""

    url: str
    secret_token: str | None
    max_connections: int
    certificate: bytes | None = None  # PEM, of a server that nobody else vouches for
    last_error_date: int | None = None
    last_error_message: str | None = None

    def to_json(self) -> JsonObject:
        """Those fields of https://core.telegram.org/bots/api#webhookinfo that depend on it."""
        return {
            "url": self.url,
            "has_custom_certificate": self.certificate is not None,
            "max_connections": self.max_connections,
            **present(
                last_error_date=self.last_error_date, last_error_message=self.last_error_message
            ),
        }


class BotAccount:
    """A bot as the server knows it."""

    def __init__(
        self,
        user: User,
        *,
        clock: Callable[[], float],
        reads_all_group_messages: bool = False,
    ) -> None:
        self.user = user
        self.token = f"{user.id}:{_secret(user)}"
        self.reads_all_group_messages = reads_all_group_messages  # privacy mode is off
        self.profile = Profile()
        self.updates = UpdateQueue(clock)
        self.webhook: Webhook | None = None

    @property
    def id(self) -> int:
        """Its user id."""
        return self.user.id

    @property
    def username(self) -> str:
        """Without the @."""
        return self.user.username or ""

    @property
    def name(self) -> str:
        """What it calls itself."""
        return self.profile.names.get("", self.user.first_name)

    @property
    def description(self) -> str:
        """What an empty chat with it shows."""
        return self.profile.descriptions.get("", "")

    def description_in(self, language: str | None) -> str:
        """What an empty chat with it shows to people whose app is in a language."""
        descriptions = self.profile.descriptions
        return descriptions.get((language or "").partition("-")[0]) or self.description

    @property
    def short_description(self) -> str:
        """What its profile page shows."""
        return self.profile.short_descriptions.get("", "")

    @property
    def commands(self) -> tuple[BotCommand, ...]:
        """The menu of everybody who has no other."""
        return self.commands_for()

    def commands_for(self, scope: str = "default", language: str = "") -> tuple[BotCommand, ...]:
        """The menu set for exactly that scope and language, such as ("all_private_chats", "de").

        A scope that names a chat is written "chat:<chat id>", one that names a member
        "chat_member:<chat id>:<user id>".
        """
        return self.profile.commands.get((scope, language), ())


def _secret(user: User) -> str:
    """The part after the colon: 35 characters, the same in every run."""
    return "AA" + hashlib.sha256(f"{user.id}{user.username}".encode()).hexdigest()[:33]
