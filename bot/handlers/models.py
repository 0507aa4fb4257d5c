"""/models: admins look at the models, promote one, discard one, or go back to the one before."""

import logging

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.context import Context
from bot.handlers.buttons import Button, button_too_old
from bot.services.editing import turn_into, turn_keyboard
from bot.services.trainer import Trainer
from bot.texts import models as texts
from bot.texts.words import Phrase, Words
from model import ModelError
from model.store import StoredModel, UnknownModel

log = logging.getLogger(__name__)

# After `Button.MODELS`; a version is a name in the store, and looked up there.
MODEL = r"/v/([\w.-]{1,40})"
CHANGE = r"/(promote|discard)/([\w.-]{1,40})"
BACK = r"/rollback/([\w.-]{1,40})"  # from this version: a press that comes twice counts once


async def show_models(update: Update, context: Context) -> None:
    """List the models, or come back to the list."""
    trainer = context.services.trainer
    if trainer is None:
        return
    words = await context.words(update)
    text, keyboard = words(texts.MODELS), _list(words, trainer)
    if update.callback_query:
        await turn_into(update.callback_query, text, keyboard)
        await update.callback_query.answer()
    elif update.message:
        await update.message.reply_html(text, reply_markup=keyboard)


async def show_model(update: Update, context: Context) -> None:
    """Show one model and what can be done with it."""
    query, trainer = update.callback_query, context.services.trainer
    if query is None or trainer is None or not context.match:
        await button_too_old(update, context)
        return
    words = await context.words(update)
    try:
        model = trainer.models.store.get(context.match[1])
    except UnknownModel:
        await query.answer(words.plain(texts.NOT_THERE), show_alert=True)
        return
    runs = [run for run in await trainer.runs.newest(100) if run.version == model.card.version]
    text = texts.model(words, model.card, next(iter(runs), None), _standing(model, trainer))
    await turn_into(query, text, _actions(words, model, trainer))
    await query.answer()


async def act_on_model(update: Update, context: Context) -> None:
    """Promote or discard a model."""
    query, trainer = update.callback_query, context.services.trainer
    if query is None or trainer is None or not context.match:
        await button_too_old(update, context)
        return
    words = await context.words(update)
    action, version = context.match[1], context.match[2]
    try:
        if action == "promote":
            await trainer.promotion.promote(version)
            phrase = texts.PROMOTED
        else:
            await trainer.promotion.discard(version)
            phrase = texts.DISCARDED
    except ModelError as error:
        await query.answer(_refusal(words, error), show_alert=True)
        return
    log.info("Model %s: %s", version, action)
    await query.answer(words.plain(phrase, version=version), show_alert=True)
    await turn_keyboard(query, _back(words, trainer))


async def roll_back(update: Update, context: Context) -> None:
    """Let the model answer again that did before."""
    query, trainer = update.callback_query, context.services.trainer
    if query is None or trainer is None or not context.match:
        await button_too_old(update, context)
        return
    words = await context.words(update)
    version = trainer.models.card.version
    if version == context.match[1]:
        try:
            version = await trainer.promotion.roll_back()
        except ModelError as error:
            await query.answer(_refusal(words, error), show_alert=True)
            return
        log.info("Rolled back to %s", version)
    await query.answer(words.plain(texts.PROMOTED, version=version), show_alert=True)
    await turn_keyboard(query, _back(words, trainer))


def _refusal(words: Words, error: ModelError) -> str:
    """At most the 200 characters that an alert can have."""
    if isinstance(error, UnknownModel):
        return words.plain(texts.NOT_THERE)
    return words.plain(texts.CANNOT, reason=error)[:200]


def _standing(model: StoredModel, trainer: Trainer) -> list[Phrase]:
    served = model.folder == trainer.models.folder
    return [
        phrase
        for phrase, holds in (
            (texts.ANSWERS_NOW, served),
            (texts.COMES_WITH_THE_BOT, model.is_shipped),
        )
        if holds
    ]


def _list(words: Words, trainer: Trainer) -> InlineKeyboardMarkup:
    rows = []
    for model in trainer.models.store.versions():
        notes = [words.plain(phrase) for phrase in _standing(model, trainer)]
        accuracy = [words.share(metric.accuracy) for metric in model.card.metrics[:1]]
        label = " · ".join([model.card.version, *accuracy, *notes])
        rows.append([_button(label, f"/v/{model.card.version}")])
    return InlineKeyboardMarkup([*rows, *_back(words, trainer, to_list=False).inline_keyboard])


def _actions(words: Words, model: StoredModel, trainer: Trainer) -> InlineKeyboardMarkup:
    version, row = model.card.version, []
    if model.folder != trainer.models.folder:
        row.append(_button(words.plain(texts.PROMOTE), f"/promote/{version}"))
        if not model.is_shipped:
            row.append(_button(words.plain(texts.DISCARD), f"/discard/{version}"))
    return InlineKeyboardMarkup([row, *_back(words, trainer).inline_keyboard])


def _back(words: Words, trainer: Trainer, *, to_list: bool = True) -> InlineKeyboardMarkup:
    """The buttons that lead away: to the former model, where there is one, and to the list."""
    rows = []
    if len(trainer.models.store.preferred()) > 1:
        served = trainer.models.card.version
        rows.append([_button(words.plain(texts.ROLL_BACK), f"/rollback/{served}")])
    if to_list:
        rows.append([_button(words.plain(texts.ALL_MODELS), "")])
    return InlineKeyboardMarkup(rows)


def _button(text: str, path: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=Button.MODELS + path)
