"""What the bot says of itself: /start, /help, /about."""

from markupsafe import Markup
from telegram import Update
from telegram.constants import ChatType

from bot.context import Context
from bot.handlers.ways import ways_in
from bot.profile import publish_admins_menu
from bot.services.rights import runs_the_bot
from bot.texts import chat, groups


async def start(update: Update, context: Context) -> None:
    """Greet, and say what to send."""
    message = update.message
    if message is None:
        return
    words = await context.words(update)
    if message.chat.type == ChatType.PRIVATE:
        await message.reply_html(words(chat.START))
        if runs_the_bot(update, context.services.settings.admin_ids):
            await publish_admins_menu(context.bot, message.chat_id)
    else:
        await message.reply_html(groups.hello(words, await ways_in(message.chat, words, context)))


async def show_help(update: Update, context: Context) -> None:
    """Explain what works best, the commands and, in a group, how to ask there."""
    message = update.message
    if message is None:
        return
    words = await context.words(update)
    text = words(chat.HELP)
    if message.chat.type != ChatType.PRIVATE:
        text += Markup("\n\n") + await ways_in(message.chat, words, context)
    await message.reply_html(text)


async def about(update: Update, context: Context) -> None:
    """Tell which model answers and how often it is right."""
    if update.message:
        words = await context.words(update)
        await update.message.reply_html(chat.about(words, context.services.models.card))
