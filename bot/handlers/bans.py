"""/ban and /unban: admins decide whom the bot does not hear."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatID

from bot.context import Context
from bot.handlers.buttons import Button, button_too_old
from bot.services.editing import turn_into
from bot.services.names import name_of
from bot.storage import Ban
from bot.texts import bans as texts
from bot.texts.words import Phrase, Words

USER = r"([0-9]{1,16})"
WHOM = rf"/{USER}"  # after `Button.UNBAN`
SHOWN = 50  # of those who are banned
NOBODY = set(ChatID)  # stand in `from` where a group or a channel speaks

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is meant."""

    user_id: int
    name: str = ""


async def ban(update: Update, context: Context) -> None:
    """Ban whom a reply or an id names; without either, show who is banned."""
    message, bans = update.message, context.services.bans
    if message is None:
        return
    words, args = await context.words(update), context.args or []
    if not args and _replied_to(message) is None:
        text, keyboard = _list(words, bans.all())
        await message.reply_html(text, reply_markup=keyboard)
        return
    whom = _whom(message, args, texts.HOW_TO_BAN)
    if isinstance(whom, Person):
        if whom.user_id == context.bot.id:
            whom = texts.NOT_A_BOT
        elif whom.user_id in context.services.settings.admin_ids:
            whom = texts.NOT_AN_ADMIN
    if isinstance(whom, Phrase):
        await message.reply_html(words(whom), do_quote=True)
        return
    await bans.add(Ban(whom.user_id, whom.name, datetime.now(UTC)))
    log.info("%d is banned.", whom.user_id)
    await message.reply_html(texts.banned(words, whom.user_id, whom.name), do_quote=True)


async def unban(update: Update, context: Context) -> None:
    """Lift the ban of whom a reply or an id names."""
    if update.message is None:
        return
    words = await context.words(update)
    whom = _whom(update.message, context.args or [], texts.HOW_TO_UNBAN)
    if isinstance(whom, Phrase):
        text = words.plain(whom)
    else:
        text = await _lifted(words, update, context, whom.user_id)
    await update.message.reply_text(text, do_quote=True)


async def press_unban(update: Update, context: Context) -> None:
    """Lift the ban that a button names, and show who is left."""
    query = update.callback_query
    if query is None or not context.match:
        await button_too_old(update, context)
        return
    words = await context.words(update)
    toast = await _lifted(words, update, context, int(context.match[1]))
    await turn_into(query, *_list(words, context.services.bans.all()))
    await query.answer(toast)


async def _lifted(words: Words, update: Update, context: Context, user_id: int) -> str:
    """Lift a ban; return what came of it."""
    ban = await context.services.bans.lift(user_id)
    if ban is None:
        return texts.not_banned(words, user_id)
    log.info("%d is banned no more.", user_id)
    return texts.lifted(words, ban.user_id, ban.name)


def _whom(message: Message, args: Sequence[str], usage: Phrase) -> Person | Phrase:
    """Return who is meant, or what to say if that is nobody."""
    replied = _replied_to(message)
    if args:
        if len(args) > 1 or not re.fullmatch(USER, args[0]):
            return usage
        person = Person(int(args[0]))
    elif replied is None:
        return usage
    elif replied.sender_chat is not None or replied.from_user is None:
        return texts.NOT_A_PERSON
    elif replied.from_user.is_bot:
        return texts.NOT_A_BOT
    else:
        person = Person(replied.from_user.id, name_of(replied.from_user))
    return texts.NOT_A_PERSON if person.user_id in NOBODY else person


def _replied_to(message: Message) -> Message | None:
    """The message replied to; what is not a reply, in a topic replies to the topic's beginning."""
    replied = message.reply_to_message
    return None if replied is None or replied.forum_topic_created else replied


def _list(words: Words, bans: Sequence[Ban]) -> tuple[str, InlineKeyboardMarkup | None]:
    text = texts.everyone(words, bans, SHOWN)
    if not bans:
        return text, None
    buttons = [
        InlineKeyboardButton(
            texts.lift_label(words, ban), callback_data=f"{Button.UNBAN}/{ban.user_id}"
        )
        for ban in bans[:SHOWN]
    ]
    return text, InlineKeyboardMarkup.from_column(buttons)
