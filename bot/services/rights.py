"""Who may do what, asked in this one place and each time anew, for commands and buttons alike."""

from collections.abc import Collection

from telegram import Bot, ChatMember, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden

_RUN_IT = {ChatMember.OWNER, ChatMember.ADMINISTRATOR}


def runs_the_bot(update: Update, admin_ids: Collection[int]) -> bool:
    """Return whether who sent `update` is one of the bot's own admins, whatever they are in a chat.

    Telegram vouches for `from`, in messages and for buttons. But a message in the name of a group
    or a channel has a made-up one: who writes anonymously cannot be known, and is refused.
    """
    if update.message is not None and update.message.sender_chat is not None:
        return False
    user = update.effective_user
    return user is not None and user.id in admin_ids


async def runs_the_chat(update: Update, bot: Bot) -> bool:
    """Return whether who sent `update` decides about its chat: a group's admin, in private anyone.

    An anonymous admin writes as the group itself, and presses buttons under their own name; who
    writes as another channel may be anybody. https://core.telegram.org/bots/api#getchatmember
    """
    chat, user = update.effective_chat, update.effective_user
    if chat is None:
        return False
    if chat.type == ChatType.PRIVATE:
        return True
    if update.message is not None and update.message.sender_chat is not None:
        return update.message.sender_chat.id == chat.id
    if user is None:
        return False
    try:
        member = await bot.get_chat_member(chat.id, user.id)
    except (BadRequest, Forbidden):  # not there, or we are not
        return False
    return member.status in _RUN_IT
