"""The door to what only the bot's own admins may do: every such handler stands behind it."""

import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from telegram import Update
from telegram.constants import ChatType

from bot.context import Context
from bot.services.rights import runs_the_bot
from bot.texts import training

log = logging.getLogger(__name__)

Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


def for_admins(handler: Handler) -> Handler:
    """Let only those in ADMIN_IDS through; the attempt of anybody else is logged.

    They are told so in private and when they press a button. In a group a command gets no answer:
    it is nobody's business there who runs the bot.
    """

    @wraps(handler)
    async def guarded(update: Update, context: Context) -> None:
        if runs_the_bot(update, context.services.settings.admin_ids):
            await handler(update, context)
            return
        user = update.effective_user
        name = getattr(handler, "__name__", "?")
        log.warning(
            "Update %d: %s may not %s.", update.update_id, user.id if user else "nobody", name
        )
        words = await context.words(update)
        text = words.plain(training.ADMINS_ONLY)
        if update.callback_query:
            await update.callback_query.answer(text, show_alert=True)
        elif update.message and update.message.chat.type == ChatType.PRIVATE:
            await update.message.reply_text(text, do_quote=True)

    return guarded
