"""The wire: `/bot<token>/<method>` and `/file/bot<token>/<path>`, as at api.telegram.org.

https://core.telegram.org/bots/api#making-requests
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from bot.api_server.dispatch import Dispatcher
from bot.api_server.errors import ApiError, BadRequest, NotFound, TornConnection
from bot.api_server.faults import DOWNLOAD, Faults
from bot.api_server.files import FileStore
from bot.api_server.media import Attachment
from bot.api_server.objects import Json, JsonObject
from bot.api_server.params import Value
from bot.api_server.world import World

_LARGEST_REQUEST: Final = 64 * 2**20  # bytes; Telegram takes uploads of 50 MB
_TOKEN: Final = re.compile(r"\d+:[A-Za-z0-9_-]+")


class Front:
    """Translates between HTTP and the dispatcher."""

    def __init__(
        self, world: World, files: FileStore, dispatcher: Dispatcher, faults: Faults
    ) -> None:
        self._world = world
        self._files = files
        self._dispatcher = dispatcher
        self._faults = faults

    def application(self) -> web.Application:
        """The routes, to be served by whoever likes to."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_route("GET", "/bot{token}/{method}", self._method)
        app.router.add_route("POST", "/bot{token}/{method}", self._method)
        app.router.add_route("GET", "/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/{path:.*}", self._nothing)
        return app

    async def _method(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"]
        try:
            _check_form(token)
            result = await self._dispatcher.call(token, method, await _parameters(request))
        except ApiError as error:
            return _refusal(error, request)
        return web.json_response({"ok": True, "result": result})

    async def _download(self, request: web.Request) -> web.Response:
        fault = self._faults.take(DOWNLOAD)
        try:
            _check_form(request.match_info["token"])
            self._world.bot_with(request.match_info["token"])
            if fault is not None:
                await fault.happen()
            path = self._files.downloadable(request.match_info["path"])
            if path is None:
                raise NotFound
            # Not as a FileResponse: torn while a thread opens the file, it leaves it open.
            data = await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:  # it was the oldest, and made room
            return _refusal(NotFound(), request)
        except ApiError as error:
            return _refusal(error, request)
        return web.Response(body=data, content_type="application/octet-stream")

    async def _nothing(self, request: web.Request) -> web.Response:
        return _refusal(NotFound(), request)


def _check_form(token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise NotFound


def _refusal(error: ApiError, request: web.Request) -> web.Response:
    if isinstance(error, TornConnection) and request.transport is not None:
        request.transport.abort()
    if error.code >= 500:
        page = f"<html><body><h1>{error.code} {error.description}</h1></body></html>"
        return web.Response(status=error.code, text=page, content_type="text/html")
    body: JsonObject = {
        "ok": False,
        "error_code": error.code,
        "description": error.description,
    }
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


async def _parameters(request: web.Request) -> dict[str, Value]:
    """From the query and the body, whichever of the four forms it has."""
    values: dict[str, Value] = dict(request.query)
    if request.content_type == "application/json":
        values.update(await _json_body(request))
    elif request.can_read_body:
        for name, part in (await _form(request)).items():
            values[name] = _attachment(part) if isinstance(part, web.FileField) else part
    return values


async def _form(request: web.Request) -> Mapping[str, str | bytes | bytearray | web.FileField]:
    try:
        return await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None
    except ValueError:
        raise BadRequest("can't parse the form in the request") from None


async def _json_body(request: web.Request) -> JsonObject:
    try:
        body: Json = await request.json()
    except ValueError:
        raise BadRequest("can't parse request JSON object") from None
    if not isinstance(body, dict):
        raise BadRequest("can't parse request JSON object")
    return body


def _attachment(part: web.FileField) -> Attachment:
    with part.file as file:
        return Attachment(file.read(), part.filename or None, part.content_type)
