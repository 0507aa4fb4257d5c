"""Changing what the bot has said."""

from collections.abc import Iterator
from contextlib import contextmanager

from telegram import CallbackQuery, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import BadRequest


async def turn_into(
    query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup | None = None
) -> None:
    """Let the message of a pressed button say something else; if it says so already, be content."""
    with content_if_so_already():
        await query.edit_message_text(text, ParseMode.HTML, reply_markup=keyboard)


async def turn_keyboard(query: CallbackQuery, keyboard: InlineKeyboardMarkup | None) -> None:
    """Put other buttons under the message of a pressed one, on the same terms."""
    with content_if_so_already():
        await query.edit_message_reply_markup(keyboard)


@contextmanager
def content_if_so_already() -> Iterator[None]:
    """Let an edit that changes nothing pass."""
    try:
        yield
    except BadRequest as error:
        if "not modified" not in error.message:
            raise
