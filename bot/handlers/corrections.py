"""The buttons "right" and "wrong" under answers, and the keypad behind the latter.

Nothing is kept between an answer and what is said of it: which picture it is on and what it said
are in the message itself, and the model's version is in the button.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType

from bot.context import Context
from bot.handlers.buttons import VERSION_SHAPE, Button, answer_keyboard, button_too_old
from bot.handlers.pictures import NOT_READABLE
from bot.services.corrections import Judged, ReadsDifferently
from bot.services.editing import turn_keyboard
from bot.services.inbox import attachment_of, download
from bot.services.rights import runs_the_chat
from bot.storage import Preview, Verdict
from bot.texts import corrections as texts
from bot.texts import problems
from bot.texts.numbers import number_in
from bot.texts.words import Words

log = logging.getLogger(__name__)

# What follows the button in its data: the version, the place, what it is.
VERSION: Final = rf"/({VERSION_SHAPE})"
PLACE: Final = rf"{VERSION}/([0-9]{{1,2}})"
TRUTH: Final = rf"{PLACE}=([0-9x])"

NOTHING: Final = "x"  # in a button, "not a digit"
MOST: Final = 80  # digits to choose among: https://core.telegram.org/bots/api bears 100 buttons
ACROSS: Final = 8
KEYS_ACROSS: Final = 5


@dataclass(frozen=True, slots=True)
class _Press:
    """A button under an answer, pressed by somebody who may."""

    query: CallbackQuery
    answer: Message
    question: Message
    judged: Judged
    words: Words


async def say_right(update: Update, context: Context) -> None:
    """Note that the answer is right."""
    press = await _allowed(update, context)
    if press is None:
        return
    await context.services.corrections.confirm(press.judged, press.query.from_user.id)
    await _show_answer(press, context)
    await press.query.answer(press.words.plain(texts.RIGHT_NOTED))


async def say_wrong(update: Update, context: Context) -> None:
    """Ask what it is; if the answer has several digits, first which of them is meant."""
    press = await _allowed(update, context)
    if press is None:
        return
    if len(press.judged.digits) == 1:
        await _show_keypad(press, context, 0)
        return
    said = await _said(press, context)
    await turn_keyboard(press.query, _places(press.words, press.judged, said))
    await press.query.answer(press.words.plain(texts.WHICH_PLACE))


async def say_which(update: Update, context: Context) -> None:
    """Ask what the chosen one of several digits is."""
    press = await _allowed(update, context)
    if press is None or context.match is None:
        return
    place = int(context.match[2])
    if place < len(press.judged.digits):
        await _show_keypad(press, context, place)
    else:
        await button_too_old(update, context)


async def say_what(update: Update, context: Context) -> None:
    """Note what a digit is, in the place of what was said of it before."""
    press = await _allowed(update, context)
    if press is None or context.match is None:
        return
    place, key = int(context.match[2]), context.match[3]
    truth = None if key == NOTHING else int(key)
    if place >= len(press.judged.digits):
        await button_too_old(update, context)
    elif await _note(press, context, place, truth):
        await _show_answer(press, context)
        await press.query.answer(texts.noted(press.words, truth))


async def leave_keypad(update: Update, context: Context) -> None:
    """Go back to the buttons of the answer."""
    press = await _allowed(update, context)
    if press is not None:
        await _show_answer(press, context)
        await press.query.answer()


async def _allowed(update: Update, context: Context) -> _Press | None:
    """Return what was pressed, None after telling who may not, or that the picture is gone."""
    query = update.callback_query
    if query is None or context.match is None:
        return None
    words = await context.words(update)
    answer = query.message if isinstance(query.message, Message) else None
    question = answer.reply_to_message if answer else None
    number = number_in(answer.text or answer.caption or "") if answer else ""
    if answer is None or question is None or attachment_of(question) is None or not number:
        await query.answer(words.plain(problems.PHOTO_GONE), show_alert=True)
        return None
    sender_id = _sender_id(question)
    if query.from_user.id != sender_id and not await runs_the_chat(update, context.bot):
        is_private = answer.chat.type == ChatType.PRIVATE
        refusal = texts.NOT_YOURS if is_private else texts.NOT_YOURS_IN_GROUP
        await query.answer(words.plain(refusal), show_alert=True)
        return None
    version: str = context.match[1]
    judged = Judged(answer.chat_id, question.message_id, sender_id, number, version)
    return _Press(query, answer, question, judged, words)


def _sender_id(question: Message) -> int | None:
    """Who sent the picture, if that was a person who shows themself."""
    sender = question.from_user
    return None if sender is None or question.sender_chat is not None else sender.id


async def _note(press: _Press, context: Context, place: int, truth: int | None) -> bool:
    """Note what a digit is; return False after telling why it cannot be done."""
    kept, user_id = context.services.corrections, press.query.from_user.id
    if truth == int(press.judged.digits[place]):
        await kept.confirm_digit(press.judged, user_id, place)
        return True
    attachment = attachment_of(press.question)
    assert attachment is not None  # or nobody would have been asked
    try:
        data = await download(context.bot, attachment)
        await kept.correct(press.judged, user_id, place, truth, data)
    except ReadsDifferently:
        await press.query.answer(press.words.plain(texts.READS_DIFFERENTLY), show_alert=True)
        return False
    except NOT_READABLE as error:
        log.info("A correction came to nothing: %r", error)
        await press.query.answer(problems.problem(press.words, error), show_alert=True)
        return False
    return True


async def _said(press: _Press, context: Context) -> Sequence[Verdict]:
    judged = press.judged
    return await context.services.corrections.said_of(judged.chat_id, judged.message_id)


async def _show_answer(press: _Press, context: Context) -> None:
    settings = await context.services.chats.get(press.judged.chat_id)
    keyboard = answer_keyboard(
        press.words,
        len(press.judged.digits),
        press.judged.model_version,
        await _said(press, context),
        offers_picture=settings.preview is Preview.ON_REQUEST and not press.answer.photo,
    )
    await turn_keyboard(press.query, keyboard)


async def _show_keypad(press: _Press, context: Context, place: int) -> None:
    """Show ten digits, "not a digit", and the way back."""
    said = {verdict.position: verdict for verdict in await _said(press, context)}
    start, words = _data(Button.WRONG, press.judged), press.words
    current = said[place].truth if place in said else -1
    keys = [
        _key(texts.truth_label(words, truth), f"{start}/{place}={truth}", truth == current)
        for truth in range(10)
    ]
    nothing = texts.truth_label(words, None)
    is_one = len(press.judged.digits) == 1
    back = _data(Button.JUDGE, press.judged) if is_one else start
    rows = [
        *_in_rows(keys, KEYS_ACROSS),
        [_key(nothing, f"{start}/{place}={NOTHING}", current is None)],
        [_key(words.plain(texts.BACK), back)],
    ]
    await turn_keyboard(press.query, InlineKeyboardMarkup(rows))
    await press.query.answer(words.plain(texts.WHAT_IS_IT))


def _places(words: Words, judged: Judged, said: Sequence[Verdict]) -> InlineKeyboardMarkup:
    """Show the digits of an answer, row by row, and the way back."""
    of_place = {verdict.position: verdict for verdict in said}
    start, rows, place = _data(Button.WRONG, judged), [], 0
    for row in judged.number.split("|"):
        keys = [
            _key(texts.place_label(digit, of_place.get(n)), f"{start}/{n}")
            for n, digit in enumerate(row, start=place)
            if n < MOST
        ]
        rows += _in_rows(keys, ACROSS)
        place += len(row)
    back = _key(words.plain(texts.BACK), _data(Button.JUDGE, judged))
    return InlineKeyboardMarkup([*rows, [back]])


def _data(button: Button, judged: Judged) -> str:
    return f"{button}/{judged.model_version}"


def _key(label: str, data: str, is_chosen: bool = False) -> InlineKeyboardButton:
    return InlineKeyboardButton(texts.chosen(label) if is_chosen else label, callback_data=data)


def _in_rows(
    keys: Sequence[InlineKeyboardButton], across: int
) -> list[Sequence[InlineKeyboardButton]]:
    return [keys[start : start + across] for start in range(0, len(keys), across)]
