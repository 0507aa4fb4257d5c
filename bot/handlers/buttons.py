"""The buttons under answers: what they send back, and what becomes of those we no longer know."""

from enum import StrEnum

from telegram import Update

from bot.context import Context
from bot.texts import problems


class Button(StrEnum):
    """Callback data: the version of its format, a colon, the button; at most 64 bytes.

    Buttons live as long as the chat does. Change what one means, and its version must change too.
    https://core.telegram.org/bots/api#inlinekeyboardbutton
    """

    WHAT_I_SAW = "1:saw"


async def button_too_old(update: Update, context: Context) -> None:
    """Answer a button from another version, which would otherwise spin for ever."""
    if update.callback_query:
        words = await context.words(update)
        await update.callback_query.answer(words.plain(problems.BUTTON_TOO_OLD), show_alert=True)
