"""What the bot reacts to, one module a capability; this list is the whole of it, in order."""

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.context import Context
from bot.handlers.about_me import about, hint, show_help, start
from bot.handlers.buttons import Button, button_too_old
from bot.handlers.errors import report_error
from bot.handlers.pictures import answer_picture
from bot.handlers.preview import preview
from bot.handlers.what_i_saw import show_what_i_saw

__all__ = ["ALLOWED_UPDATES", "HANDLERS", "report_error"]

# Told to Telegram, which otherwise keeps whatever was asked for last.
ALLOWED_UPDATES = (Update.MESSAGE, Update.CALLBACK_QUERY)

# Neither edits nor channel posts: the same filters would let those through as well.
NEW = filters.UpdateType.MESSAGE
PRIVATE = NEW & filters.ChatType.PRIVATE
PICTURE = filters.PHOTO | filters.Sticker.STATIC | (filters.Document.ALL & ~filters.ANIMATION)

HANDLERS: tuple[BaseHandler[Update, Context, Any], ...] = (
    # Commands, in any chat where they are addressed to us.
    CommandHandler("start", start, NEW),
    CommandHandler("help", show_help, NEW),
    CommandHandler("about", about, NEW),
    CommandHandler("preview", preview, PRIVATE),
    # Pictures.
    MessageHandler(PRIVATE & PICTURE, answer_picture),
    # All else that a person sends; status updates are Telegram speaking.
    MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, hint),
    # Buttons; the last one takes those that nobody knows any more.
    CallbackQueryHandler(show_what_i_saw, rf"\A{Button.WHAT_I_SAW}\Z"),
    CallbackQueryHandler(button_too_old),
)
