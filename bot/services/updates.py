"""Whose an update is, and when it happened."""

from datetime import datetime

from telegram import Update

from bot.services.attachments import sender_of
from bot.services.order import group_that_changes
from bot.storage import Lane


def lane_of(update: Update) -> Lane:
    """Return whose an update is: of what becomes of a group, nobody's in particular."""
    changed = group_that_changes(update)
    if changed is not None:
        return Lane(changed, 0)
    chat, user = update.effective_chat, update.effective_user
    message = update.message or update.edited_message
    person_id = sender_of(message) if message else user.id if user else None
    return Lane(chat.id if chat else person_id or 0, person_id or 0)


def sent_at(update: Update) -> datetime | None:
    """Return when it happened, by Telegram's clock; of the press of a button that is not told."""
    if update.edited_message:
        return update.edited_message.edit_date
    happened = update.message or update.my_chat_member
    return happened.date if happened else None
