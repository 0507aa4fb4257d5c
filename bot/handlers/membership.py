"""Groups that the bot is added to, removed from, or that become supergroups."""

import logging
from datetime import UTC, datetime

from telegram import Chat, ChatMember, ChatMemberRestricted, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, Forbidden

from bot.context import Context
from bot.handlers.ways import ways_in
from bot.texts import groups

GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}

log = logging.getLogger(__name__)


async def follow_membership(update: Update, context: Context) -> None:
    """Say hello in a group once; note when the bot is removed from it."""
    change = update.my_chat_member
    if change is None or change.chat.type not in GROUPS:
        return
    was_in, is_in = _is_in(change.old_chat_member), _is_in(change.new_chat_member)
    chats, chat_id = context.services.chats, change.chat.id
    if was_in and not is_in:
        await chats.leave(chat_id, datetime.now(UTC))
    elif is_in and not was_in:
        await chats.come_back(chat_id)
        if await chats.greet(chat_id):
            await _say_hello(update, change.chat, context)


async def follow_migration(update: Update, context: Context) -> None:
    """Move what is kept of a group to the supergroup that it became; each of the two is told."""
    message = update.message
    if message is None:
        return
    old = message.migrate_from_chat_id or message.chat_id
    new = message.migrate_to_chat_id or message.chat_id
    await context.services.chats.migrate(old, new)
    await context.services.chats.come_back(new)  # to have left the old one means nothing


async def _say_hello(update: Update, chat: Chat, context: Context) -> None:
    words = await context.words(update)
    text = groups.hello(words, await ways_in(chat, words, context))
    try:
        await context.bot.send_message(chat.id, text, parse_mode=ParseMode.HTML)
    except (BadRequest, Forbidden) as error:  # not everybody may write in every group
        log.info("No hello: %s", error)


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}
