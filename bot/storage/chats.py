"""What is kept of a chat: what its people chose, and the repository as handlers see it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Preview(StrEnum):
    """When the picture of what the model saw is shown."""

    NEVER = "never"
    ON_REQUEST = "on_request"  # by the button under the answer
    ALWAYS = "always"


class Detail(StrEnum):
    """How much of the scores an answer tells."""

    SHORT = "short"  # the digits and how sure
    RUNNERS_UP = "runners_up"  # and what else it could be, where that matters
    ALL_TEN = "all_ten"  # and the score of each digit


class Trigger(StrEnum):
    """Which photos in a group are answered."""

    ADDRESSED = "addressed"  # those that somebody asked the bot about
    AUTO = "auto"  # every photo that the bot sees


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """The choices of one chat; the defaults are those of a chat that never chose."""

    preview: Preview = Preview.ON_REQUEST
    detail: Detail = Detail.RUNNERS_UP
    language: str | None = None  # one of the bot's; None: each person's own
    trigger: Trigger = Trigger.ADDRESSED  # means something in groups only


class ChatRepository(Protocol):
    """Settings by chat, and what the bot remembers of its being there."""

    async def get(self, chat_id: int) -> ChatSettings:
        """Return a chat's settings, the defaults if it has none."""
        ...

    async def change(
        self, chat_id: int, change: Callable[[ChatSettings], ChatSettings]
    ) -> ChatSettings:
        """Replace a chat's settings by what `change` makes of them, and return that.

        In one step: of two people who change different things at once, both get their way.
        """
        ...

    async def greet(self, chat_id: int) -> bool:
        """Note that the bot says hello in a chat; return whether it never did before."""
        ...

    async def leave(self, chat_id: int, when: datetime) -> None:
        """Note that the bot was removed from a chat."""
        ...

    async def come_back(self, chat_id: int) -> None:
        """Note that the bot is in a chat that it had left."""
        ...

    async def forget_left(self, before: datetime) -> int:
        """Forget all of the chats that were left before then; return how many there were."""
        ...

    async def forget(self, chat_id: int) -> bool:
        """Forget all of a chat; return whether anything was known."""
        ...

    async def migrate(self, old_chat_id: int, new_chat_id: int) -> None:
        """Give all that is kept of a group to the supergroup that it became.

        https://core.telegram.org/bots/api#message, `migrate_to_chat_id`
        """
        ...
