"""Webhooks: updates brought to the bot's own address, again and again until it takes them.

https://core.telegram.org/bots/api#setwebhook. One update at a time, in order; an answer other than
2xx is an error, after which the same update comes again. As in the server's own local mode, plain
HTTP and any port will do, but the address must be on this machine.
"""

import asyncio
import re
import ssl
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from bot.api_server.bots import BotAccount, Webhook
from bot.api_server.errors import BadRequest
from bot.api_server.objects import Json
from bot.api_server.updates import Update
from bot.loopback import is_loopback

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PATIENCE: Final = aiohttp.ClientTimeout(total=30)
_POLL: Final = 3600.0  # seconds to wait for an update before waiting again
_FIRST_PAUSE: Final = 0.1  # seconds before the second try, doubled up to the longest
_LONGEST_PAUSE: Final = 2.0


class Webhooks:
    """Brings updates to every bot that has set an address; `pushed` is told of each try."""

    def __init__(
        self, clock: Callable[[], float], pushed: Callable[[BotAccount, Json], None]
    ) -> None:
        self._clock = clock
        self._pushed = pushed
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def start(self, bot: BotAccount) -> None:
        """Begin to bring updates to the bot's webhook, if it has one."""
        self.stop(bot)
        if bot.webhook is not None:
            self._tasks[bot.id] = asyncio.create_task(self._bring(bot, bot.webhook))

    def stop(self, bot: BotAccount) -> None:
        """Bring no more."""
        task = self._tasks.pop(bot.id, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """End all of it."""
        tasks = tuple(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _bring(self, bot: BotAccount, webhook: Webhook) -> None:
        headers = {SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
        pause = _FIRST_PAUSE
        connector = aiohttp.TCPConnector(
            ssl=_trust(webhook.certificate) if webhook.certificate else True
        )
        async with aiohttp.ClientSession(
            connector=connector, headers=headers, timeout=_PATIENCE
        ) as session:
            while True:
                for update in await bot.updates.poll(limit=1, timeout=_POLL):
                    problem = await self._push(bot, webhook, session, update)
                    if problem is None:
                        bot.updates.confirm(update.update_id + 1)
                        pause = _FIRST_PAUSE
                        continue
                    webhook.last_error_date = int(self._clock())
                    webhook.last_error_message = problem
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)

    async def _push(
        self, bot: BotAccount, webhook: Webhook, session: aiohttp.ClientSession, update: Update
    ) -> str | None:
        """One try; what went wrong, if anything."""
        body = update.to_json()
        self._pushed(bot, body)
        try:
            async with session.post(webhook.url, json=body) as response:
                if 200 <= response.status < 300:
                    return None
                return f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"Connection failed: {type(error).__name__}"


def checked_url(url: str) -> str:
    """`url` itself; raises BadRequest unless it is HTTP on this machine."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadRequest("bad webhook: invalid webhook URL specified")
    if not is_loopback(parts.hostname):
        raise BadRequest("bad webhook: this server reaches nothing but this machine")
    return url


def checked_certificate(certificate: bytes) -> bytes:
    """`certificate` itself; raises BadRequest unless it is one, as PEM."""
    try:
        _trust(certificate)
    except (ValueError, ssl.SSLError):
        raise BadRequest("bad webhook: failed to set custom certificate file") from None
    return certificate


def _trust(certificate: bytes) -> ssl.SSLContext:
    """Who has this certificate is the bot."""
    return ssl.create_default_context(cadata=certificate.decode("ascii"))


def checked_secret(secret: str) -> str | None:
    """`secret` itself, None when empty; raises BadRequest for what cannot stand in the header."""
    if secret and not _SECRET.fullmatch(secret):
        raise BadRequest("secret token contains unallowed characters")
    return secret or None
