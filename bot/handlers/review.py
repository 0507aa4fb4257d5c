"""/corrections: admins look at what people corrected, and say what training may learn from."""

import logging
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Message, Update
from telegram.constants import ParseMode

from bot.context import Context
from bot.handlers.buttons import Button, button_too_old
from bot.services.editing import content_if_so_already
from bot.storage import Correction, Status
from bot.texts import review as texts
from bot.texts.words import Phrase, Words

log = logging.getLogger(__name__)

STEP = r"/(show|accept|reject|accept_all|reject_all)/([0-9]{1,12})"  # after `Button.REVIEW`
RUNS = 5  # whose suspects come first


async def show_corrections(update: Update, context: Context) -> None:
    """Send the picture of the first correction that nobody has reviewed."""
    if update.message is None:
        return
    words = await context.words(update)
    pending, suspects = await _pending(context)
    for shown in pending:
        picture = await _picture(context, shown)
        if picture is not None:
            await update.message.reply_photo(
                picture,
                caption=_caption(words, shown, pending, suspects),
                parse_mode=ParseMode.HTML,
                reply_markup=_keyboard(words, shown),
            )
            return
    await update.message.reply_text(words.plain(texts.NOTHING_LEFT))


async def press_review(update: Update, context: Context) -> None:
    """Note what an admin decides on a correction, or on all of its person, and show the next."""
    query = update.callback_query
    if query is None or not isinstance(query.message, Message) or not context.match:
        await button_too_old(update, context)
        return
    words = await context.words(update)
    action, number = context.match[1], int(context.match[2])
    toast = None
    if action != "show":
        count = await _decide(context, action, number)
        log.info("Correction %d: %s, %d reviewed", number, action, count)
        toast = texts.reviewed(words, count)
    pending, suspects = await _pending(context)
    at = next((n for n, one in enumerate(pending) if one.id == number), -1)
    for shown in [*pending[at + 1 :], *pending[: at + 1]]:  # round and round
        picture = await _picture(context, shown)
        if picture is not None:
            caption = _caption(words, shown, pending, suspects)
            media = InputMediaPhoto(picture, caption=caption, parse_mode=ParseMode.HTML)
            if shown.id != number:
                with content_if_so_already():
                    await query.edit_message_media(media, _keyboard(words, shown))
            await query.answer(toast)
            return
    with content_if_so_already():
        await query.edit_message_caption(words.plain(texts.NOTHING_LEFT))
    await query.answer(toast)


async def _decide(context: Context, action: str, number: int) -> int:
    """Return how many corrections got another status."""
    repository = context.services.corrections.repository
    status = Status.ACCEPTED if action.startswith("accept") else Status.REJECTED
    if not action.endswith("_all"):
        return await repository.review([number], status)
    chosen = await repository.get(number)
    if chosen is None:
        return 0
    pending = await repository.list(status=Status.PENDING)
    theirs = [one.id for one in pending if one.verdict.user_id == chosen.verdict.user_id]
    return await repository.review(theirs, status)


async def _pending(context: Context) -> tuple[Sequence[Correction], frozenset[int]]:
    """All that nobody has reviewed, suspects first; and which are suspects.

    What an admin says needs no review.
    """
    services = context.services
    runs = await services.trainer.runs.newest(RUNS) if services.trainer else ()
    suspects = frozenset(number for run in runs for number in run.suspects)
    pending = [
        one
        for one in await services.corrections.repository.list(status=Status.PENDING)
        if one.verdict.user_id not in services.settings.admin_ids
    ]
    return sorted(pending, key=lambda one: (one.id not in suspects, one.id)), suspects


async def _picture(context: Context, shown: Correction) -> bytes | None:
    try:
        _, crop = await context.services.corrections.files.load(shown.picture)
    except FileNotFoundError:  # its person has just deleted it
        return None
    return crop


def _caption(
    words: Words, shown: Correction, pending: Sequence[Correction], suspects: frozenset[int]
) -> str:
    place = next(n for n, one in enumerate(pending, start=1) if one.id == shown.id)
    return texts.correction(words, shown, place, len(pending), is_suspect=shown.id in suspects)


def _keyboard(words: Words, shown: Correction) -> InlineKeyboardMarkup:
    def button(phrase: Phrase, action: str) -> InlineKeyboardButton:
        data = f"{Button.REVIEW}/{action}/{shown.id}"
        return InlineKeyboardButton(words.plain(phrase), callback_data=data)

    return InlineKeyboardMarkup(
        [
            [
                button(texts.ACCEPT, "accept"),
                button(texts.REJECT, "reject"),
                button(texts.NEXT, "show"),
            ],
            [button(texts.ACCEPT_ALL, "accept_all"), button(texts.REJECT_ALL, "reject_all")],
        ]
    )
