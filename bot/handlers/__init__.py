"""What the bot reacts to, one module a capability; these lists are the whole of it, in order."""

from collections.abc import Sequence

from telegram import Update
from telegram.ext import (
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.handlers.about_me import about, show_help, start
from bot.handlers.bans import WHOM, ban, press_unban, unban
from bot.handlers.buttons import Button, button_too_old
from bot.handlers.corrections import (
    PLACE,
    TRUTH,
    VERSION,
    leave_keypad,
    say_right,
    say_what,
    say_which,
    say_wrong,
)
from bot.handlers.errors import report_error
from bot.handlers.gate import Handler, gate_before
from bot.handlers.health import health
from bot.handlers.instead import say_instead
from bot.handlers.membership import follow_membership, follow_migration
from bot.handlers.models import (
    BACK,
    CHANGE,
    MODEL,
    act_on_model,
    roll_back,
    show_model,
    show_models,
)
from bot.handlers.my_data import DECISION, forget, my_data, press_forget, privacy, stats
from bot.handlers.requests import answer_edit, answer_request
from bot.handlers.review import STEP, press_review, show_corrections
from bot.handlers.settings import CHOICE, PAGE, choose, reset, show_page, show_settings
from bot.handlers.train import ORDER, press_train, train
from bot.handlers.what_i_saw import show_what_i_saw, show_what_i_saw_in_all

__all__ = ["ALLOWED_UPDATES", "HANDLERS", "report_error"]

# Told to Telegram, which otherwise keeps whatever was asked for last.
ALLOWED_UPDATES = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
)

# Neither edits nor channel posts: the same filters would let those through as well.
NEW = filters.UpdateType.MESSAGE
PRIVATE = NEW & filters.ChatType.PRIVATE
TALK = (filters.ChatType.PRIVATE | filters.ChatType.GROUPS) & ~filters.StatusUpdate.ALL

# For the bot's own admins; the gate turns everybody else away.
FOR_ADMINS: Sequence[Handler] = (
    CommandHandler("train", train, NEW),
    CallbackQueryHandler(press_train, rf"\A{Button.TRAIN}{ORDER}\Z"),
    CommandHandler("models", show_models, NEW),
    CallbackQueryHandler(show_models, rf"\A{Button.MODELS}\Z"),
    CallbackQueryHandler(show_model, rf"\A{Button.MODELS}{MODEL}\Z"),
    CallbackQueryHandler(act_on_model, rf"\A{Button.MODELS}{CHANGE}\Z"),
    CallbackQueryHandler(roll_back, rf"\A{Button.MODELS}{BACK}\Z"),
    CommandHandler("corrections", show_corrections, NEW),
    CallbackQueryHandler(press_review, rf"\A{Button.REVIEW}{STEP}\Z"),
    CommandHandler("health", health, NEW),
    CommandHandler("ban", ban, NEW),
    CommandHandler("unban", unban, NEW),
    CallbackQueryHandler(press_unban, rf"\A{Button.UNBAN}{WHOM}\Z"),
)

FOR_ALL: Sequence[Handler] = (
    # Commands, in any chat where they are addressed to us.
    CommandHandler("start", start, NEW),
    CommandHandler("help", show_help, NEW),
    CommandHandler("about", about, NEW),
    CommandHandler("settings", show_settings, NEW),
    CommandHandler("reset", reset, NEW),
    CommandHandler("stats", stats, NEW),
    CommandHandler("privacy", privacy, NEW),
    CommandHandler("mydata", my_data, NEW),
    CommandHandler("forget", forget, NEW),
    # All else that people say, pictures above all; status updates are Telegram speaking.
    MessageHandler(NEW & TALK, answer_request),
    MessageHandler(filters.UpdateType.EDITED_MESSAGE & TALK, answer_edit),
    # Groups that change.
    ChatMemberHandler(follow_membership, ChatMemberHandler.MY_CHAT_MEMBER),
    MessageHandler(NEW & filters.StatusUpdate.MIGRATE, follow_migration),
    # Buttons; the last one takes those that nobody knows any more.
    CallbackQueryHandler(show_what_i_saw, rf"\A{Button.WHAT_I_SAW}\Z"),
    CallbackQueryHandler(show_what_i_saw_in_all, rf"\A{Button.WHAT_I_SAW_IN_ALL}\Z"),
    CallbackQueryHandler(say_right, rf"\A{Button.RIGHT}{VERSION}\Z"),
    CallbackQueryHandler(say_wrong, rf"\A{Button.WRONG}{VERSION}\Z"),
    CallbackQueryHandler(say_which, rf"\A{Button.WRONG}{PLACE}\Z"),
    CallbackQueryHandler(say_what, rf"\A{Button.WRONG}{TRUTH}\Z"),
    CallbackQueryHandler(leave_keypad, rf"\A{Button.JUDGE}{VERSION}\Z"),
    CallbackQueryHandler(press_forget, rf"\A{Button.FORGET}{DECISION}\Z"),
    CallbackQueryHandler(show_settings, rf"\A{Button.SETTINGS}\Z"),
    CallbackQueryHandler(show_page, rf"\A{Button.SETTINGS}{PAGE}\Z"),
    CallbackQueryHandler(choose, rf"\A{Button.SETTINGS}{CHOICE}\Z"),
    CallbackQueryHandler(button_too_old),
)

# PTB's groups: of each in turn, the first handler that matches takes the update.
HANDLERS: dict[int, Sequence[Handler]] = {
    -2: (TypeHandler(Update, gate_before(FOR_ADMINS)),),
    -1: (TypeHandler(Update, say_instead),),
    0: (*FOR_ADMINS, *FOR_ALL),
}
