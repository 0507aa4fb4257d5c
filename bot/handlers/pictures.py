"""Pictures: read those that are asked about, and answer on them in one message."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from telegram import Message, Update
from telegram.constants import ChatAction

from bot.context import Context
from bot.errors import PhotoProblem
from bot.handlers.replies import Place, add_to, reply
from bot.logs import about
from bot.services.addressing import Cause, Request
from bot.services.answered import Answer, Answered, Outcome, Seen
from bot.services.attachments import Attachment, attachment_of, download, sender_of
from bot.services.chat_action import showing
from bot.services.desk import Batch
from bot.services.reader import ReaderAnswer
from bot.storage import Preview
from model import UnreadableImage

log = logging.getLogger(__name__)

NOT_READABLE = (UnreadableImage, PhotoProblem)  # what `read` raises


async def answer_pictures(batch: Batch, update: Update, context: Context) -> None:
    """Answer what a turn is for; items that come late are added to their album's answer."""
    services = context.services
    requests = [request for request in batch.requests if not _is_done(request, services.answered)]
    pictures = {r.picture.message_id: r.picture for r in requests if r.picture}
    batch.messages = 0  # until there is an answer
    if not pictures:
        return
    chat_id = requests[0].message.chat_id
    earlier = _earlier(batch, requests, services.answered)
    kept = {seen.message_id: seen for seen in earlier.seen} if earlier else {}
    fresh = [picture for picture in pictures.values() if not _is_in(kept, picture)]
    if not fresh:
        return
    settings = await services.chats.get(chat_id)
    preview = settings.preview is Preview.ALWAYS and earlier is None
    update_ids = {r.picture.message_id: r.update_id for r in requests if r.picture}
    async with showing(_action(preview), requests[0].message):
        seen = await asyncio.gather(
            *[_see(p, update_ids[p.message_id], context, preview=preview) for p in fresh]
        )
    for each in seen:
        services.meter.count(each.outcome)
    awaited = _awaited(requests)
    seen = [each for each in seen if each.message_id in awaited or _has_digits(each.outcome)]
    if not seen:
        return
    batch.messages = 1
    place = Place(
        context.bot, await context.words(update), settings, pictures, requests[0].thread_id
    )
    if earlier is not None:
        whole = kept | {each.message_id: each for each in seen}
        extended = replace(earlier, seen=tuple(whole[number] for number in sorted(whole)))
        if await add_to(extended, place):
            await services.inbox.answered(request.update_id for request in requests)
            services.answered.note(extended)
            return
    with services.meter.stage("send"):
        message, *more = await reply(seen, place)
    batch.messages += len(more)
    await services.inbox.answered(request.update_id for request in requests)
    forgetful = tuple(_without_preview(each) for each in seen)
    services.answered.note(Answer(chat_id, message.message_id, forgetful, batch.album))


async def read(
    attachment: Attachment, message: Message, context: Context, *, preview: bool
) -> ReaderAnswer:
    """Download and read a picture, showing at `message` that something is being done.

    Raises one of `NOT_READABLE`.
    """
    async with showing(_action(preview), message):
        return await _read(attachment, context, preview=preview)


async def look(attachment: Attachment, context: Context, *, preview: bool) -> Outcome:
    """Download and read a picture, or return why that cannot be done."""
    try:
        return await _read(attachment, context, preview=preview)
    except NOT_READABLE as error:
        # It is kept with the answer; the frames it came through would keep the file with it.
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)


async def _see(picture: Message, update_id: int, context: Context, *, preview: bool) -> Seen:
    """Look at one of several pictures; the log names the update that brought it."""
    attachment = _attached(picture)
    with about(update_id):
        outcome = await look(attachment, context, preview=preview)
        log.info("Read: %s", _summary(outcome))
    return Seen(picture.message_id, attachment, outcome, sender_of(picture))


async def _read(attachment: Attachment, context: Context, *, preview: bool) -> ReaderAnswer:
    async with context.services.desk.hands:
        with context.services.meter.stage("download"):
            data = await download(context.bot, attachment, context.services.patience)
        with context.services.meter.stage("read"):
            return await context.services.reader.read(data, preview=preview)


def _attached(picture: Message) -> Attachment:
    attachment = attachment_of(picture)
    assert attachment is not None  # only such messages are asked about
    return attachment


def _is_done(request: Request, answered: Answered) -> bool:
    """Whether a message was only edited, and its picture is the one that was answered."""
    if request.message.edit_date is None or request.picture is None:
        return False
    answer = answered.about(request.message.chat_id, request.picture.message_id)
    return answer is not None and _is_in({s.message_id: s for s in answer.seen}, request.picture)


def _earlier(batch: Batch, requests: Sequence[Request], answered: Answered) -> Answer | None:
    """The answer that this one belongs to: on the same album, or on the message before its edit."""
    message = requests[0].message
    if batch.album is not None:
        return answered.about_album(message.chat_id, batch.album)
    if len(requests) == 1 and message.edit_date is not None and requests[0].picture is not None:
        return answered.about(message.chat_id, requests[0].picture.message_id)
    return None


def _awaited(requests: Sequence[Request]) -> set[int]:
    """The pictures that somebody waits for an answer on: those asked about, and their albums."""
    asked = [r for r in requests if r.picture and r.cause is not Cause.EVERY_PHOTO]
    albums = {r.album for r in asked if r.album is not None}
    return {
        r.picture.message_id
        for r in requests
        if r.picture and (r.cause is not Cause.EVERY_PHOTO or r.album in albums)
    }


def _is_in(seen: dict[int, Seen], picture: Message) -> bool:
    """Whether a picture was seen, and has not been exchanged for another since."""
    before, attachment = seen.get(picture.message_id), attachment_of(picture)
    return (
        before is not None
        and attachment is not None
        and before.attachment.unique_id == attachment.unique_id
    )


def _has_digits(outcome: Outcome) -> bool:
    return isinstance(outcome, ReaderAnswer) and bool(outcome.digits)


def _without_preview(seen: Seen) -> Seen:
    if isinstance(seen.outcome, ReaderAnswer):
        return replace(seen, outcome=replace(seen.outcome, preview=None))
    return seen


def _summary(outcome: Outcome) -> str:
    """For the log, which keeps nothing of what a picture says."""
    if isinstance(outcome, ReaderAnswer):
        count = len(outcome.digits)
        return f"{count} digit{'s' * (count > 1)}" if count else str(outcome.reason)
    return repr(outcome)


def _action(preview: bool) -> ChatAction:
    return ChatAction.UPLOAD_PHOTO if preview else ChatAction.TYPING
