"""The Bot API as aiogram's models describe it, against which every exchange is held.

aiogram is written by other people, from Telegram's page, and knows nothing of our server: what
both sides agree on here is the Bot API, not a shared misunderstanding.
"""

import inspect
import json
from dataclasses import replace
from functools import cache
from typing import Any, get_args

from aiogram import methods, types
from aiogram.methods.base import TelegramMethod
from aiogram.types.base import TelegramObject
from pydantic import TypeAdapter, ValidationError

from bot.api_server import Exchange
from bot.api_server.exchanges import WEBHOOK, SentFile


class Contract:
    """Collects what breaks the contract; give `check` to a server as its `on_exchange`."""

    def __init__(self) -> None:
        self.checked = 0
        self.violations: list[str] = []

    def check(self, exchange: Exchange) -> None:
        """Hold one exchange against the models."""
        self.checked += 1
        self.violations += violations(exchange)


def violations(exchange: Exchange) -> list[str]:
    """What is wrong with an exchange, one sentence per side of it."""
    if exchange.method == WEBHOOK:
        return violations(replace(exchange, method="getUpdates", result=[exchange.result]))
    method = _methods().get(exchange.method)
    if method is None:
        return [f"{exchange.method}: the Bot API has no such method"]
    if exchange.error is not None and exchange.error.code == 500:
        return [f"{exchange.method}: the server itself failed: {exchange.error}"]
    found = []
    if (
        exchange.error is None or exchange.error.code != 400
    ):  # what is refused may well be malformed
        found += _request_violations(method, exchange)
    if exchange.error is None:
        found += _result_violations(method, exchange)
    return found


def _request_violations(method: type[TelegramMethod[Any]], exchange: Exchange) -> list[str]:
    attached = {name for name, value in exchange.params.items() if isinstance(value, SentFile)}
    values = {
        name: _decoded(value, method.model_fields[name].annotation)
        if name in method.model_fields
        else value
        for name, value in exchange.params.items()
        if name in method.model_fields or name not in attached  # parts named by attach:// are free
    }
    try:
        method.model_validate(values, extra="forbid")
    except ValidationError as error:
        return [f"request {exchange.method}: {_brief(error)}"]
    return []


def _result_violations(method: type[TelegramMethod[Any]], exchange: Exchange) -> list[str]:
    try:
        _returned(method).validate_python(exchange.result, extra="forbid")
    except ValidationError as error:
        return [f"result of {exchange.method}: {_brief(error)}"]
    return []


@cache
def _methods() -> dict[str, type[TelegramMethod[Any]]]:
    return {
        method.__api_method__: method
        for method in vars(methods).values()
        if inspect.isclass(method)
        and issubclass(method, TelegramMethod)
        and method is not TelegramMethod
    }


@cache
def _returned(method: type[TelegramMethod[Any]]) -> TypeAdapter[Any]:
    return TypeAdapter(method.__returning__)


def _decoded(value: Any, annotation: Any) -> Any:
    """A form's value as JSON where the Bot API expects an object or array."""
    if isinstance(value, SentFile):
        return types.BufferedInputFile(b"", value.file_name or "file")
    if isinstance(value, str) and _is_structured(annotation):
        return json.loads(value)
    return value


def _is_structured(annotation: Any) -> bool:
    """Whether an annotation names an object or array anywhere."""
    if inspect.isclass(annotation):
        return issubclass(annotation, TelegramObject | list)
    return getattr(annotation, "__origin__", None) is list or any(
        map(_is_structured, get_args(annotation))
    )


def _brief(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
    )
