"""What the bot says of itself: /start, /help, /about."""

from telegram import Update

from bot.context import Context
from bot.texts import chat


async def start(update: Update, context: Context) -> None:
    """Greet, and say what to send."""
    if update.message:
        words = await context.words(update)
        await update.message.reply_html(words(chat.START))


async def show_help(update: Update, context: Context) -> None:
    """Explain what works best, and the commands."""
    if update.message:
        words = await context.words(update)
        await update.message.reply_html(words(chat.HELP))


async def about(update: Update, context: Context) -> None:
    """Tell which model answers and how often it is right."""
    if update.message:
        words = await context.words(update)
        await update.message.reply_html(chat.about(words, context.services.models.card))
