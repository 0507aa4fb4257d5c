"""What happens when a handler fails: one log line, another try, at last a word to the person."""

import logging

from telegram import Message, MessageEntity, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.context import Context
from bot.services.addressing import request_in
from bot.services.desk import AnswerFailed
from bot.services.patience import is_gone
from bot.storage import is_unavailable
from bot.texts import problems
from bot.texts.words import Words, words_in

log = logging.getLogger(__name__)


async def report_error(update: object, context: Context) -> None:
    """Log what a handler raised, and have the update handled again.

    Whoever waits for its answer is told when that is of no use.
    """
    error = context.error
    if not isinstance(update, Update) or error is None:
        log.error("Something failed", exc_info=error)
        return
    if isinstance(error, Forbidden) or is_gone(error):
        log.info("Not answered: %s", error)
        return  # blocked, removed or deleted: there is nobody to tell
    passes = _passes(error)
    if passes:
        log.warning("Not handled: %s", error)
    else:
        log.error("Not handled", exc_info=error)
    if await context.services.inbox.failed(update.update_id, error, counts=not passes):
        return  # it will be tried again
    if isinstance(error, AnswerFailed):
        return  # one apology is enough
    try:
        words = await _words(update, context)
        await tell(update, context.bot.bot, problems.problem(words, error))
    except TelegramError as failure:
        log.warning("Its sender could not be told: %s", failure)


def _passes(error: BaseException) -> bool:
    """Whether it is no fault of the update, so that it will succeed some time."""
    if isinstance(error, AnswerFailed) and error.__cause__ is not None:
        return _passes(error.__cause__)
    if isinstance(error, BadRequest):
        return False
    return isinstance(error, NetworkError | RetryAfter) or is_unavailable(error)


async def _words(update: Update, context: Context) -> Words:
    """Return the language to tell it in: that of the app, if the settings are what failed."""
    try:
        return await context.words(update)
    except Exception:
        log.warning("The chat's language is not known.")
        user = update.effective_user
        return words_in(user.language_code if user else None)


async def tell(update: Update, me: User, text: str) -> None:
    """Tell whoever waits for an answer to an update."""
    if update.callback_query:
        await update.callback_query.answer(text, show_alert=True)
    elif update.message and is_awaited(update, me):
        await update.message.reply_text(text, do_quote=True)


def is_awaited(update: Update, me: User) -> bool:
    """Whether somebody spoke to us: nobody else in a group wants to hear of our troubles."""
    message = update.message
    if message is None:
        return update.callback_query is not None
    is_private = message.chat.type == ChatType.PRIVATE
    return is_private or _is_command(message, me) or request_in(message, me) is not None


def _is_command(message: Message, me: User) -> bool:
    """Whether it begins with a command, and one that is not addressed to another bot."""
    first, *_ = [*message.entities, None]
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset:
        return False
    _, _, address = message.parse_entity(first).partition("@")
    return address.lower() in ("", (me.username or "").lower())
