"""Updates from Telegram until they are dealt with, and the repository of these."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol


class State(StrEnum):
    """How an update stands."""

    WAITING = "waiting"
    TAKEN = "taken"  # being handled, or it was when the bot died
    ALONE = "alone"  # the same, and no other is, because it may be what kills the bot
    DONE = "done"  # only its number is kept, to know it again
    POISON = "poison"  # given up, with the error


class Lane(NamedTuple):
    """Whose updates wait behind each other: one person's in one chat; 0 is nobody in particular."""

    chat_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An update as it is kept."""

    update_id: int
    chat_id: int
    person_id: int
    sent_at: datetime  # by Telegram's clock
    body: str  # JSON, as it came
    state: State = State.WAITING
    tries: int = 0  # that failed
    deaths: int = 0  # of the bot, while it was being handled
    error: str | None = None

    @property
    def lane(self) -> Lane:
        """Where it waits."""
        return Lane(self.chat_id, self.person_id)


class InboxRepository(Protocol):
    """The updates of one bot, which alone takes any."""

    async def write(self, arrived: Sequence[Kept], done: Collection[int]) -> Collection[int]:
        """Add those that have arrived, close those that are done, in one transaction.

        Return the numbers of the arrived ones that were not known.
        """
        ...

    async def take(self, lane: Lane, most: int) -> Sequence[Kept]:
        """Return what has waited longest in a lane, from now on taken."""
        ...

    async def change(self, update_ids: Collection[int], **values: object) -> None:
        """Change fields of some."""
        ...

    async def release(self, *, died: bool) -> None:
        """Let what is taken wait again; with `died` that is the bot's death, which is counted.

        To have been handled alone then counts as a try that failed.
        """
        ...

    async def suspects(self, deaths: int) -> Sequence[Kept]:
        """Return what waits and was being handled at so many deaths of the bot, oldest first."""
        ...

    async def lanes(self) -> Mapping[Lane, int]:
        """Count what waits, longest waiting lane first."""
        ...

    async def poisonous(self) -> Sequence[Kept]:
        """Return those that were given up, oldest first."""
        ...

    async def of(self, person_id: int) -> Sequence[Kept]:
        """Return what a person has sent that is not done."""
        ...

    async def forget(self, person_id: int) -> int:
        """Delete what a person has sent, unless it is taken; return how many there were."""
        ...

    async def forget_older(self, before: datetime, *, poison_before: datetime) -> int:
        """Delete what was done, and what was given up, of before then; return how many."""
        ...
