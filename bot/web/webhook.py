"""Webhook mode: Telegram brings the updates, instead of being asked for them.

https://core.telegram.org/bots/webhooks. Not PTB's own webhook server, which is built on Tornado and
compares the secret in a time that depends on how much of it is right.
"""

import asyncio
import hmac
import json
import logging
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web
from telegram import Bot, Update
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError
from yarl import URL

from bot.app import BotApplication, Receiving
from bot.errors import CannotStart
from bot.handlers import ALLOWED_UPDATES
from bot.logs import about
from bot.services.clock import Clock, RealClock
from bot.services.outage import Outage
from bot.settings import Settings
from bot.web.listening import listening

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name
MAX_BYTES = 1 << 20  # an update has a message, and the one it replies to: some 50 kB at most
READ_TIMEOUT = 10.0  # seconds for a body to come
FIRST_PAUSE = 1.0  # seconds before the webhook is set again, if that fails; doubled up to the next
WATCH = 30.0  # seconds between looks at what Telegram says of the webhook

Take = Callable[[Update], Awaitable[None]]


def webhook_for(
    settings: Settings, on_contact: Callable[[int], None] = lambda _status: None
) -> Receiving:
    """Return what has updates brought to the application, for `answering`.

    `on_contact` is told the HTTP status of each contact with the server.
    """

    def receiving(application: BotApplication) -> AbstractAsyncContextManager[int]:
        async def take(update: Update) -> None:
            await application.update_queue.put(update)
            on_contact(HTTPStatus.OK)

        return webhook(application.bot, take, settings, on_contact)

    return receiving


@asynccontextmanager
async def webhook(
    bot: Bot,
    take: Take,
    settings: Settings,
    on_contact: Callable[[int], None],
    clock: Clock | None = None,
) -> AsyncIterator[int]:
    """Have updates brought to `take` for as long as the block runs; yields the port.

    An update is acknowledged when `take` has returned. The webhook stays set at the end: what comes
    meanwhile is kept for a day. Raises `CannotStart` if the settings do not work out.
    """
    assert settings.webhook_url is not None
    given = settings.webhook_secret
    secret = given.get_secret_value() if given else secrets.token_urlsafe(32)
    application = receiver(URL(settings.webhook_url).path, secret, bot, take)
    async with listening(
        application, settings.webhook_listen, "WEBHOOK_LISTEN", tls_for(settings)
    ) as port:
        registration = _Registration(bot, settings, secret, clock or RealClock())
        await registration.make()
        watching = asyncio.create_task(registration.watch(on_contact))
        try:
            yield port
        finally:
            watching.cancel()
            await asyncio.wait([watching])


def receiver(
    path: str, secret: str, bot: Bot, take: Take, read_timeout: float = READ_TIMEOUT
) -> web.Application:
    """Return what answers Telegram: POST on `path`, with the secret, an update as JSON.

    Its body has `read_timeout` seconds to come.
    """

    async def receive(request: web.Request) -> web.Response:
        sent = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(sent.encode(errors="surrogateescape"), secret.encode()):
            raise web.HTTPForbidden
        update = _update_in(await _body(request, read_timeout), bot)
        if update is None:
            return web.Response()  # or it would be brought again and again
        with about(update.update_id):
            await take(update)
        return web.Response()

    application = web.Application(client_max_size=MAX_BYTES)
    application.router.add_post(path, receive)
    return application


async def _body(request: web.Request, read_timeout: float) -> bytes:
    """Return the body; raises an `HTTPException` where it is too large, too slow or no JSON."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        async with asyncio.timeout(read_timeout):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


def _update_in(body: bytes, bot: Bot) -> Update | None:
    """The update in a body; None if it is Telegram's, and PTB cannot make sense of it."""
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(data, dict) or type(data.get("update_id")) is not int:
        raise web.HTTPBadRequest
    try:
        return Update.de_json(data, bot)
    except Exception as error:
        log.error("Update %d could not be understood: %r", data["update_id"], error)
        return None


class _Registration:
    """What Telegram knows of the webhook."""

    def __init__(self, bot: Bot, settings: Settings, secret: str, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._url = settings.webhook_url or ""
        self._certificate = settings.webhook_certificate
        self._secret = secret
        self._known_as: str | None = None  # Telegram may write the address in another way
        self._last_error: datetime | None = None

    async def make(self) -> None:
        """Tell Telegram where to bring updates, and which, however long that takes.

        Raises `CannotStart` if it refuses.
        """
        pause = FIRST_PAUSE
        while True:
            try:
                await self._set()
            except BadRequest as error:
                raise CannotStart(
                    f"WEBHOOK_URL: the server refuses it: {error.message}."
                ) from error
            except (NetworkError, RetryAfter) as error:
                log.warning("The webhook cannot be set, next try in %.0f s: %s", pause, error)
                await self._clock.sleep(pause)
                pause = min(WATCH, pause * 2)
            else:
                return

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._url,
            certificate=self._certificate.read_bytes() if self._certificate else None,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=self._secret,
        )
        info = await self._bot.get_webhook_info()
        self._known_as, self._last_error = info.url, info.last_error_date

    async def watch(self, on_contact: Callable[[int], None]) -> None:
        """See to it that the webhook stays as it is, and log why updates do not come through."""
        outage = Outage("Asking Telegram for the state of the webhook", clock=self._clock)
        while True:
            try:
                await self._look()
            except InvalidToken:
                on_contact(HTTPStatus.UNAUTHORIZED)
            except (TelegramError, CannotStart) as error:
                outage.failed(error)
            else:
                outage.worked()
                on_contact(HTTPStatus.OK)
            await self._clock.sleep(WATCH)

    async def _look(self) -> None:
        info = await self._bot.get_webhook_info()
        if info.url != self._known_as:
            log.warning(
                "The webhook was %s meanwhile, by another instance of the bot perhaps. It is set"
                " again.",
                f"moved to {URL(info.url).host}" if info.url else "deleted",
            )
            await self.make()
        elif info.last_error_date and info.last_error_date != self._last_error:
            self._last_error = info.last_error_date
            log.warning(
                "The server cannot bring updates, %d wait: %s",
                info.pending_update_count,
                info.last_error_message,
            )


def tls_for(settings: Settings) -> ssl.SSLContext | None:
    """Return what the certificate is served with; raises `CannotStart` if that does not work."""
    certificate, key = settings.webhook_certificate, settings.webhook_key
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise CannotStart("WEBHOOK_CERTIFICATE and WEBHOOK_KEY must be set both or neither.")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        raise CannotStart(f"WEBHOOK_CERTIFICATE and WEBHOOK_KEY do not fit: {error}.") from error
    return context
