"""Pictures: read what a person sent, and answer on it."""

import logging

from telegram import Message, Update
from telegram.constants import ChatAction, ParseMode

from bot.context import Context
from bot.errors import PhotoProblem
from bot.handlers.buttons import keyboard_under
from bot.services.chat_action import showing
from bot.services.inbox import Attachment, attachment_of, download
from bot.services.reader import ReaderAnswer
from bot.storage import Preview
from bot.texts import answers, problems
from model import UnreadableImage

log = logging.getLogger(__name__)

NOT_READABLE = (UnreadableImage, PhotoProblem)  # what `read` raises


async def answer_picture(message: Message, update: Update, context: Context) -> None:
    """Reply to a photo, image file or sticker with the digit in it; `update` asked for that."""
    attachment = attachment_of(message)
    if attachment is None:  # nobody asks about such a message
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
    text = answers.answer(words, answer, settings.detail)
    if answer.preview:
        await message.reply_photo(
            answer.preview, caption=text, parse_mode=ParseMode.HTML, do_quote=True
        )
    else:
        keyboard = keyboard_under(words, answer, settings)
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
