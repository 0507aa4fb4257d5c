"""HTTP between python-telegram-bot and the Bot API server, on aiohttp.

Instead of PTB's own `HTTPXRequest` for two reasons: that one cannot stop reading an answer at a
limit, and it takes about eight times the processor time for a request (2.6 against 0.3 ms measured
with 16 in flight), which would be most of what answering a photo costs.
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.request import getproxies

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.logs import REDACTED

CHUNK = 1 << 16
_TOKEN = re.compile(r"/bot\d+(?::|%3A)([\w-]+)", re.IGNORECASE)


def _ignore(_what: object) -> None: ...


class ResponseTooLarge(TelegramError):
    """The server sent, or announced, more bytes than we are willing to hold."""


class AiohttpRequest(BaseRequest):
    """PTB's transport: at most `connections` at once, no answer over `max_bytes` bytes.

    `on_response` is told the HTTP status of each answer that arrived whole, `on_failure` why there
    was none, or one that reports trouble, and `on_date` what time the server says it is.

    Timeouts are seconds of silence, except `connect_timeout`, which includes the wait for a free
    connection.
    """

    def __init__(
        self,
        *,
        connections: int,
        max_bytes: int,
        read_timeout: float = 10.0,
        upload_timeout: float = 30.0,
        connect_timeout: float = 10.0,
        on_response: Callable[[int], None] = _ignore,
        on_failure: Callable[[TelegramError], None] = _ignore,
        on_date: Callable[[str], None] = _ignore,
    ) -> None:
        self._connections = connections
        self._max_bytes = max_bytes
        self._read_timeout = read_timeout
        self._upload_timeout = upload_timeout
        self._connect_timeout = connect_timeout
        self._on_response = on_response
        self._on_failure = on_failure
        self._on_date = on_date
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds of silence after which a request counts as timed out."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the session; requests before this fail."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=bool(getproxies()),  # HTTPS_PROXY and the like; looked up at each request
            )

    async def shutdown(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return the status and body of one exchange; raise what PTB expects of a transport."""
        try:
            status, body = await self._exchange(
                url, method, request_data, read_timeout, connect_timeout
            )
        except TelegramError as error:
            self._on_failure(error)
            raise
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._on_failure(NetworkError(f"HTTP {status}"))
        self._on_response(status)
        return status, body

    async def _exchange(
        self,
        url: str,
        method: str,
        request_data: RequestData | None,
        read_timeout: object,
        connect_timeout: object,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("This transport is not initialized.")
        uploads = request_data is not None and request_data.contains_files
        # aiohttp has no limit on writing: the wait for an answer begins before the upload ends.
        patience = self._upload_timeout if uploads else self._read_timeout
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=_seconds(connect_timeout, self._connect_timeout),
            sock_read=_seconds(read_timeout, patience),
        )
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout
            ) as response:
                body = await self._read(response)
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            # Some of these quote the URL; the text is kept with the update and shown to admins.
            reason = str(error).replace(_secret_in(url), REDACTED)
            raise NetworkError(f"{type(error).__name__}: {reason}") from error
        if "Date" in response.headers:
            self._on_date(response.headers["Date"])
        return response.status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Return an answer of the Bot API; unlike PTB's, without logging a gateway's HTML."""
        try:
            return json.loads(payload)
        except ValueError as error:
            raise NetworkError("The answer is not JSON.") from error  # torn, or a gateway's

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        if (response.content_length or 0) > self._max_bytes:
            raise ResponseTooLarge(f"The answer has {response.content_length} bytes.")
        body = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK):
            body += chunk
            if len(body) > self._max_bytes:  # Content-Length is optional, and only a claim
                raise ResponseTooLarge(f"The answer has more than {self._max_bytes} bytes.")
        return bytes(body)


def _secret_in(url: str) -> str:
    """The part of the token that no URL encoding changes, from a URL of the Bot API."""
    found = _TOKEN.search(url)
    return found[1] if found else url


def _seconds(value: object, default: float) -> float | None:
    """Return what a caller of PTB asked for; anything but a number or None means "your default"."""
    if value is None or isinstance(value, (int, float)):
        return value
    return default


def _body(request_data: RequestData | None) -> aiohttp.Payload | aiohttp.FormData | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        # FormData would do, but prepares a multipart boundary for each of them first.
        return aiohttp.BytesPayload(
            request_data.url_encoded_parameters().encode(),
            content_type="application/x-www-form-urlencoded",
        )
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, mime_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return form
