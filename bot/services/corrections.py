"""What becomes of "right" and "wrong": verdicts in the database, and a picture of each mistake."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.services.correction_files import CorrectionFiles
from bot.services.reader import Reader
from bot.storage import CorrectionRepository, Score, Verdict


class ReadsDifferently(Exception):
    """The model that answers now finds another number of digits than the one that is judged."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that somebody judges, and the picture that it is on."""

    chat_id: int
    message_id: int  # the picture's
    sender_id: int | None  # who sent the picture; None: a channel, or an anonymous admin
    number: str  # as the answer said, rows separated by "|"
    model_version: str

    @property
    def digits(self) -> str:
        """The digits alone; a position counts in these."""
        return self.number.replace("|", "")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted."""

    verdicts: int
    pictures: int


class Corrections:
    """Keeps what people say of answers, and forgets it again."""

    def __init__(
        self,
        repository: CorrectionRepository,
        files: CorrectionFiles,
        reader: Reader,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.repository = repository
        self.files = files
        self._reader = reader
        self._now = now

    async def confirm(self, judged: Judged, user_id: int) -> None:
        """Note that somebody says the answer is right. No picture is kept of that."""
        verdicts = [
            self._verdict(judged, user_id, position, int(digit))
            for position, digit in enumerate(judged.digits)
        ]
        await self.files.delete(await self.repository.put(verdicts))

    async def correct(
        self, judged: Judged, user_id: int, position: int, truth: int | None, data: bytes
    ) -> None:
        """Note what a digit is instead, with the glyph and the crop from the image file `data`.

        Raises `ReadsDifferently`, and what reading does.
        """
        cut = await self._reader.cut_out(data, position)
        if cut is None or len(cut.number.replace("|", "")) != len(judged.digits):
            raise ReadsDifferently
        picture = await self.files.save(cut.glyph, cut.crop)
        verdict = self._verdict(judged, user_id, position, truth, picture)
        await self.files.delete(await self.repository.put([verdict]))

    async def confirm_digit(self, judged: Judged, user_id: int, position: int) -> None:
        """Note that one of several digits is right after all."""
        answer = int(judged.digits[position])
        verdict = self._verdict(judged, user_id, position, answer)
        await self.files.delete(await self.repository.put([verdict]))

    async def said_of(self, chat_id: int, *message_ids: int) -> Sequence[Verdict]:
        """Return what was said of the pictures in these messages, in their order."""
        return await self.repository.about(chat_id, *message_ids)

    async def scores(self, user_id: int | None = None) -> Sequence[Score]:
        """Count everybody's verdicts, or one person's, by the model's version."""
        return await self.repository.scores(user_id)

    async def forget(self, user_id: int) -> Forgotten:
        """Delete what is kept of a person."""
        return await self._delete(*await self.repository.forget(user_id))

    async def forget_older(self, before: datetime) -> Forgotten:
        """Delete what was said before then, and files that nothing refers to."""
        forgotten = await self._delete(*await self.repository.forget_older(before))
        await self.files.sweep(await self.repository.pictures())
        return forgotten

    async def _delete(self, verdicts: int, pictures: Collection[str]) -> Forgotten:
        await self.files.delete(pictures)
        return Forgotten(verdicts, len(pictures))

    def _verdict(
        self,
        judged: Judged,
        user_id: int,
        position: int,
        truth: int | None,
        picture: str | None = None,
    ) -> Verdict:
        return Verdict(
            chat_id=judged.chat_id,
            message_id=judged.message_id,
            position=position,
            sender_id=judged.sender_id,
            user_id=user_id,
            said_at=self._now(),
            model_version=judged.model_version,
            answer=int(judged.digits[position]),
            truth=truth,
            picture=picture,
        )
