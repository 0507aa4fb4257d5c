"""What Telegram shows of the bot before anybody talks to it: its commands and descriptions."""

import logging

from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.texts import chat
from bot.texts.words import ENGLISH, words_in

log = logging.getLogger(__name__)


async def publish_profile(bot: ExtBot[int]) -> None:
    """Set the command menu, the description and the short description.

    Telegram limits how often these may be set. A refusal is not waited for, only logged: the former
    ones stay.
    """
    words = words_in(ENGLISH)
    try:
        commands = [(command, words.plain(phrase)) for command, phrase in chat.COMMANDS]
        await bot.set_my_commands(commands, rate_limit_args=1)
        await bot.set_my_description(words.plain(chat.DESCRIPTION), rate_limit_args=1)
        await bot.set_my_short_description(words.plain(chat.SHORT_DESCRIPTION))
    except TelegramError as error:
        log.warning("The command menu and descriptions were not updated: %s", error)
