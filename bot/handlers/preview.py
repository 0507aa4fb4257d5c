"""/preview: whether every answer comes with the picture of what the model saw."""

from dataclasses import replace

from telegram import Update

from bot.context import Context
from bot.texts import chat


async def preview(update: Update, context: Context) -> None:
    """Turn it on or off; with anything else, tell how it stands and how to change it."""
    if update.message is None:
        return
    chat_id = update.message.chat_id
    repository = context.services.preferences
    preferences = await repository.get(chat_id)
    match [argument.lower() for argument in context.args or []]:
        case ["on"]:
            await repository.save(chat_id, replace(preferences, preview=True))
            phrase = chat.PREVIEW_TURNED_ON
        case ["off"]:
            await repository.save(chat_id, replace(preferences, preview=False))
            phrase = chat.PREVIEW_TURNED_OFF
        case _:
            phrase = chat.PREVIEW_IS_ON if preferences.preview else chat.PREVIEW_IS_OFF
    words = await context.words(update)
    await update.message.reply_html(words(phrase))
