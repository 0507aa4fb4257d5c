"""The buttons "right" and "wrong" under answers, and the keypad behind the latter."""

import logging
from collections.abc import Sequence
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.context import Context
from bot.handlers.buttons import VERSION_SHAPE, Button, answer_keyboard, button_too_old
from bot.handlers.judged import Place, Press, allowed
from bot.handlers.pictures import NOT_READABLE
from bot.services.attachments import download
from bot.services.corrections import ReadsDifferently
from bot.services.editing import turn_keyboard
from bot.storage import Preview, Verdict
from bot.texts import corrections as texts
from bot.texts import problems

log = logging.getLogger(__name__)

# What follows the button in its data: the version, the number of the digit, what it is.
VERSION: Final = rf"/({VERSION_SHAPE})"
PLACE: Final = rf"{VERSION}/([0-9]{{1,2}})"
TRUTH: Final = rf"{PLACE}=([0-9x])"

NOTHING: Final = "x"  # in a button, "not a digit"
MOST: Final = 80  # digits to choose among: https://core.telegram.org/bots/api bears 100 buttons
ACROSS: Final = 8
ACROSS_SEVERAL: Final = 4
KEYS_ACROSS: Final = 5

Keys = Sequence[InlineKeyboardButton]


async def say_right(update: Update, context: Context) -> None:
    """Note that the answer is right."""
    press = await allowed(update, context)
    if press is None:
        return
    for subject in press.own:
        if subject.judged.digits:
            await context.services.corrections.confirm(subject.judged, press.query.from_user.id)
    await _show_answer(press, context)
    await press.query.answer(press.words.plain(texts.RIGHT_NOTED))


async def say_wrong(update: Update, context: Context) -> None:
    """Ask what it is; if the answer has several digits, first which of them is meant."""
    press = await allowed(update, context)
    if press is None:
        return
    if len(press.places) == 1:
        await _show_keypad(press, context, press.places[0])
        return
    await turn_keyboard(press.query, _choice(press, await press.said(context)))
    await press.query.answer(press.words.plain(texts.WHICH_PLACE))


async def say_which(update: Update, context: Context) -> None:
    """Ask what the chosen one of several digits is."""
    press = await allowed(update, context)
    if press is None or context.match is None:
        return
    place = press.place(int(context.match[2]))
    if place is None:
        await button_too_old(update, context)
    else:
        await _show_keypad(press, context, place)


async def say_what(update: Update, context: Context) -> None:
    """Note what a digit is, in the place of what was said of it before."""
    press = await allowed(update, context)
    if press is None or context.match is None:
        return
    place, key = press.place(int(context.match[2])), context.match[3]
    truth = None if key == NOTHING else int(key)
    if place is None:
        await button_too_old(update, context)
    elif await _note(press, context, place, truth):
        await _show_answer(press, context)
        await press.query.answer(texts.noted(press.words, truth))


async def leave_keypad(update: Update, context: Context) -> None:
    """Go back to the buttons of the answer."""
    press = await allowed(update, context)
    if press is not None:
        await _show_answer(press, context)
        await press.query.answer()


async def _note(press: Press, context: Context, place: Place, truth: int | None) -> bool:
    """Note what a digit is; return False after telling why it cannot be done."""
    kept, user_id, subject = context.services.corrections, press.query.from_user.id, place.subject
    if str(truth) == place.digit:
        await kept.confirm_digit(subject.judged, user_id, place.position)
        return True
    try:
        async with context.services.desk.hands:
            data = await download(context.bot, subject.attachment, context.services.patience)
            await kept.correct(subject.judged, user_id, place.position, truth, data)
    except ReadsDifferently:
        await press.query.answer(press.words.plain(texts.READS_DIFFERENTLY), show_alert=True)
        return False
    except NOT_READABLE as error:
        log.info("A correction came to nothing: %r", error)
        await press.query.answer(problems.problem(press.words, error), show_alert=True)
        return False
    return True


async def _show_answer(press: Press, context: Context) -> None:
    settings = await context.services.chats.get(press.answer.chat_id)
    shows = Button.WHAT_I_SAW_IN_ALL if press.is_several else Button.WHAT_I_SAW
    offers = settings.preview is Preview.ON_REQUEST and not press.answer.photo
    said = await press.said(context)
    keyboard = answer_keyboard(
        press.words, press.digits, press.model_version, said, shows if offers else None
    )
    await turn_keyboard(press.query, keyboard)


async def _show_keypad(press: Press, context: Context, place: Place) -> None:
    """Show ten digits, "not a digit", and the way back."""
    words, start = press.words, f"{_data(press, Button.WRONG)}/{place.number}"
    verdict = _verdict(place, await press.said(context))
    current = verdict.truth if verdict else -1
    keys = [
        _key(texts.truth_label(words, truth), f"{start}={truth}", truth == current)
        for truth in range(10)
    ]
    nothing = texts.truth_label(words, None)
    is_one = len(press.places) == 1
    rows = [
        *_in_rows(keys, KEYS_ACROSS),
        [_key(nothing, f"{start}={NOTHING}", current is None)],
        [_key(words.plain(texts.BACK), _data(press, Button.JUDGE if is_one else Button.WRONG))],
    ]
    await turn_keyboard(press.query, InlineKeyboardMarkup(rows))
    await press.query.answer(words.plain(texts.WHAT_IS_IT))


def _choice(press: Press, said: Sequence[Verdict]) -> InlineKeyboardMarkup:
    """Show the digits of an answer, as they stand in it, and the way back."""
    start, rows = _data(press, Button.WRONG), []
    places = {(place.subject, place.position): place for place in press.places[:MOST]}
    for subject in press.own:
        position = 0
        for row in subject.judged.number.split("|"):
            found = [places.get((subject, n)) for n in range(position, position + len(row))]
            rows.append(
                [
                    _key(_label(press, place, said), f"{start}/{place.number}")
                    for place in found
                    if place is not None
                ]
            )
            position += len(row)
    if press.is_several:
        lines = _in_rows([key for row in rows for key in row], ACROSS_SEVERAL)
    else:
        lines = [line for row in rows for line in _in_rows(row, ACROSS)]
    back = _key(press.words.plain(texts.BACK), _data(press, Button.JUDGE))
    return InlineKeyboardMarkup([*lines, [back]])


def _label(press: Press, place: Place, said: Sequence[Verdict]) -> str:
    label = texts.place_label(place.digit, _verdict(place, said))
    return texts.of_picture(place.subject.number, label) if press.is_several else label


def _verdict(place: Place, said: Sequence[Verdict]) -> Verdict | None:
    key = place.subject.judged.message_id, place.position
    return next((v for v in said if (v.message_id, v.position) == key), None)


def _data(press: Press, button: Button) -> str:
    return f"{button}/{press.model_version}"


def _key(label: str, data: str, is_chosen: bool = False) -> InlineKeyboardButton:
    return InlineKeyboardButton(texts.chosen(label) if is_chosen else label, callback_data=data)


def _in_rows(keys: Keys, across: int) -> list[Keys]:
    return [keys[start : start + across] for start in range(0, len(keys), across)]
