"""What the server refuses, as one tree, in Telegram's own words where they are known.

    ApiError
    ├── BadRequest         400
    ├── Unauthorized       401
    ├── Forbidden          403
    ├── NotFound           404
    ├── Conflict           409
    ├── TooManyRequests    429, says after how many seconds to come back
    └── TornConnection     no answer at all

The wording follows Client.cpp of https://github.com/tdlib/telegram-bot-api and answers seen in the
wild.
"""

from typing import Final

NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
QUERY_TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLL: Final = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE: Final = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook"
    " first"
)


class ApiError(Exception):
    """A request that is answered with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters  # https://core.telegram.org/bots/api#responseparameters


class BadRequest(ApiError):
    """The request can never succeed as it is."""

    def __init__(self, reason: str, **parameters: int) -> None:
        super().__init__(400, f"Bad Request: {reason}", **parameters)


class Unauthorized(ApiError):
    """No bot has this token."""

    def __init__(self) -> None:
        super().__init__(401, "Unauthorized")


class Forbidden(ApiError):
    """The bot may not do this to this chat or person."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, f"Forbidden: {reason}")


class NotFound(ApiError):
    """No such path, token, method or file."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(404, f"Not Found: {reason}" if reason else "Not Found")


class Conflict(ApiError):
    """Somebody else receives this bot's updates."""

    def __init__(self, reason: str) -> None:
        super().__init__(409, f"Conflict: {reason}")


class TooManyRequests(ApiError):
    """Slower, please."""

    def __init__(self, retry_after: int) -> None:
        reason = f"Too Many Requests: retry after {retry_after}"
        super().__init__(429, reason, retry_after=retry_after)


class TornConnection(ApiError):
    """The connection breaks instead of an answer."""

    def __init__(self) -> None:
        super().__init__(0, "connection torn")
