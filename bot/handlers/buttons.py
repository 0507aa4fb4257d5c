"""The buttons under answers: what they send back, and what becomes of those we no longer know."""

import re
from collections.abc import Sequence
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import InlineKeyboardButtonLimit

from bot.context import Context
from bot.services.reader import ReaderAnswer
from bot.storage import ChatSettings, Preview, Verdict
from bot.texts import chat, corrections, problems
from bot.texts.words import Words


class Button(StrEnum):
    """Callback data: the version of its format, a colon, the button; at most 64 bytes.

    Buttons live as long as the chat does. Change what one means, and its version must change too.
    https://core.telegram.org/bots/api#inlinekeyboardbutton
    """

    WHAT_I_SAW = "1:saw"
    WHAT_I_SAW_IN_ALL = "1:saw_all"
    RIGHT = "1:right"  # then the version of the model
    WRONG = "1:wrong"  # then that, the digit's place from 0, and what it is
    JUDGE = "1:judge"  # then the version: back to the two above
    FORGET = "1:forget"  # then whether
    SETTINGS = "1:settings"  # then the page, and the choice on it
    TRAIN = "1:train"  # then what to do
    MODELS = "1:models"  # then what to do, and the version of the model
    REVIEW = "1:review"  # then what to do, and the number of the correction
    UNBAN = "1:unban"  # then the id of the person


VERSION_SHAPE = r"[A-Za-z0-9._+-]+"  # of a model's version, where it is part of a button's data
LONGEST_PATH = len("/99=x")  # what follows it there


def keyboard_under(
    words: Words, answer: ReaderAnswer, settings: ChatSettings, said: Sequence[Verdict] = ()
) -> InlineKeyboardMarkup | None:
    """Return the buttons under an answer, None if there is nothing to press.

    `said` is what people have said of it so far.
    """
    offers = settings.preview is Preview.ON_REQUEST and answer.preview is None
    shows = Button.WHAT_I_SAW if offers else None
    return answer_keyboard(words, len(answer.digits), answer.model_version, said, shows)


def answer_keyboard(
    words: Words,
    digits: int,
    model_version: str,
    said: Sequence[Verdict],
    shows: Button | None,
) -> InlineKeyboardMarkup | None:
    """Return the buttons under an answer with so many digits, None if there are none.

    `shows` is the one of them that shows what the model saw.
    """
    if not digits:
        return None
    pictures = [_button(words.plain(chat.WHAT_I_SAW), shows)] if shows else []
    judges = []
    if _fits(model_version):
        judges = [
            _button(
                corrections.right_label(words, said, digits), f"{Button.RIGHT}/{model_version}"
            ),
            _button(
                corrections.wrong_label(words, said, digits), f"{Button.WRONG}/{model_version}"
            ),
        ]
    rows = [pictures, judges] if said else [pictures + judges]  # thanks take more room
    return InlineKeyboardMarkup([row for row in rows if row]) if any(rows) else None


def keyboard_under_several(
    words: Words, read: Sequence[ReaderAnswer], settings: ChatSettings
) -> InlineKeyboardMarkup | None:
    """Return the buttons under an answer about several pictures, None if there are none."""
    offers = settings.preview is Preview.ON_REQUEST and not any(a.preview for a in read)
    return _under_several(words, read, (), Button.WHAT_I_SAW_IN_ALL if offers else None)


def keyboard_under_shown(
    words: Words, read: Sequence[ReaderAnswer], said: Sequence[Verdict]
) -> InlineKeyboardMarkup | None:
    """Return the buttons that are left when several pictures have been shown."""
    return _under_several(words, read, said, None)


def _under_several(
    words: Words, read: Sequence[ReaderAnswer], said: Sequence[Verdict], shows: Button | None
) -> InlineKeyboardMarkup | None:
    digits = sum(len(answer.digits) for answer in read)
    version = read[0].model_version if read else ""
    return answer_keyboard(words, digits, version, said, shows)


def _fits(model_version: str) -> bool:
    """Whether the version fits into the data of a button."""
    length = len(f"{Button.WRONG}/{model_version}") + LONGEST_PATH
    is_short = length <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    return is_short and re.fullmatch(VERSION_SHAPE, model_version) is not None


def _button(text: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=data)


async def button_too_old(update: Update, context: Context) -> None:
    """Answer a button from another version, which would otherwise spin for ever."""
    if update.callback_query:
        words = await context.words(update)
        await update.callback_query.answer(words.plain(problems.BUTTON_TOO_OLD), show_alert=True)
