"""Keeps other sites out of the page's own API, and the page inside this machine.

Any site that somebody visits can send requests to 127.0.0.1 from their browser. Two things give
them away: their Origin, and, where they made their own name resolve to 127.0.0.1 (DNS rebinding),
that name in Host. So Host must be a bare address, localhost, or the name the server was given.
"""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from yarl import URL

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS: Final = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob: data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",  # the browser itself refuses innerHTML
            "trusted-types 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})


def install_guard(app: web.Application, *, own_name: str) -> None:
    """Put the checks before every handler of `app`, and the headers on every answer."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_own_host(request.host, own_name):
            raise web.HTTPForbidden(text="This address is not the playground's.")
        if not _is_own_origin(request):
            raise web.HTTPForbidden(text="Only the playground's own page may ask for this.")
        return await handler(request)

    async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_HEADERS)

    app.middlewares.append(check)
    app.on_response_prepare.append(add_headers)


def is_own_host(host: str, own_name: str) -> bool:
    """Whether a Host header names this server, and not a name that somebody pointed here."""
    try:
        name = URL(f"http://{host}").host
    except ValueError:
        return False
    if name is None:
        return False
    if name in {"localhost", own_name.lower()}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_own_origin(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == f"{request.scheme}://{request.host}"
    # Browsers send Origin with every POST; what sends none is no browser, or a plain GET.
    if request.method not in _SAFE_METHODS:
        return request.headers.get("Sec-Fetch-Site") in {None, "same-origin"}
    return not request.path.startswith("/api/") or request.headers.get("Sec-Fetch-Site") in {
        None,
        "none",
        "same-origin",
    }
