"""What reaches the bot in a group: with privacy mode, little; admins are told everything."""

from telegram import Bot, ChatMember
from telegram.error import TelegramError


async def hears_everything(bot: Bot, chat_id: int) -> bool:
    """Return whether the bot is told of every message in a group, asked anew each time.

    https://core.telegram.org/bots/features#privacy-mode
    """
    try:
        if (await bot.get_me()).can_read_all_group_messages:
            return True
        member = await bot.get_chat_member(chat_id, bot.id)
    except TelegramError:  # then say what works in any case
        return False
    return member.status in {ChatMember.ADMINISTRATOR, ChatMember.OWNER}
