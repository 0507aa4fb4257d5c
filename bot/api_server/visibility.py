"""Which messages reach a bot.

In a group with privacy mode on, a bot that is no admin gets: commands addressed to it, commands
without an address if it was the last bot to write there, replies to its own messages, and service
messages. A plain @mention is not among them.
https://core.telegram.org/bots/features#privacy-mode
"""

from bot.api_server.bots import BotAccount
from bot.api_server.chats import Chat
from bot.api_server.entities import slice_utf16
from bot.api_server.objects import Message


def sees(bot: BotAccount, chat: Chat, message: Message) -> bool:
    """Whether `bot` is told of `message`."""
    if message.from_bot or not chat.status(bot.id).is_in:
        return False  # no bot sees what bots write, its own messages included
    if not chat.is_group or message.service is not None:
        return True
    if bot.reads_all_group_messages or chat.status(bot.id).is_admin:
        return True
    return _replies_to(bot, chat, message) or _commands(bot, chat, message)


def _replies_to(bot: BotAccount, chat: Chat, message: Message) -> bool:
    replied = chat.messages.get(message.reply_to or 0)
    return replied is not None and replied.service is None and replied.sender.id == bot.id


def _commands(bot: BotAccount, chat: Chat, message: Message) -> bool:
    for entity in message.entities:
        if entity.type == "bot_command":
            command = slice_utf16(message.text, entity.offset, entity.length)
            _, _, address = command.partition("@")
            if address.lower() == bot.username.lower() or (not address and chat.last_bot == bot.id):
                return True
    return False
