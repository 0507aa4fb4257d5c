"""Which answer a pressed button judges, and whether who presses it may.

An answer about one picture says itself what it read, and quotes the picture: nothing has to be
kept. Of an answer about several, the pictures are known for as long as `Answered` remembers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType

from bot.context import Context
from bot.services.answered import Seen
from bot.services.attachments import Attachment, attachment_of, sender_of
from bot.services.corrections import Judged
from bot.services.reader import ReaderAnswer
from bot.services.rights import runs_the_chat
from bot.storage import Verdict
from bot.texts import corrections as texts
from bot.texts import problems
from bot.texts.numbers import number_in
from bot.texts.words import Words


@dataclass(frozen=True, slots=True)
class Subject:
    """One picture of an answer."""

    judged: Judged
    attachment: Attachment
    number: int = 1  # among the pictures of the answer, from 1


@dataclass(frozen=True, slots=True)
class Place:
    """One digit of an answer."""

    number: int  # among all its digits, from 0
    subject: Subject
    position: int  # in that picture, from 0

    @property
    def digit(self) -> str:
        """What was read there."""
        return self.subject.judged.digits[self.position]


@dataclass(frozen=True, slots=True)
class Press:
    """A button under an answer, pressed by somebody who may."""

    query: CallbackQuery
    answer: Message
    words: Words
    subjects: tuple[Subject, ...]  # all pictures
    own: tuple[Subject, ...]  # those of them that this person may judge
    is_several: bool  # pictures, whether something was read in them or not

    @property
    def digits(self) -> int:
        """How many there are in all pictures."""
        return sum(len(subject.judged.digits) for subject in self.subjects)

    @property
    def model_version(self) -> str:
        """The version that read the first picture."""
        return self.subjects[0].judged.model_version

    @property
    def places(self) -> Sequence[Place]:
        """The digits that this person may judge."""
        digits = [
            (subject, position)
            for subject in self.subjects
            for position in range(len(subject.judged.digits))
        ]
        return [
            Place(number, subject, position)
            for number, (subject, position) in enumerate(digits)
            if subject in self.own
        ]

    def place(self, number: int) -> Place | None:
        """Return a digit by its number, None if there is none that may be judged."""
        return next((place for place in self.places if place.number == number), None)

    async def said(self, context: Context) -> Sequence[Verdict]:
        """Return what was said so far of all pictures, by whomever."""
        messages = [subject.judged.message_id for subject in self.subjects]
        return await context.services.corrections.said_of(self.answer.chat_id, *messages)


async def allowed(update: Update, context: Context) -> Press | None:
    """Return what was pressed, None after telling who may not, or that the picture is gone.

    Whoever sent a picture may judge what was read in it; admins of a group, all that is read there.
    """
    query = update.callback_query
    if query is None or context.match is None:
        return None
    words = await context.words(update)
    answer = query.message if isinstance(query.message, Message) else None
    if answer is not None and not _offers(answer, context.match[1]):
        answer = None  # a client may send what it likes
    number = number_in(answer.text or answer.caption or "") if answer else ""
    if answer is not None and number:
        subjects, gone = _of_one(answer, number, context.match[1]), problems.PHOTO_GONE
    else:
        subjects, gone = _of_several(answer, context), problems.PHOTOS_GONE
    if answer is None or not subjects:
        await query.answer(words.plain(gone), show_alert=True)
        return None
    own = tuple(s for s in subjects if s.judged.sender_id == query.from_user.id)
    if len(own) < len(subjects) and await runs_the_chat(update, context.bot):
        own = subjects
    if not own:
        is_private = answer.chat.type == ChatType.PRIVATE
        refusal = texts.NOT_YOURS if is_private else texts.NOT_YOURS_IN_GROUP
        await query.answer(words.plain(refusal), show_alert=True)
        return None
    return Press(query, answer, words, subjects, own, is_several=not number)


def _offers(answer: Message, model_version: str) -> bool:
    """Whether a button under an answer names this model."""
    rows = answer.reply_markup.inline_keyboard if answer.reply_markup else ()
    data = (str(button.callback_data) for row in rows for button in row)
    return any(model_version in each.split("/") for each in data)


def _of_one(answer: Message, number: str, model_version: str) -> tuple[Subject, ...]:
    question = answer.reply_to_message
    attachment = attachment_of(question) if question else None
    if question is None or attachment is None:
        return ()
    sender_id = sender_of(question)
    judged = Judged(answer.chat_id, question.message_id, sender_id, number, model_version)
    return (Subject(judged, attachment),)


def _of_several(answer: Message | None, context: Context) -> tuple[Subject, ...]:
    answered = context.services.answered
    remembered = answered.at(answer.chat_id, answer.message_id) if answer else None
    if remembered is None:
        return ()
    return tuple(
        Subject(_judged(remembered.chat_id, seen, seen.outcome), seen.attachment, number)
        for number, seen in enumerate(remembered.seen, start=1)
        if isinstance(seen.outcome, ReaderAnswer)
    )


def _judged(chat_id: int, seen: Seen, read: ReaderAnswer) -> Judged:
    return Judged(chat_id, seen.message_id, seen.sender_id, read.number, read.model_version)
