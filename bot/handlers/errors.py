"""What happens when a handler fails: one log line first, then a word to the person."""

import logging

from telegram import Update
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from bot.context import Context
from bot.texts import problems

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
        await _tell(update, problems.problem(await context.words(update), error))
    except TelegramError as failure:
        log.warning("Update %s: its sender could not be told, %s", update_id, failure)


async def _tell(update: Update, text: str) -> None:
    if update.callback_query:
        await update.callback_query.answer(text, show_alert=True)
    elif update.message:
        await update.message.reply_text(text, do_quote=True)
