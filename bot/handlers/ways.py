"""How to ask in a group, which depends on its admins and on what reaches the bot there."""

from markupsafe import Markup
from telegram import Chat

from bot.context import Context
from bot.services.hearing import hears_everything
from bot.texts import groups
from bot.texts.words import Words


async def ways_in(chat: Chat, words: Words, context: Context) -> Markup:
    """Return the line that says it."""
    settings = await context.services.chats.get(chat.id)
    return groups.ways(
        words,
        settings.trigger,
        context.bot.username,
        hears_everything=await hears_everything(context.bot, chat.id),
    )
