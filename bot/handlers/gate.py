"""The gate before all handlers: who is banned is not heard, and what is for admins is theirs alone.

PTB runs it first for every update, whatever it is. What it does not let in, no handler sees.
"""

import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, BaseHandler

from bot.context import Context
from bot.services.rights import runs_the_bot
from bot.texts import bans as texts
from bot.texts.words import Phrase

log = logging.getLogger(__name__)

Handler = BaseHandler[Any, Context, Any]
Guard = Callable[[Update, Context], Coroutine[Any, Any, None]]


def gate_before(for_admins: Sequence[Handler]) -> Guard:
    """Return what stops updates that are not to be handled: those of people who are banned, and
    those of anybody but the bot's own admins that one of the handlers `for_admins` would take.
    """

    async def guard(update: Update, context: Context) -> None:
        if runs_the_bot(update, context.services.settings.admin_ids):
            return
        if _is_banned(update, context):
            turn_away = _tell_of_the_ban
        elif any(handler.check_update(update) not in (None, False) for handler in for_admins):
            turn_away = _refuse
        else:
            return
        try:
            await turn_away(update, context)
        except Exception:  # whatever goes wrong, the gate stays shut
            log.exception("They could not be told why.")
        raise ApplicationHandlerStop

    return guard


def _is_banned(update: Update, context: Context) -> bool:
    """Whether a banned person wants something; what becomes of a chat is Telegram's word."""
    message, user = update.message, update.effective_user
    if user is None or update.my_chat_member is not None:
        return False
    if message is not None and (message.migrate_to_chat_id or message.migrate_from_chat_id):
        return False
    return context.services.bans.is_banned(user.id)


async def _tell_of_the_ban(update: Update, context: Context) -> None:
    """Say it once, where nobody else listens; then no more."""
    user = update.effective_user
    if user is None or not (update.callback_query or _is_private(update)):
        return
    if await context.services.bans.tell_of(user.id):
        log.info("%d is told of the ban.", user.id)
        await _say(update, context, texts.YOU_ARE_BANNED)


async def _refuse(update: Update, context: Context) -> None:
    """Log the attempt, and say so in private and to who presses a button.

    In a group a command gets no answer: it is nobody's business there who runs the bot.
    """
    user, message, query = update.effective_user, update.message, update.callback_query
    what = message.text if message else query.data if query else None
    log.warning("%s is no admin and may not %.64r", user.id if user else "nobody", what)
    await _say(update, context, texts.ADMINS_ONLY)


async def _say(update: Update, context: Context, phrase: Phrase) -> None:
    text = (await context.words(update)).plain(phrase)
    if update.callback_query:
        await update.callback_query.answer(text, show_alert=True)
    elif update.message and _is_private(update):
        await update.message.reply_text(text, do_quote=True)


def _is_private(update: Update) -> bool:
    chat = update.effective_chat
    return chat is not None and chat.type == ChatType.PRIVATE
