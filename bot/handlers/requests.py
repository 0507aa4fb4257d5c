"""What people ask for: an answer on a picture, an explanation or, in groups mostly, nothing."""

from dataclasses import replace
from datetime import timedelta

from telegram import Message, Update
from telegram.constants import ChatType

from bot.context import Context
from bot.handlers.pictures import answer_pictures
from bot.handlers.ways import ways_in
from bot.services.addressing import Cause, Request, part_of_album, request_in
from bot.services.attachments import attachment_of
from bot.storage import Trigger
from bot.texts import chat

TIME_TO_EDIT = timedelta(minutes=1)


async def answer_request(update: Update, context: Context) -> None:
    """Answer the picture that a message means; in private, say what to send if it means none."""
    if update.message is None:
        return
    request = await _request(update.message, context)
    if request is not None:
        await _answer(request, update, context)


async def answer_edit(update: Update, context: Context) -> None:
    """Answer who calls us in other words, soon after those that did not."""
    message = update.edited_message
    if message is None or message.edit_date is None:
        return
    request = request_in(message, context.bot.bot)
    in_time = message.edit_date - message.date <= TIME_TO_EDIT
    if request and request.picture and request.cause is Cause.CALLED and in_time:
        await _answer(request, update, context)


async def _answer(request: Request, update: Update, context: Context) -> None:
    request = replace(request, update_id=update.update_id)
    with context.services.meter.stage("whole"):
        await _take_turn(request, update, context)


async def _take_turn(request: Request, update: Update, context: Context) -> None:
    async with context.services.desk.turn(request) as batch:
        if not batch.requests:
            return
        if request.picture is not None:
            await answer_pictures(batch, update, context)
        else:
            await _explain(request, update, context)


async def _explain(request: Request, update: Update, context: Context) -> None:
    """Say how to ask here, who asked in a way that does not work."""
    words = await context.words(update)
    message = request.message
    if request.is_private:
        await message.reply_html(words(chat.HINT), do_quote=request.cause is Cause.CALLED)
        return
    await message.reply_html(await ways_in(message.chat, words, context), do_quote=True)


async def _request(message: Message, context: Context) -> Request | None:
    """Return what is asked; the group's settings are looked up only where they matter."""
    me = context.bot.bot
    request = request_in(message, me)
    if request is None and message.chat.type == ChatType.PRIVATE:
        return Request(message, None, Cause.PRIVATE)
    if request is not None or attachment_of(message) is None:
        return request
    settings = await context.services.chats.get(message.chat_id)
    every_photo = settings.trigger is Trigger.AUTO
    return request_in(message, me, every_photo=every_photo) or part_of_album(message)
