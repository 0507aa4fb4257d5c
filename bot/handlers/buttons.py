"""The buttons under answers: what they send back, and what becomes of those we no longer know."""

from collections.abc import Sequence
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.context import Context
from bot.services.reader import ReaderAnswer
from bot.storage import ChatSettings, Preview
from bot.texts import chat, problems
from bot.texts.words import Words


class Button(StrEnum):
    """Callback data: the version of its format, a colon, the button; at most 64 bytes.

    Buttons live as long as the chat does. Change what one means, and its version must change too.
    https://core.telegram.org/bots/api#inlinekeyboardbutton
    """

    WHAT_I_SAW = "1:saw"
    WHAT_I_SAW_IN_ALL = "1:saw_all"
    SETTINGS = "1:settings"  # then the page, and the choice on it


def keyboard_under(
    words: Words, answer: ReaderAnswer, settings: ChatSettings
) -> InlineKeyboardMarkup | None:
    """Return the buttons under an answer, None if there is nothing to press."""
    buttons = []
    if answer.digits and settings.preview is Preview.ON_REQUEST:
        buttons.append(_button(words.plain(chat.WHAT_I_SAW), Button.WHAT_I_SAW))
    return InlineKeyboardMarkup([buttons]) if buttons else None


def keyboard_under_several(
    words: Words, read: Sequence[ReaderAnswer], settings: ChatSettings
) -> InlineKeyboardMarkup | None:
    """Return the buttons under an answer about several pictures, None if there are none."""
    shown = settings.preview is not Preview.ON_REQUEST or any(answer.preview for answer in read)
    if shown or not any(answer.digits for answer in read):
        return None
    return InlineKeyboardMarkup.from_button(
        _button(words.plain(chat.WHAT_I_SAW), Button.WHAT_I_SAW_IN_ALL)
    )


def _button(text: str, data: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=data)


async def button_too_old(update: Update, context: Context) -> None:
    """Answer a button from another version, which would otherwise spin for ever."""
    if update.callback_query:
        words = await context.words(update)
        await update.callback_query.answer(words.plain(problems.BUTTON_TOO_OLD), show_alert=True)
