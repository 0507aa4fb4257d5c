"""/healthz, /readyz and /metrics, for whatever looks after the bot.

They ask for no password, so they have an address of their own, off unless MONITOR_LISTEN is set.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Final

from aiohttp import web

from bot.services.health import Health, HealthCheck
from bot.services.meter import Meter
from bot.settings import Address
from bot.web.listening import listening
from bot.web.metrics import CONTENT_TYPE_LATEST, exposition

_SERVICE_UNAVAILABLE: Final = 503


def monitoring(
    address: Address, check: HealthCheck, meter: Meter
) -> AbstractAsyncContextManager[int]:
    """Serve them for as long as the block runs; raises `CannotStart` if the port is taken."""
    return listening(monitor(check, meter), address, "MONITOR_LISTEN")


def monitor(check: HealthCheck, meter: Meter) -> web.Application:
    """Return the three pages."""

    async def alive(_: web.Request) -> web.Response:
        """The process runs and its loop turns: restarting it would not help."""
        return web.Response(text="ok\n")

    async def ready(_: web.Request) -> web.Response:
        """Whether photos are answered; where not, what is wrong."""
        health = await check.look()
        return web.json_response(
            _as_json(health), status=200 if health.is_ready else _SERVICE_UNAVAILABLE
        )

    async def metrics(_: web.Request) -> web.Response:
        text = await asyncio.to_thread(exposition, await check.look(), meter)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.router.add_get("/healthz", alive)
    application.router.add_get("/readyz", ready)
    application.router.add_get("/metrics", metrics)
    return application


def _as_json(health: Health) -> dict[str, object]:
    heard = None if health.heard is None else round(health.heard, 1)
    return {
        "ready": health.is_ready,
        "model": health.model,
        "database": health.database or "ok",
        "telegram": "ok" if health.hears else "not heard from",
        "heard_seconds_ago": heard,
    }
