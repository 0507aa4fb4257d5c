"""/stats, /privacy, /mydata and /forget: what people told us, and that it stays theirs."""

import asyncio
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, Update
from telegram.constants import ChatType, ParseMode

from bot.context import Context
from bot.handlers.buttons import Button, button_too_old
from bot.services.editing import turn_into
from bot.services.my_data import packed
from bot.services.rights import runs_the_bot
from bot.services.score_picture import draw_scores
from bot.texts import my_data as texts

YES, NO = "/yes", "/no"
DECISION: Final = rf"({YES}|{NO})"  # what follows `Button.FORGET`


async def stats(update: Update, context: Context) -> None:
    """Tell how often the model was right by what this person said; admins, by what all said."""
    message, user = update.message, update.effective_user
    if message is None or user is None or await _is_overheard(update, context):
        return
    corrections = context.services.corrections
    own = await corrections.scores(user.id)
    is_admin = runs_the_bot(update, context.services.settings.admin_ids)
    everybody = await corrections.scores() if is_admin else None
    text = texts.scores(await context.words(update), own, everybody)
    drawn = everybody or own
    if drawn:
        picture = await asyncio.to_thread(draw_scores, drawn)
        await message.reply_photo(picture, caption=text, parse_mode=ParseMode.HTML)
    else:
        await message.reply_html(text)


async def privacy(update: Update, context: Context) -> None:
    """Tell what is kept."""
    if update.message:
        words = await context.words(update)
        days = context.services.settings.retention_days
        await update.message.reply_html(texts.privacy(words, days))


async def my_data(update: Update, context: Context) -> None:
    """Send a person all that is kept of them."""
    message, user = update.message, update.effective_user
    if message is None or user is None or await _is_overheard(update, context):
        return
    services, words = context.services, await context.words(update)
    settings = await services.chats.get(user.id)
    said = await services.corrections.repository.of(user.id)
    part = 0
    kept = await services.inbox.repository.of(user.id)
    waiting = [each for each in kept if each.update_id != update.update_id]
    runs = await services.trainer.runs.of(user.id) if services.trainer else ()
    async for archive in packed(user.id, settings, said, waiting, runs, services.corrections.files):
        part += 1
        file = InputFile(archive, filename=texts.MY_DATA_FILE.format(part))
        caption = words.plain(texts.MY_DATA) if part == 1 else None
        await message.reply_document(file, caption=caption)


async def forget(update: Update, context: Context) -> None:
    """Ask whether to delete all that is kept of a person."""
    if update.message is None or await _is_overheard(update, context):
        return
    words = await context.words(update)
    buttons = [
        InlineKeyboardButton(words.plain(phrase), callback_data=Button.FORGET + decision)
        for phrase, decision in ((texts.FORGET, YES), (texts.KEEP, NO))
    ]
    keyboard = InlineKeyboardMarkup.from_row(buttons)
    await update.message.reply_html(words(texts.ASK_TO_FORGET), reply_markup=keyboard)


async def press_forget(update: Update, context: Context) -> None:
    """Delete it, or leave it be; who presses speaks for nobody but themself."""
    query = update.callback_query
    if query is None or context.match is None:
        return
    if query.message is None or query.message.chat.type != ChatType.PRIVATE:
        await button_too_old(update, context)  # it was never offered there
        return
    services, user_id = context.services, query.from_user.id
    words = await context.words(update)  # while it is still known which
    if context.match[1] == NO:
        text = words.plain(texts.KEPT)
    else:
        gone = await services.corrections.forget(user_id)
        had_settings = await services.chats.forget(user_id)
        await services.inbox.repository.forget(user_id)
        had_runs = await services.trainer.runs.forget(user_id) if services.trainer else False
        text = texts.forgotten(words, gone, settings=had_settings, trainings=had_runs)
    await turn_into(query, text)
    await query.answer()


async def _is_overheard(update: Update, context: Context) -> bool:
    """Ask to be asked in private, where others listen."""
    message = update.message
    if message is None or message.chat.type == ChatType.PRIVATE:
        return False
    words = await context.words(update)
    await message.reply_text(words.plain(texts.IN_PRIVATE), do_quote=True)
    return True
