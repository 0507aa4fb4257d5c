"""/settings: a panel of buttons for what a chat can choose, and /reset."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatType

from bot.context import Context
from bot.handlers.buttons import Button, button_too_old
from bot.services.editing import turn_into
from bot.services.rights import runs_the_chat
from bot.storage import ChatSettings, Detail, Preview, Trigger
from bot.texts import panel
from bot.texts.words import LANGUAGES, Words

OWN: Final = "own"  # in a button, the language of each app; the settings keep it as None

# What follows `Button.SETTINGS` in a button to a page of the panel, and in one on it.
PAGE: Final = r"/(\w+)"
CHOICE: Final = r"/(\w+)=(\w+)"


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: a field of ChatSettings, and what can be chosen."""

    name: str
    values: tuple[StrEnum | str | None, ...]
    across: int = 1  # buttons in a row
    in_groups_only: bool = False


OPTIONS: Final = (
    Option("preview", tuple(Preview)),
    Option("detail", tuple(Detail)),
    Option("language", (*LANGUAGES, None), across=2),
    Option("trigger", tuple(Trigger), in_groups_only=True),
)


async def show_settings(update: Update, context: Context) -> None:
    """Send the panel, or come back to it from one of its pages."""
    chat = update.effective_chat
    if chat is None or await _is_refused(update, context):
        return
    words = await context.words(update)
    chosen = await context.services.chats.get(chat.id)
    await _show(update, *_panel(words, chosen, in_group=_in_group(update)))


async def show_page(update: Update, context: Context) -> None:
    """Turn to the page of a setting."""
    chat, option = update.effective_chat, _option(update, context)
    if chat is None or option is None:
        await button_too_old(update, context)
        return
    if await _is_refused(update, context):
        return
    words = await context.words(update)
    chosen = await context.services.chats.get(chat.id)
    await _show(update, *_page(words, option, chosen, in_group=_in_group(update)))


async def choose(update: Update, context: Context) -> None:
    """Change a setting and come back to the panel, which tells how it stands now."""
    chat, option = update.effective_chat, _option(update, context)
    code = context.match[2] if context.match else ""
    if chat is None or option is None or code not in map(_code, option.values):
        await button_too_old(update, context)
        return
    if await _is_refused(update, context):
        return
    value = next(value for value in option.values if _code(value) == code)
    change: dict[str, Any] = {option.name: value}
    chosen = await context.services.chats.change(chat.id, lambda former: replace(former, **change))
    words = await context.words(update)  # the language may be what has changed
    await _show(
        update, *_panel(words, chosen, in_group=_in_group(update)), words.plain(panel.CHANGED)
    )


async def reset(update: Update, context: Context) -> None:
    """Put all settings of the chat back."""
    if update.message is None or await _is_refused(update, context):
        return
    await context.services.chats.change(update.message.chat_id, lambda _: ChatSettings())
    words = await context.words(update)
    await update.message.reply_text(words.plain(panel.RESET))


async def _is_refused(update: Update, context: Context) -> bool:
    """Tell who has no say in this chat that it is so."""
    if await runs_the_chat(update, context.bot):
        return False
    text = (await context.words(update)).plain(panel.ADMINS_ONLY)
    if update.callback_query:
        await update.callback_query.answer(text, show_alert=True)
    elif update.message:
        await update.message.reply_text(text, do_quote=True)
    return True


async def _show(
    update: Update, text: str, keyboard: InlineKeyboardMarkup, toast: str | None = None
) -> None:
    if update.callback_query:
        await turn_into(update.callback_query, text, keyboard)
        await update.callback_query.answer(toast)
    elif update.message:
        await update.message.reply_html(text, reply_markup=keyboard)


def _panel(
    words: Words, chosen: ChatSettings, *, in_group: bool
) -> tuple[str, InlineKeyboardMarkup]:
    buttons = [
        _button(panel.title(words, option.name, chosen, in_group=in_group), f"/{option.name}")
        for option in OPTIONS
        if in_group or not option.in_groups_only
    ]
    text = words(panel.GROUP_PANEL if in_group else panel.PANEL)
    return text, InlineKeyboardMarkup.from_column(buttons)


def _page(
    words: Words, option: Option, chosen: ChatSettings, *, in_group: bool
) -> tuple[str, InlineKeyboardMarkup]:
    current = getattr(chosen, option.name)
    buttons = []
    for value in option.values:
        label = panel.choice(words, value, in_group=in_group)
        label = panel.marked(label) if value == current else label
        buttons.append(_button(label, f"/{option.name}={_code(value)}"))
    starts = range(0, len(buttons), option.across)
    rows = [buttons[start : start + option.across] for start in starts]
    rows.append([_button(words.plain(panel.BACK), "")])
    return panel.page(words, option.name), InlineKeyboardMarkup(rows)


def _button(label: str, path: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=Button.SETTINGS + path)


def _option(update: Update, context: Context) -> Option | None:
    """Return the setting that a button names, None if this version or chat has none such."""
    name = context.match[1] if context.match else ""
    option = next((option for option in OPTIONS if option.name == name), None)
    return None if option and option.in_groups_only and not _in_group(update) else option


def _code(value: StrEnum | str | None) -> str:
    return OWN if value is None else str(value)


def _in_group(update: Update) -> bool:
    chat = update.effective_chat
    return chat is not None and chat.type != ChatType.PRIVATE
