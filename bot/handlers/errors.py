"""What happens when a handler fails: one log line first, then a word to the person."""

import logging

from telegram import Message, MessageEntity, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from bot.context import Context
from bot.services.addressing import request_in
from bot.texts import problems
from bot.texts.words import Words, words_in

log = logging.getLogger(__name__)


async def report_error(update: object, context: Context) -> None:
    """Log what a handler raised, then tell whoever waits for its answer."""
    error = context.error
    update_id = update.update_id if isinstance(update, Update) else None
    if isinstance(error, Forbidden):
        log.info("Update %s: not answered, %s", update_id, error)
        return  # blocked or removed: there is nobody to tell
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        log.warning("Update %s: %s", update_id, error)
    else:
        log.error("Update %s failed", update_id, exc_info=error)
    if not isinstance(update, Update):
        return
    try:
        words = await _words(update, context)
        await _tell(update, context.bot.bot, problems.problem(words, error))
    except TelegramError as failure:
        log.warning("Update %s: its sender could not be told, %s", update_id, failure)


async def _words(update: Update, context: Context) -> Words:
    """Return the language to tell it in: that of the app, if the settings are what failed."""
    try:
        return await context.words(update)
    except Exception:
        log.warning("Update %s: the chat's language is not known", update.update_id)
        user = update.effective_user
        return words_in(user.language_code if user else None)


async def _tell(update: Update, me: User, text: str) -> None:
    if update.callback_query:
        await update.callback_query.answer(text, show_alert=True)
    elif update.message and _waits(update.message, me):
        await update.message.reply_text(text, do_quote=True)


def _waits(message: Message, me: User) -> bool:
    """Whether somebody spoke to us: nobody else in a group wants to hear of our troubles."""
    is_command = message.entities[:1] and message.entities[0].type == MessageEntity.BOT_COMMAND
    is_private = message.chat.type == ChatType.PRIVATE
    return is_private or bool(is_command) or request_in(message, me) is not None
