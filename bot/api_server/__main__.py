"""A chat with a bot in the terminal: `python -m bot.api_server` serves it, any bot may poll it.

It prints the address and the token, then sends each line that is typed: `/start` is text, `@7.jpg`
the photo in that file, `!2` presses the second button of the last message that has some.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from bot.api_server import ApiError, BotApiServer, ChatWindow, Message
from bot.api_server.world import Event


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(prog="python -m bot.api_server", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--bot", default="DigitBot", help="username of the bot")
    parser.add_argument("--person", default="Anna", help="first name of the person")
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.bot, arguments.person))


async def _serve(port: int, username: str, first_name: str) -> None:
    async with BotApiServer(port=port) as server:
        bot = server.add_bot(username)
        chat = server.private_chat(server.add_person(first_name, language_code="en"))
        server.world.listeners.append(_show)
        print(f"TELEGRAM_API_URL={server.url}\nTELEGRAM_BOT_TOKEN={bot.token}", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                await _do(chat, line.strip())
            except (ApiError, OSError, LookupError, TimeoutError) as error:
                print(f"! {error or 'no answer'}", flush=True)


async def _do(chat: ChatWindow, line: str) -> None:
    if line.startswith("@"):
        await chat.send_photo(await asyncio.to_thread(Path(line[1:]).read_bytes))
    elif line.startswith("!"):
        message = next(message for message in reversed(chat.replies) if message.buttons)
        answer = await chat.press(message, message.buttons[int(line[1:]) - 1])
        print(f"  ({answer.text})" if answer.text else "  (pressed)", flush=True)
    elif line:
        await chat.send_text(line)


def _show(event: Event) -> None:
    if event.message is not None and event.message.from_bot:
        sign = "<" if event.kind == "message" else f"< ({event.kind})"
        print(f"{sign} {_summary(event.message)}", flush=True)


def _summary(message: Message) -> str:
    media = f"[{message.media.kind}] " if message.media else ""
    buttons = "".join(f" [{n}: {b.text}]" for n, b in enumerate(message.buttons, 1))
    return f"{media}{message.text}{buttons}"


if __name__ == "__main__":
    main()
