"""The button "What I saw": the answer becomes, or is followed by, pictures of what was seen."""

import asyncio
import logging

from telegram import InputMediaPhoto, Message, Update
from telegram.constants import ChatAction, MessageLimit, ParseMode
from telegram.error import BadRequest, TelegramError

from bot.context import Context
from bot.handlers.buttons import keyboard_under, keyboard_under_shown
from bot.handlers.pictures import NOT_READABLE, look, read
from bot.services.answered import Answer
from bot.services.attachments import attachment_of
from bot.services.chat_action import showing
from bot.services.reader import ReaderAnswer
from bot.storage import Detail
from bot.texts import answers, problems
from bot.texts.together import line, numbered
from bot.texts.words import Words

log = logging.getLogger(__name__)


async def show_what_i_saw(update: Update, context: Context) -> None:
    """Replace the answer by its picture, with the answer as the caption and without that button.

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
    if shown_at is None or question is None or attachment is None:
        await query.answer(words.plain(problems.PHOTO_GONE), show_alert=True)
        return
    try:
        answer = await read(attachment, shown_at, context, preview=True)
    except NOT_READABLE as error:
        log.info("Not shown: %r", error)
        await query.answer(problems.problem(words, error), show_alert=True)
        return
    settings = await context.services.chats.get(shown_at.chat_id)
    text = answers.answer(words, answer, settings.detail)
    if answer.preview:
        if len(text) > MessageLimit.CAPTION_LENGTH:  # the picture says the rest
            text = answers.answer(words, answer, Detail.SHORT)
        said = await context.services.corrections.said_of(shown_at.chat_id, question.message_id)
        await query.edit_message_media(
            InputMediaPhoto(answer.preview, caption=text, parse_mode=ParseMode.HTML),
            reply_markup=keyboard_under(words, answer, settings, said),
        )
    else:  # another model, since then, sees no digit
        await query.edit_message_text(text, parse_mode=ParseMode.HTML)
    await query.answer()


async def show_what_i_saw_in_all(update: Update, context: Context) -> None:
    """Send the pictures to an answer about several as an album, and take the button away."""
    query = update.callback_query
    if query is None:
        return
    words = await context.words(update)
    shown_at = query.message if isinstance(query.message, Message) else None
    answer = (
        context.services.answered.at(shown_at.chat_id, shown_at.message_id) if shown_at else None
    )
    if shown_at is None or answer is None:
        await query.answer(words.plain(problems.PHOTOS_GONE), show_alert=True)
        return
    keyboard = shown_at.reply_markup
    messages = [seen.message_id for seen in answer.seen]
    said = await context.services.corrections.said_of(shown_at.chat_id, *messages)
    read = [seen.outcome for seen in answer.seen if isinstance(seen.outcome, ReaderAnswer)]
    try:
        await query.edit_message_reply_markup(keyboard_under_shown(words, read, said))
    except BadRequest:
        await query.answer()  # somebody else has pressed it, too
        return
    await query.answer()
    try:
        await _send_album(answer, shown_at, words, context)
    except TelegramError:
        await query.edit_message_reply_markup(keyboard)
        raise


async def _send_album(answer: Answer, shown_at: Message, words: Words, context: Context) -> None:
    async with showing(ChatAction.UPLOAD_PHOTO, shown_at):
        outcomes = await asyncio.gather(
            *[look(seen.attachment, context, preview=True) for seen in answer.seen]
        )
    items = [
        InputMediaPhoto(
            outcome.preview, numbered(n, line(words, outcome)), parse_mode=ParseMode.HTML
        )
        for n, outcome in enumerate(outcomes, start=1)
        if isinstance(outcome, ReaderAnswer) and outcome.preview
    ]
    if len(items) > 1:
        await shown_at.reply_media_group(items, do_quote=True)
    elif items:
        (item,) = items
        await shown_at.reply_photo(
            item.media, item.caption, parse_mode=ParseMode.HTML, do_quote=True
        )
    else:  # they cannot be fetched any more
        await shown_at.reply_html(words(problems.PHOTOS_GONE), do_quote=True)
