"""Settings: read once from the environment and `.env`, checked, and passed in.

`.env.example` explains each of them to whoever runs the bot.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    DirectoryPath,
    Field,
    FilePath,
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
    "mnist_path": "Keras' mnist.npz",
    "train_extra": "collections of digits (.npz), separated by commas",
    "evaluation_paths": "folders with a labels.csv or .npz files, separated by commas",
    "train_threads": "a number from 1 to 256",
    "train_hours": "a number of hours, at most 168",
    "train_memory": "a number of megabytes, at least 500",
    "retention_days": "a number of days, at least 1",
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


def _default_threads() -> int:
    """One less than there are cores: the readers need some of one, even beside a training."""
    return max(1, (os.cpu_count() or 1) - 1)


class Installation(BaseSettings):
    """What can be set of an installation, with or without Telegram.

    Each field is the environment variable of the same name.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Path("data")
    database_url: Annotated[SecretStr, AfterValidator(_postgresql_url)] | None = None
    model_path: DirectoryPath | None = None
    mnist_path: FilePath | None = None
    train_extra: Annotated[tuple[FilePath, ...], NoDecode, BeforeValidator(_split)] = ()
    evaluation_paths: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_split)] = ()
    train_threads: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=_default_threads)
    train_hours: Annotated[float, Field(gt=0, le=168)] = 6.0
    train_memory: Annotated[int, Field(ge=500)] = 4000


class Settings(Installation):
    """All that can be set of the bot."""

    telegram_bot_token: Annotated[SecretStr, AfterValidator(_token)]
    telegram_api_url: Annotated[str, AfterValidator(_root_url)] = "https://api.telegram.org"
    admin_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_split)] = frozenset()
    retention_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = (
        "INFO"
    )
    reader_workers: Annotated[int, Field(ge=1, le=64)] = Field(default_factory=_default_workers)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` win over the environment, which wins over `.env`.

    Raises `CannotStart` with one sentence for each setting that is missing or malformed.
    """
    return _load(Settings, overrides)


def load_installation(**overrides: Any) -> Installation:
    """Read the settings that do not concern Telegram, as `load_settings` does."""
    return _load(Installation, overrides)


S = TypeVar("S", bound=Installation)


def _load(kind: type[S], overrides: dict[str, Any]) -> S:
    try:
        return kind(**overrides)
    except ValidationError as error:
        wrong = dict.fromkeys(
            (str(problem["loc"][0]), problem["type"]) for problem in error.errors()
        )
        in_order = sorted(wrong, key=lambda problem: list(_EXPECTED).index(problem[0]))
        raise CannotStart(*(_sentence(name, problem) for name, problem in in_order)) from None


def _sentence(name: str, kind: str) -> str:
    variable = name.upper()
    if kind == "missing":
        return f"{variable} is not set: it must be {_EXPECTED[name]} (see .env.example)."
    return f"{variable} must be {_EXPECTED[name]} (see .env.example)."
