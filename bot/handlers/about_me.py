"""What the bot says of itself: /start, /help, /about, and the line for what it cannot read."""

from telegram import Update

from bot.context import Context
from bot.texts import chat


async def start(update: Update, _context: Context) -> None:
    """Greet, and say what to send."""
    if update.message:
        await update.message.reply_html(chat.START)


async def show_help(update: Update, _context: Context) -> None:
    """Explain what works best, and the commands."""
    if update.message:
        await update.message.reply_html(chat.HELP)


async def about(update: Update, context: Context) -> None:
    """Tell which model answers and how often it is right."""
    if update.message:
        await update.message.reply_html(chat.about(context.services.model_card))


async def hint(update: Update, _context: Context) -> None:
    """Say what to send instead of what was sent."""
    if update.message:
        await update.message.reply_html(chat.HINT)
