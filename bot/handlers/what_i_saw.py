"""The button "What I saw": the answer becomes a picture of what the model saw."""

import logging

from telegram import InputMediaPhoto, Message, Update
from telegram.constants import ParseMode

from bot.context import Context
from bot.handlers.pictures import NOT_READABLE, read
from bot.services.inbox import attachment_of
from bot.texts import answers, problems

log = logging.getLogger(__name__)


async def show_what_i_saw(update: Update, context: Context) -> None:
    """Replace the answer by its picture, with the answer as the caption and without the button.

    In place, so that one photo keeps one answer and pressing twice does no harm. The photo is read
    anew from the message that the answer quotes: nothing has to be kept in between, and words and
    picture come from the same reading.
    """
    query = update.callback_query
    if query is None:
        return
    words = await context.words(update)
    shown_at = query.message if isinstance(query.message, Message) else None
    question = shown_at.reply_to_message if shown_at else None
    attachment = attachment_of(question) if question else None
    if shown_at is None or attachment is None:
        await query.answer(words.plain(problems.PHOTO_GONE), show_alert=True)
        return
    try:
        answer = await read(attachment, shown_at, context, preview=True)
    except NOT_READABLE as error:
        log.info("Update %d: %r", update.update_id, error)
        await query.answer(problems.problem(words, error), show_alert=True)
        return
    settings = await context.services.chats.get(shown_at.chat_id)
    text = answers.answer(words, answer, settings.detail)
    if answer.preview:
        await query.edit_message_media(
            InputMediaPhoto(answer.preview, caption=text, parse_mode=ParseMode.HTML)
        )
    else:  # another model, since then, sees no digit
        await query.edit_message_text(text, parse_mode=ParseMode.HTML)
    await query.answer()
