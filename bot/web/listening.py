"""A web application at an address, for as long as a block runs."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext

from aiohttp import web

from bot.errors import CannotStart
from bot.settings import Address

LAST_SECONDS = 2.0  # for requests under way when the block ends


@asynccontextmanager
async def listening(
    application: web.Application, address: Address, setting: str, tls: SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve at `address`, which `setting` gave; yields the port.

    Raises `CannotStart` if it is taken, or not of this machine.
    """
    # Who has gone waits for nothing; an update that was begun is taken all the same (see `Inbox`).
    runner = web.AppRunner(
        application, access_log=None, handler_cancellation=True, shutdown_timeout=LAST_SECONDS
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, address.host, address.port, ssl_context=tls).start()
        except OSError as error:
            problem = os.strerror(error.errno).lower() if error.errno else str(error)
            raise CannotStart(
                f"{setting}: the bot cannot listen on {address}, {problem}. Choose another."
            ) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
