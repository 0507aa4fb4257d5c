"""/health: admins see how the bot is, and which updates it has given up."""

from collections.abc import Sequence
from dataclasses import replace

from telegram import Update

from bot.context import Context
from bot.storage import Kept
from bot.texts import health as texts


async def health(update: Update, context: Context) -> None:
    """Tell how the bot is."""
    services = context.services
    if update.message is None or services.health is None:
        return
    found = await services.health.look()
    found = replace(found, waiting=max(0, found.waiting - 1))  # but for this question
    poisonous: Sequence[Kept] = ()
    if found.poisonous and found.database is None:
        poisonous = await services.inbox.repository.poisonous()
    words = await context.words(update)
    await update.message.reply_html(texts.health(words, found, poisonous), do_quote=True)
