"""Pictures: read what a person sent, and answer on it."""

import logging

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatAction, ParseMode

from bot.context import Context
from bot.errors import PhotoProblem
from bot.handlers.buttons import Button
from bot.services.chat_action import showing
from bot.services.inbox import Attachment, attachment_of, download
from bot.services.reader import ReaderAnswer
from bot.storage import Preview
from bot.texts import answers, chat, problems
from bot.texts.words import Words
from model import UnreadableImage

log = logging.getLogger(__name__)

NOT_READABLE = (UnreadableImage, PhotoProblem)  # what `read` raises


async def answer_picture(update: Update, context: Context) -> None:
    """Reply to a photo, image file or sticker with the digit in it."""
    message = update.message
    attachment = attachment_of(message) if message else None
    if message is None or attachment is None:  # the filters let no such update through
        return
    words = await context.words(update)
    settings = await context.services.chats.get(message.chat_id)
    try:
        answer = await read(
            attachment, message, context, preview=settings.preview is Preview.ALWAYS
        )
    except NOT_READABLE as error:
        log.info("Update %d: %r", update.update_id, error)
        await message.reply_text(problems.problem(words, error), do_quote=True)
        return
    log.info("Update %d: %s", update.update_id, answer.number or answer.reason)
    text = answers.answer(words, answer)
    if answer.preview:
        await message.reply_photo(
            answer.preview, caption=text, parse_mode=ParseMode.HTML, do_quote=True
        )
    else:
        offered = answer.digits and settings.preview is Preview.ON_REQUEST
        keyboard = _keyboard(words) if offered else None
        await message.reply_html(text, reply_markup=keyboard, do_quote=True)


async def read(
    attachment: Attachment, message: Message, context: Context, *, preview: bool
) -> ReaderAnswer:
    """Download and read a picture, showing at `message` that something is being done.

    Raises one of `NOT_READABLE`.
    """
    action = ChatAction.UPLOAD_PHOTO if preview else ChatAction.TYPING
    async with showing(action, message):
        data = await download(context.bot, attachment)
        return await context.services.reader.read(data, preview=preview)


def _keyboard(words: Words) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup.from_button(
        InlineKeyboardButton(words.plain(chat.WHAT_I_SAW), callback_data=Button.WHAT_I_SAW)
    )
