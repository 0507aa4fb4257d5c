"""`python -m bot.api_server`: a chat in the terminal, with any bot."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests.api_server.images import picture


async def test_a_chat_in_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "7.png").write_bytes(picture())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.api_server", "--port", "0"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines = process.stdout

    async def line() -> str:
        return (await asyncio.wait_for(lines.readline(), 60)).decode().strip()

    url, token = [(await line()).partition("=")[2] for _ in range(2)]
    async with ClientSession(f"{url}/bot{token}/") as session:

        async def call(method: str, **params: object) -> Any:
            async with session.post(method, json=params) as response:
                answer = await response.json()
                assert answer["ok"], answer
                return answer["result"]

        process.stdin.write(f"/start\n@{tmp_path / '7.png'}\n@missing.png\n".encode())
        assert (await line()).startswith("! ")  # and by then both messages are there
        command, photo = await call("getUpdates")
        assert (command["message"]["text"], "photo" in photo["message"]) == ("/start", True)

        button = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
        chat_id = command["message"]["chat"]["id"]
        await call("sendMessage", chat_id=chat_id, text="7?", reply_markup=button)
        assert await line() == "< 7? [1: Yes]"
        process.stdin.write(b"!1\n")
        (pressed,) = await call("getUpdates", offset=photo["update_id"] + 1, timeout=30)
        query = pressed["callback_query"]
        assert query["data"] == "y"
        await call("answerCallbackQuery", callback_query_id=query["id"], text="Thanks")
        assert await line() == "(Thanks)"
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), 60) == 0
