"""The page's own API: what the browser asks for, and what it lets people do.

GET  /                      the page; /static/… what it consists of
GET  /api/events            server-sent events: everything, then each change (see `feed`)
GET  /api/files/{id}        a file that somebody sent
GET  /api/look/{id}         what each stage of the pipeline makes of it
GET  /api/commands          the command menu of ?person= in ?chat=
POST /api/send              a form: words, files or both
POST /api/{press,react,…}   JSON; the names and models are those in `acts` and `switches`
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web
from pydantic import ValidationError

from bot.api_server import ApiError, Attachment
from bot.playground import acts
from bot.playground.cast import Cast
from bot.playground.feed import Feed
from bot.playground.stages import LookingGlass
from bot.playground.switches import SWITCHES
from model import UnreadableImage

ACTS: Final = acts.ACTS | SWITCHES
STATIC: Final = Path(__file__).parent / "static"
_LARGEST_UPLOAD: Final = 128 * 2**20  # bytes of one request: an album of ten, or one large file
_HEARTBEAT: Final = 15.0  # seconds of silence after which a comment is sent
# What a browser may show as a picture, by the first bytes; SVG is a document, and is not here.
_SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Page:
    """The handlers, and what they act on."""

    def __init__(self, cast: Cast, feed: Feed, glass: LookingGlass) -> None:
        self._cast = cast
        self._feed = feed
        self._glass = glass

    def application(self) -> web.Application:
        """The routes; `install_guard` belongs in front of them."""
        app = web.Application(client_max_size=_LARGEST_UPLOAD)
        app.middlewares.append(_tell_problems)
        app.add_routes(
            [
                web.get("/", self._index),
                web.static("/static", STATIC),
                web.get("/api/events", self._events),
                web.get("/api/files/{file_id}", self._file),
                web.get("/api/look/{file_id}", self._look),
                web.get("/api/commands", self._commands),
                web.post("/api/send", self._send),
                web.post("/api/{act}", self._act),
            ]
        )
        app.on_response_prepare.append(_revalidated)
        return app

    async def _index(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        with self._feed.subscribe() as events:
            while True:
                try:
                    event = await asyncio.wait_for(events.get(), _HEARTBEAT)
                except TimeoutError:
                    await response.write(b":\n\n")
                    continue
                if event is None:
                    return response
                await response.write(f"data: {json.dumps(event)}\n\n".encode())

    async def _file(self, request: web.Request) -> web.Response:
        data = self._cast.server.read_file(request.match_info["file_id"])
        kind = _picture_type(data)
        headers = {"Cache-Control": "private, max-age=86400, immutable"}
        if kind is None:
            headers["Content-Disposition"] = "attachment"
        return web.Response(
            body=data, content_type=kind or "application/octet-stream", headers=headers
        )

    async def _look(self, request: web.Request) -> web.Response:
        data = self._cast.server.read_file(request.match_info["file_id"])
        return web.json_response((await self._glass.look(data)).to_json())

    async def _commands(self, request: web.Request) -> web.Response:
        query = request.query
        window = self._cast.window(int(query["person"]), int(query["chat"]))
        menu = window.commands(self._cast.bot)
        return web.json_response([command.to_json() for command in menu])

    async def _send(self, request: web.Request) -> web.Response:
        form = await request.post()
        files = []
        for part in form.getall("files", []):
            if isinstance(part, web.FileField):
                with part.file as file:
                    content = await asyncio.to_thread(file.read)
                files.append(Attachment(content, part.filename or None, part.content_type))
        details = {name: value for name, value in form.items() if name != "files" and value != ""}
        await acts.send(self._cast, acts.Send.model_validate(details), files)
        return web.json_response({})

    async def _act(self, request: web.Request) -> web.Response:
        try:
            model, act = ACTS[request.match_info["act"]]
        except KeyError:
            raise web.HTTPNotFound from None
        wanted = model.model_validate_json(await request.read())
        return web.json_response(await act(self._cast, self._feed, wanted))


@web.middleware
async def _tell_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what people can do something about into a sentence for them."""
    try:
        return await handler(request)
    except ValidationError as error:
        return _problem(400, f"The page sent something odd: {error.errors()[0]['msg']}.")
    except (ApiError, UnreadableImage) as error:
        return _problem(422, str(error))
    except TimeoutError:
        return _problem(504, "The bot did not answer.")
    except (LookupError, ValueError) as error:
        return _problem(400, str(error.args[0]) if error.args else "Something is missing.")


def _problem(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)


async def _revalidated(request: web.Request, response: web.StreamResponse) -> None:
    """Let browsers ask whether their copy is current: a new version must not meet old scripts."""
    response.headers.setdefault("Cache-Control", "no-cache")


def _picture_type(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _SIGNATURES if data.startswith(start)), None)
