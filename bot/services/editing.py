"""Changing what the bot has said."""

from telegram import CallbackQuery, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import BadRequest


async def turn_into(
    query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup | None = None
) -> None:
    """Let the message of a pressed button say something else; if it says so already, be content."""
    try:
        await query.edit_message_text(text, ParseMode.HTML, reply_markup=keyboard)
    except BadRequest as error:
        if "not modified" not in error.message:
            raise
