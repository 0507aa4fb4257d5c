"""A Bot API server on this machine, over real HTTP: for tests, benchmarks and the playground.

    async with BotApiServer() as server:                 # 127.0.0.1, a free port
        bot = server.add_bot("DigitBot")                 # bot.token, bot.username
        # point the bot at server.url: {url}/bot<token>/<method>, {url}/file/bot<token>/<path>

        anna = server.add_person("Anna", language_code="en")
        chat = server.private_chat(anna)                 # Anna's view of her chat with the bot
        photo = await chat.send_photo(jpeg)              # recompressed to at most 1280 px
        reply = await chat.wait_for_reply(to=photo)      # .text .caption .entities .buttons .media
        answer = await chat.press(reply, "What I saw")   # .text .show_alert of the bot's answer
        edited = await chat.wait_for_edit(reply)

        group = server.group("Class 3b", [anna, ben])    # Anna is its creator
        await group.add(bot)                             # my_chat_member
        await group.as_member(ben).send_text("/digit@DigitBot", reply_to=...)

Groups keep privacy mode; see `Group` for admins, anonymous ones too, topics and migration.
Sending: `send_text`, `send_photo`, `send_document` (`claimed_size` fakes a large file),
`send_sticker`, `send_voice`, `send_video` and others; most take `reply_to`. Looking:
`chat.messages`, `chat.replies`, `chat.actions`, `chat.download(message)`, `bot.commands`,
`bot.commands_for("all_group_chats", "de")`, `bot.description`. Going wrong:
`server.faults.add("sendMessage", Fault.too_many_requests(3), times=2)`; Telegram's own limits with
`BotApiServer(limits=TELEGRAM)`; Telegram gone and back with `server.stop()`, `server.start()`.
`server.exchanges` holds the last calls with their answers.

It refuses what Telegram refuses, in Telegram's words. State is in memory and bounded.
"""

from bot.api_server.bots import BotAccount, BotCommand
from bot.api_server.callbacks import CallbackAnswer
from bot.api_server.chats import Chat, ChatAction
from bot.api_server.errors import ApiError
from bot.api_server.exchanges import Exchange
from bot.api_server.faults import DOWNLOAD, Fault
from bot.api_server.group_window import Group
from bot.api_server.limits import TELEGRAM, Limits, Rate
from bot.api_server.media import Attachment
from bot.api_server.objects import Button, Entity, Message, User
from bot.api_server.people import ChatWindow
from bot.api_server.server import BotApiServer

__all__ = [
    "DOWNLOAD",
    "TELEGRAM",
    "ApiError",
    "Attachment",
    "BotAccount",
    "BotApiServer",
    "BotCommand",
    "Button",
    "CallbackAnswer",
    "Chat",
    "ChatAction",
    "ChatWindow",
    "Entity",
    "Exchange",
    "Fault",
    "Group",
    "Limits",
    "Message",
    "Rate",
    "User",
]
