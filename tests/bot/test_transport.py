"""The transport: what PTB expects of one, and what ours adds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.transport import AiohttpRequest, ResponseTooLarge
from tests.bot.builders import (
    TOKEN,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server that answers everything with one handler; returns its root."""
    runners = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


def make_request(**options: object) -> AiohttpRequest:
    return AiohttpRequest(**({"connections": 2, "max_bytes": 1000} | options))  # type: ignore[arg-type]


async def test_a_call_carries_parameters_and_files(serve: Serve) -> None:
    received: list[dict[str, object]] = []

    async def handler(request: web.Request) -> web.Response:
        form = await request.post()
        received.append(
            {k: v.file.read() if isinstance(v, web.FileField) else v for k, v in form.items()}
        )
        message = {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}}
        return web.json_response({"ok": True, "result": message})

    root = await serve(handler)
    async with make_request() as request:
        bot = Bot(TOKEN, base_url=f"{root}/bot", request=request)
        await bot.send_message(5, "7️⃣ & more")
        await bot.send_photo(5, b"PNG", caption="seven", filename="seven.png")
    assert received[0] == {"chat_id": "5", "text": "7️⃣ & more"}
    assert received[1]["caption"] == "seven"
    assert b"PNG" in received[1].values()


@pytest.mark.parametrize(
    ("status", "parameters", "error"),
    [
        (401, {}, InvalidToken),
        (404, {}, InvalidToken),
        (429, {"retry_after": 3}, RetryAfter),
        (502, {}, NetworkError),
    ],
)
async def test_refusals_become_the_errors_ptb_knows(
    serve: Serve, status: int, parameters: dict[str, int], error: type[Exception]
) -> None:
    async def handler(_request: web.Request) -> web.Response:
        body = {"ok": False, "error_code": status, "description": "no", "parameters": parameters}
        return web.json_response(body, status=status)

    async with make_request() as request:
        with pytest.raises(error):
            await request.post(await serve(handler))


async def test_a_gateways_html_is_an_error_and_no_traceback_in_the_log(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(text="<h1>Bad Gateway</h1>", status=502)

    async with make_request() as request:
        with pytest.raises(NetworkError, match="502"):
            await request.post(await serve(handler))
    assert caplog.records == []


async def test_a_server_that_is_not_there_is_a_network_error(unused_tcp_port: int) -> None:
    async with make_request() as request:
        with pytest.raises(NetworkError):
            await request.post(f"http://127.0.0.1:{unused_tcp_port}/")


async def test_silence_is_a_timeout(serve: Serve) -> None:
    forever = asyncio.Event()

    async def handler(_request: web.Request) -> web.Response:
        await forever.wait()
        return web.Response()

    async with make_request() as request:
        with pytest.raises(TimedOut):
            await request.post(await serve(handler), read_timeout=0.05)
    forever.set()


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "unannounced"])
async def test_no_more_than_the_limit_is_read(serve: Serve, announced: bool) -> None:
    sent = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        if announced:
            response.content_length = 1 << 30
        await response.prepare(request)
        while sent < 1 << 30:
            await response.write(b"x" * 10_000)
            sent += 10_000
        return response

    async with make_request(max_bytes=100_000) as request:
        with pytest.raises(ResponseTooLarge):
            await request.retrieve(await serve(handler))
    assert sent < 1 << 28, "the rest is not even asked for"


async def test_as_many_bytes_as_the_limit_are_fine(serve: Serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 1000)

    async with make_request(max_bytes=1000) as request:
        assert len(await request.retrieve(await serve(handler))) == 1000


async def test_whoever_asks_is_told_each_status(serve: Serve) -> None:
    statuses: list[int] = []

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": True}, status=int(request.path[1:]))

    root = await serve(handler)
    async with make_request(on_response=statuses.append) as request:
        await request.post(f"{root}/200")
        with pytest.raises(InvalidToken):
            await request.post(f"{root}/401")
    assert statuses == [200, 401]


async def test_it_must_be_initialized() -> None:
    with pytest.raises(NetworkError, match="not initialized"):
        await make_request().post("http://127.0.0.1/")


async def test_what_went_wrong_is_told_without_the_token(serve: Serve) -> None:
    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound(request.path)  # for ever

    async with make_request() as request:
        bot = Bot(TOKEN, base_url=f"{await serve(away)}/bot", request=request)
        with pytest.raises(NetworkError, match="TooManyRedirects") as caught:
            await bot.get_me()
    assert "/getMe" in str(caught.value)
    assert TOKEN.partition(":")[2] not in str(caught.value)
