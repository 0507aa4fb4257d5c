"""Which of a bot's command menus somebody gets to see.

https://core.telegram.org/bots/api#determining-list-of-commands
"""

from collections.abc import Iterator

from bot.api_server.bots import BotAccount, BotCommand
from bot.api_server.chats import Chat
from bot.api_server.objects import User


def menu(bot: BotAccount, chat: Chat, person: User) -> tuple[BotCommand, ...]:
    """The first menu that was set: of the narrowest scope, in their language before any other."""
    for scope in _scopes(chat, person):
        for language in ((person.language_code or "").partition("-")[0], ""):
            if commands := bot.commands_for(scope, language):
                return commands
    return ()


def _scopes(chat: Chat, person: User) -> Iterator[str]:
    """From the narrowest to the widest."""
    if not chat.is_group:
        yield from (f"chat:{chat.id}", "all_private_chats", "default")
        return
    is_admin = chat.status(person.id).is_admin
    yield f"chat_member:{chat.id}:{person.id}"
    if is_admin:
        yield f"chat_administrators:{chat.id}"
    yield f"chat:{chat.id}"
    if is_admin:
        yield "all_chat_administrators"
    yield from ("all_group_chats", "default")
