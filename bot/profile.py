"""What Telegram shows of the bot before anybody talks to it: command menus and descriptions.

In every language of the bot; English is for those who speak another.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import Final

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.texts import chat
from bot.texts.words import ENGLISH, LANGUAGES, Phrase, Words, words_in

Menu = Sequence[tuple[str, Phrase]]

# Who is in a group sees the second, everybody else the first.
MENUS: Final = (
    (BotCommandScopeDefault(), chat.COMMANDS),
    (BotCommandScopeAllGroupChats(), chat.GROUP_COMMANDS),
)

log = logging.getLogger(__name__)


async def publish_profile(bot: ExtBot[int], admin_ids: Collection[int] = ()) -> None:
    """Set the menus and descriptions that are not yet as they should be.

    Telegram allows to read them freely, but limits how often they may be set. A refusal is not
    waited for, only logged: the former ones stay until the next start.
    """
    try:
        for language in LANGUAGES:
            words = await asyncio.to_thread(words_in, language)  # it may have to read a catalogue
            await _publish(bot, words)
        for admin_id in admin_ids:
            await publish_admins_menu(bot, admin_id)
    except TelegramError as error:
        log.warning("The command menus and descriptions were not all updated: %s", error)


async def publish_admins_menu(bot: ExtBot[int], admin_id: int) -> None:
    """Show the commands for admins to one of them, in the private chat.

    Telegram knows no such chat before they have opened it: then there is nothing to set yet.
    """
    scope = BotCommandScopeChat(admin_id)
    for language in LANGUAGES:
        menu = (*chat.COMMANDS, *chat.ADMIN_COMMANDS)
        try:
            await _publish_menu(bot, words_in(language), scope, menu)
        except BadRequest as error:
            log.info("The admin %d gets their menu when they send /start: %s", admin_id, error)
            return


async def _publish_menu(
    bot: ExtBot[int], words: Words, scope: BotCommandScope, commands: Menu
) -> None:
    menu = tuple(BotCommand(command, words.plain(phrase)) for command, phrase in commands)
    code = _code(words)
    if await bot.get_my_commands(scope, code) != menu:
        await bot.set_my_commands(menu, scope, code, rate_limit_args=1)


def _code(words: Words) -> str | None:
    return None if words.language == ENGLISH else words.language


async def _publish(bot: ExtBot[int], words: Words) -> None:
    code = _code(words)
    for scope, commands in MENUS:
        await _publish_menu(bot, words, scope, commands)
    description = words.plain(chat.DESCRIPTION)
    if (await bot.get_my_description(code)).description != description:
        await bot.set_my_description(description, code, rate_limit_args=1)
    short = words.plain(chat.SHORT_DESCRIPTION)
    if (await bot.get_my_short_description(code)).short_description != short:
        await bot.set_my_short_description(short, code, rate_limit_args=1)
