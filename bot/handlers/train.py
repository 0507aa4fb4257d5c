"""/train: admins train a new model, watch it, stop it, go on with it."""

import logging
from datetime import UTC, datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ParseMode

from bot.context import Context
from bot.handlers.buttons import Button, button_too_old
from bot.services.names import name_of
from bot.services.trainer import Trainer
from bot.services.training import Asker, Busy, CannotTrain, NoTensorFlow, NothingToResume
from bot.services.training_reporter import cancel_keyboard
from bot.storage import Run, RunStatus
from bot.texts import training
from bot.texts.words import Words
from model.training.order import PRESETS, Preset

log = logging.getLogger(__name__)

# Minutes on two cores, until a run of the installation itself tells.
MINUTES: dict[Preset, int] = {"quick": 6, "full": 120}
ORDER = r"/(?:(quick|full|resume)|cancel/([0-9]{1,12}))"  # after `Button.TRAIN`
DONE = {RunStatus.PROMOTED, RunStatus.CANDIDATE}


async def train(update: Update, context: Context) -> None:
    """Show the panel, or do what a word says."""
    message, trainer = update.message, context.services.trainer
    if message is None or trainer is None:
        return
    words = await context.words(update)
    match [argument.lower() for argument in context.args or []]:
        case [] | ["status"] if trainer.state is not None:
            await _show_progress(message, words, trainer)
        case []:
            text, keyboard = await _panel(words, context, trainer)
            await message.reply_html(text, reply_markup=keyboard)
        case ["status"]:
            await message.reply_text(words.plain(training.NOTHING_RUNS))
        case ["quick" | "full" | "resume" as word]:
            await _begin(update, message, words, trainer, word)
        case ["cancel"]:
            phrase = training.CANCELLING if await trainer.cancel() else training.NOTHING_RUNS
            await message.reply_text(words.plain(phrase), do_quote=True)
        case _:
            await message.reply_text(words.plain(training.USAGE))


async def press_train(update: Update, context: Context) -> None:
    """Do what a button of the panel, of the progress or of an interruption says."""
    query, trainer = update.callback_query, context.services.trainer
    if (
        query is None
        or trainer is None
        or not context.match
        or not isinstance(query.message, Message)
    ):
        await button_too_old(update, context)
        return
    words = await context.words(update)
    word, cancelled = context.match.groups()
    if cancelled:
        is_cancelled = await trainer.cancel(int(cancelled))
        phrase = training.CANCELLING if is_cancelled else training.NOTHING_RUNS
        await query.answer(words.plain(phrase))
        return
    await query.answer()
    await _begin(update, query.message, words, trainer, word)


async def _begin(
    update: Update, message: Message, words: Words, trainer: Trainer, word: str
) -> None:
    """Start or resume a run, and send the message that will show it."""
    user = update.effective_user
    assert user is not None  # or they would not be an admin
    asker = Asker(
        user.id,
        name_of(user),
        message.chat_id,
        message.message_thread_id if message.is_topic_message else None,
        words.language,
    )
    try:
        if word == "resume":
            run = await trainer.resume(asker)
        else:
            preset: Preset = "full" if word == "full" else "quick"
            run = await trainer.start(preset, asker)
    except Busy as busy:
        if busy.run is None:
            await message.reply_text(words.plain(training.BUSY_ELSEWHERE))
        else:
            await _show_progress(message, words, trainer)
        return
    except CannotTrain as error:
        await message.reply_text(words.plain(_PROBLEMS[type(error)]))
        return
    log.info("Training %d (%s) begins.", run.id, run.preset)
    shown = await message.reply_text(
        words.plain(training.STARTED), reply_markup=cancel_keyboard(run)
    )
    await trainer.shown_by(run, shown.message_id)


_PROBLEMS = {
    NoTensorFlow: training.NO_TENSORFLOW,
    NothingToResume: training.NOTHING_TO_RESUME,
}


async def _show_progress(message: Message, words: Words, trainer: Trainer) -> None:
    """Say who trains and how far it is, in a message of its own that stays as it is."""
    state = trainer.state
    if state is None:  # it has ended in this moment
        await message.reply_text(words.plain(training.NOTHING_RUNS))
        return
    text = training.busy(words, state, datetime.now(UTC) - state.run.started_at)
    await message.reply_text(text, ParseMode.HTML, reply_markup=cancel_keyboard(state.run))


async def _panel(
    words: Words, context: Context, trainer: Trainer
) -> tuple[str, InlineKeyboardMarkup]:
    runs = await trainer.runs.newest(50)
    done = [run for run in runs if run.status in DONE]
    since = done[0].started_at if done else None
    corrections = await context.services.corrections.repository.list(since=since)
    text = training.panel(
        words,
        context.services.models.card,
        len(corrections),
        {preset: _minutes(preset, done) for preset in PRESETS},
        is_pinned=trainer.models.pinned is not None,
    )
    rows = [
        [
            _button(words.plain(training.QUICK), "/quick"),
            _button(words.plain(training.FULL), "/full"),
        ]
    ]
    if await trainer.resumable() is not None:
        rows.append([_button(words.plain(training.RESUME), "/resume")])
    return text, InlineKeyboardMarkup(rows)


def _button(text: str, path: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=Button.TRAIN + path)


def _minutes(preset: Preset, done: list[Run]) -> int:
    """How long the last run of this kind took."""
    for run in done:
        if run.preset == preset and run.ended_at is not None:
            return max(1, round((run.ended_at - run.started_at).total_seconds() / 60))
    return MINUTES[preset]
