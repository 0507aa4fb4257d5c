"""Presses that no app would offer."""

import asyncio

from bot.api_server import ChatWindow, Message
from bot.api_server.people import PATIENCE


async def press_forged(chat: ChatWindow, message: Message, data: str) -> str:
    """Press a button that is not there, as a changed app can; return what the bot answers."""
    world = chat._world
    bot = world.bots[message.sender.id]
    async with asyncio.timeout(PATIENCE):
        return (await world.callbacks.ask(bot, chat.person, chat.chat, message, data)).text
