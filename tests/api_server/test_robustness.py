"""Whatever is asked, the server answers or refuses: it never fails itself."""

import random
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.api_server import BotApiServer
from bot.api_server.methods import METHODS
from tests.api_server.images import picture

NAMES = """
    chat_id message_id text caption parse_mode entities caption_entities reply_markup
    reply_parameters message_thread_id photo document sticker media commands scope language_code
    name description short_description file_id callback_query_id action reaction user_id offset
    limit allowed_updates url secret_token max_connections protect_content
"""
VALUES: list[Any] = [
    *("", "x", "0", "-1", "1e9", "HTML", "<b>x", "null", "[]", "{}", "[[1]]", "@x", "attach://x"),
    *("\ud800", '"\\ud800"', ["\ud800"], None, True, 0, -1, 2**70, 0.5, [], {}, [None], [[]]),
    {"type": "photo"},
    {"type": "chat", "chat_id": {}},
    {"type": ["x"]},
    [{"type": "photo", "media": 1}],
    [{"type": []}],
    {"message_id": "x"},
    {"message_id": {}},
    {"inline_keyboard": [[{}], "x", [None]]},
    {"inline_keyboard": [[{"text": 1, "url": 2}]]},
    {"inline_keyboard": [[{"text": "x", "url": {}}]]},
    {"inline_keyboard": [[{"text": "x", "callback_data": "\ud800"}]]},
    [{"type": "bold", "offset": -5, "length": 99}],
    [{"type": "bold", "offset": "0", "length": 1}],
    [{"command": 1, "description": []}],
    [{"type": "emoji", "emoji": []}],
]


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_any_parameters_at_all(method: str) -> None:
    chance = random.Random(method)
    async with BotApiServer() as server, ClientSession() as session:
        bot = server.add_bot("DigitBot")
        anna = server.add_person("Anna")
        chat = server.private_chat(anna)
        sent = await chat.send_photo(picture())
        assert sent.media is not None
        url = f"{server.url}/bot{bot.token}"
        keyboard = {"inline_keyboard": [[{"text": "b", "callback_data": "d"}]]}
        own = {"chat_id": anna.id, "text": "x", "reply_markup": keyboard}
        await session.post(f"{url}/sendMessage", json=own)
        (reply,) = chat.replies
        good = [anna.id, sent.message_id, reply.message_id, sent.media.file_id, "photo", "x"]
        for _ in range(60):
            params = {
                name: chance.choice(VALUES + good)
                for name in NAMES.split()
                if chance.random() < 0.4
            }
            params |= {"chat_id": anna.id} if chance.random() < 0.8 else {}
            params |= {"message_id": reply.message_id} if chance.random() < 0.6 else {}
            async with session.post(f"{url}/{method}", json=params) as response:
                assert response.status < 500, params
                await response.json()
