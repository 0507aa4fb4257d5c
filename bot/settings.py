"""Settings: read once from the environment and `.env`, checked, and passed in.

`.env.example` explains each of them to whoever runs the bot.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    DirectoryPath,
    Field,
    HttpUrl,
    SecretStr,
    TypeAdapter,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import CannotStart

_TOKEN_SHAPE = re.compile(r"\d+:[A-Za-z0-9_-]+")

_HTTP_URL = TypeAdapter(HttpUrl)

# What each setting must be, to complete the sentence "TELEGRAM_API_URL must be …".
_EXPECTED = {
    "telegram_bot_token": "a token as @BotFather gives it, such as 123456789:AAExampleOfAToken",
    "telegram_api_url": "the root of a Bot API server, such as https://api.telegram.org",
    "admin_ids": "Telegram user ids separated by commas, such as 1234567,7654321",
    "data_dir": "a folder",
    "database_url": "a PostgreSQL address, such as postgresql://user:password@host/database",
    "model_path": "a folder that holds a model",
    "log_level": "one of DEBUG, INFO, WARNING, ERROR",
    "reader_workers": "a number from 1 to 64",
}


def _split(value: object) -> object:
    """Turn "1, 2," into ["1", "2"]."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _root_url(value: str) -> str:
    """Check a URL and take its trailing slash away, so that paths can be appended."""
    _HTTP_URL.validate_python(value)
    return value.rstrip("/")


def _token(value: SecretStr) -> SecretStr:
    if not _TOKEN_SHAPE.fullmatch(value.get_secret_value()):
        raise ValueError
    return value


def _postgresql_url(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError
    return value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _default_workers() -> int:
    """One reader per core; more than four serve nobody within Telegram's limit of 30 sends/s."""
    return min(4, os.cpu_count() or 1)


class Settings(BaseSettings):
    """All that can be set; each field is the environment variable of the same name."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    telegram_bot_token: Annotated[SecretStr, AfterValidator(_token)]
    telegram_api_url: Annotated[str, AfterValidator(_root_url)] = "https://api.telegram.org"
    admin_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_split)] = frozenset()
    data_dir: Path = Path("data")
    database_url: Annotated[SecretStr, AfterValidator(_postgresql_url)] | None = None
    model_path: DirectoryPath | None = None
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = (
        "INFO"
    )
    reader_workers: Annotated[int, Field(ge=1, le=64)] = Field(default_factory=_default_workers)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` win over the environment, which wins over `.env`.

    Raises `CannotStart` with one sentence for each setting that is missing or malformed.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        wrong = dict.fromkeys(
            (str(problem["loc"][0]), problem["type"]) for problem in error.errors()
        )
        raise CannotStart(*(_sentence(name, kind) for name, kind in wrong)) from None


def _sentence(name: str, kind: str) -> str:
    variable = name.upper()
    if kind == "missing":
        return f"{variable} is not set: it must be {_EXPECTED[name]} (see .env.example)."
    return f"{variable} must be {_EXPECTED[name]} (see .env.example)."
