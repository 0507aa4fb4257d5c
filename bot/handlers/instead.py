"""Updates that are not handled: too old, too many, or deadly. Their senders are told why."""

import logging

from telegram import Update
from telegram.ext import ApplicationHandlerStop

from bot.context import Context
from bot.handlers.errors import is_awaited, tell
from bot.services.holdings import Instead
from bot.services.inbox import LATE
from bot.services.order import group_that_changes
from bot.texts import instead as texts
from bot.texts import problems

log = logging.getLogger(__name__)


async def say_instead(update: Update, context: Context) -> None:
    """Let through what is to be handled; of all else, say why not, and let nobody handle it.

    What becomes of a group is always handled: what is kept of it depends on that.
    """
    instead = context.services.inbox.instead(update)
    if instead is None or (instead is Instead.LATE and group_that_changes(update) is not None):
        return
    log.info("Not handled: %s", instead.name)
    words = await context.words(update)
    if instead is Instead.LATE:
        await _tell_once(update, context, words.plain(texts.LATE))
    elif instead is Instead.TOO_MANY:
        await tell(update, context.bot.bot, words.plain(texts.TOO_MANY))
    else:
        await tell(update, context.bot.bot, problems.problem(words, None))
    raise ApplicationHandlerStop


async def _tell_once(update: Update, context: Context, text: str) -> None:
    """Tell a chat one time of one absence, however much it sent meanwhile."""
    inbox, chat, me = context.services.inbox, update.effective_chat, context.bot.bot
    if chat is None or not is_awaited(update, me):
        return
    now, told = inbox.server_time.now(), inbox.told_late
    if chat.id in told and now - told[chat.id] < LATE:
        return
    told[chat.id] = now  # at once: the next of them is right behind
    await tell(update, me, text)
