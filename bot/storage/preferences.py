"""What a chat has chosen: the dataclass, and the repository as handlers see it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Preferences:
    """The choices of one chat; the defaults are those of a chat that never chose."""

    preview: bool = False  # send the picture of what the model saw with every answer


class PreferencesRepository(Protocol):
    """Preferences by chat."""

    async def get(self, chat_id: int) -> Preferences:
        """Return a chat's preferences, the defaults if it has none."""
        ...

    async def save(self, chat_id: int, preferences: Preferences) -> None:
        """Replace a chat's preferences."""
        ...
