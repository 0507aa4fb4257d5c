"""/preview: whether every answer comes with the picture of what the model saw."""

from dataclasses import replace

from telegram import Update

from bot.context import Context
from bot.storage import Preview
from bot.texts import chat


async def preview(update: Update, context: Context) -> None:
    """Turn it on or off; with anything else, tell how it stands and how to change it."""
    if update.message is None:
        return
    chat_id = update.message.chat_id
    chats = context.services.chats
    match [argument.lower() for argument in context.args or []]:
        case ["on"]:
            await chats.change(chat_id, lambda chosen: replace(chosen, preview=Preview.ALWAYS))
            phrase = chat.PREVIEW_TURNED_ON
        case ["off"]:
            await chats.change(chat_id, lambda chosen: replace(chosen, preview=Preview.ON_REQUEST))
            phrase = chat.PREVIEW_TURNED_OFF
        case _:
            is_on = (await chats.get(chat_id)).preview is Preview.ALWAYS
            phrase = chat.PREVIEW_IS_ON if is_on else chat.PREVIEW_IS_OFF
    words = await context.words(update)
    await update.message.reply_html(words(phrase))
