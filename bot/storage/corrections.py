"""What people said of the model's answers, one verdict a digit, and the repository of these."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    """Whether training may learn from a correction."""

    PENDING = "pending"  # nobody has looked at it
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody said of one digit that the model read in one picture.

    It is a correction where `truth` is not the `answer`; only of those a picture is kept.
    """

    chat_id: int  # with message_id the picture's own, even if the group has since become another
    message_id: int
    position: int  # of the digit in the reading, from 0
    sender_id: int | None  # who sent the picture; None: a channel, or an anonymous admin
    user_id: int  # who says it
    said_at: datetime
    model_version: str
    answer: int  # the model's, 0 to 9
    truth: int | None  # 0 to 9; None: not a digit
    picture: str | None = None  # the name in `bot.services.correction_files.CorrectionFiles`

    @property
    def is_right(self) -> bool:
        """Whether the model was."""
        return self.truth == self.answer


@dataclass(frozen=True, slots=True)
class Correction:
    """A verdict that the model was wrong, with its picture, as training sees it."""

    id: int
    verdict: Verdict
    picture: str
    status: Status


@dataclass(frozen=True, slots=True)
class Score:
    """How one version of the model fared by people's verdicts."""

    model_version: str
    right: int
    wrong: int


class CorrectionRepository(Protocol):
    """The verdicts. What takes rows away returns the pictures that belonged to them."""

    async def put(self, verdicts: Sequence[Verdict]) -> Collection[str]:
        """Add verdicts in the place of former ones on the same digits; return their pictures.

        What is put is pending again.
        """
        ...

    async def list(
        self, *, status: Status | None = None, since: datetime | None = None
    ) -> Sequence[Correction]:
        """Return the corrections of this status, or any, said since then, or ever; oldest first."""
        ...

    async def get(self, correction_id: int) -> Correction | None:
        """Return one correction, None if it is not there any more."""
        ...

    async def about(self, chat_id: int, *message_ids: int) -> Sequence[Verdict]:
        """Return what was said of the pictures in these messages, in their order."""
        ...

    async def review(self, ids: Collection[int], status: Status) -> int:
        """Give corrections a status; return how many of them are still there."""
        ...

    async def scores(self, user_id: int | None = None) -> Sequence[Score]:
        """Count everybody's verdicts, or one person's, by the model's version, oldest first."""
        ...

    async def of(self, user_id: int) -> Sequence[Verdict]:
        """Return what is kept of a person: said by them, or of pictures they sent; oldest first."""
        ...

    async def forget(self, user_id: int) -> tuple[int, Collection[str]]:
        """Delete what `of` returns; return how many rows that were, and the pictures."""
        ...

    async def forget_older(self, before: datetime) -> tuple[int, Collection[str]]:
        """Delete what was said before then; return how many rows that were, and the pictures."""
        ...

    async def pictures(self) -> Collection[str]:
        """Return all pictures that rows name."""
        ...
