"""What Telegram shows of the bot before anybody talks to it: command menus and descriptions.

In every language of the bot; English is for those who speak another.
"""

import asyncio
import logging
from typing import Final

from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeDefault
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.texts import chat
from bot.texts.words import ENGLISH, LANGUAGES, Words, words_in

# Who is in a group sees the second, everybody else the first.
MENUS: Final = (
    (BotCommandScopeDefault(), chat.COMMANDS),
    (BotCommandScopeAllGroupChats(), chat.GROUP_COMMANDS),
)

log = logging.getLogger(__name__)


async def publish_profile(bot: ExtBot[int]) -> None:
    """Set the menus and descriptions that are not yet as they should be.

    Telegram allows to read them freely, but limits how often they may be set. A refusal is not
    waited for, only logged: the former ones stay until the next start.
    """
    try:
        for language in LANGUAGES:
            words = await asyncio.to_thread(words_in, language)  # it may have to read a catalogue
            await _publish(bot, words)
    except TelegramError as error:
        log.warning("The command menus and descriptions were not all updated: %s", error)


async def _publish(bot: ExtBot[int], words: Words) -> None:
    code = None if words.language == ENGLISH else words.language
    for scope, commands in MENUS:
        menu = tuple(BotCommand(command, words.plain(phrase)) for command, phrase in commands)
        if await bot.get_my_commands(scope, code) != menu:
            await bot.set_my_commands(menu, scope, code, rate_limit_args=1)
    description = words.plain(chat.DESCRIPTION)
    if (await bot.get_my_description(code)).description != description:
        await bot.set_my_description(description, code, rate_limit_args=1)
    short = words.plain(chat.SHORT_DESCRIPTION)
    if (await bot.get_my_short_description(code)).short_description != short:
        await bot.set_my_short_description(short, code, rate_limit_args=1)
