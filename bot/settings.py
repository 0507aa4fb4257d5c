"""Settings: read once from the environment and `.env`, checked, and passed in.

`.env.example` explains each of them to whoever runs the bot.
"""

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from dotenv import dotenv_values
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

from bot import ENV_FILE
from bot.errors import CannotStart

_TOKEN_SHAPE = re.compile(r"\d+:[A-Za-z0-9_-]+")
_SECRET_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ADDRESS_SHAPE = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]]+)):(\d{1,5})", re.ASCII)

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
    "webhook_url": "a web address, such as https://bot.example.org/digitbot",
    "webhook_listen": "an address and a port, such as 127.0.0.1:8443",
    "webhook_secret": "1 to 256 letters, digits, hyphens and underscores",
    "webhook_certificate": "a certificate's file (PEM)",
    "webhook_key": "the file of the certificate's private key (PEM)",
    "monitor_listen": "an address and a port, such as 127.0.0.1:9464",
    "log_level": "one of DEBUG, INFO, WARNING, ERROR",
    "log_format": "readable or json",
    "reader_workers": "a number from 1 to 64",
}


def _home(value: object) -> object:
    """Let ~ be the home folder: here no shell does that."""
    return Path(value).expanduser() if isinstance(value, str | Path) else value


def _there(path: Path) -> Path:
    if not path.exists():
        raise ValueError
    return path


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


def _webhook_url(value: str) -> str:
    _HTTP_URL.validate_python(value)
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    """Check what may stand in the header: https://core.telegram.org/bots/api#setwebhook."""
    if not _SECRET_SHAPE.fullmatch(value.get_secret_value()):
        raise ValueError
    return value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: on this machine alone, at one of its addresses, or at all of them."""

    host: str
    port: int  # 0: any free one

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read "127.0.0.1:8443" or "[::1]:8443"; raises ValueError."""
        if isinstance(value, cls):
            return value
        match = _ADDRESS_SHAPE.fullmatch(str(value))
        if match is None or int(match[3]) > 65_535:
            raise ValueError
        return cls(match[1] or match[2], int(match[3]))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


ListenAddress = Annotated[Address, NoDecode, BeforeValidator(Address.parse)]


AnyPath = Annotated[Path, BeforeValidator(_home), AfterValidator(_there)]
FileAt = Annotated[FilePath, BeforeValidator(_home)]
FolderAt = Annotated[DirectoryPath, BeforeValidator(_home)]


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
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Annotated[Path, BeforeValidator(_home)] = Path("data")
    admin_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_split)] = frozenset()
    database_url: Annotated[SecretStr, AfterValidator(_postgresql_url)] | None = None
    model_path: FolderAt | None = None
    mnist_path: FileAt | None = None
    train_extra: Annotated[tuple[FileAt, ...], NoDecode, BeforeValidator(_split)] = ()
    evaluation_paths: Annotated[tuple[AnyPath, ...], NoDecode, BeforeValidator(_split)] = ()
    train_threads: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=_default_threads)
    train_hours: Annotated[float, Field(gt=0, le=168)] = 6.0
    train_memory: Annotated[int, Field(ge=500)] = 4000


class Settings(Installation):
    """All that can be set of the bot."""

    telegram_bot_token: Annotated[SecretStr, AfterValidator(_token)]
    telegram_api_url: Annotated[str, AfterValidator(_root_url)] = "https://api.telegram.org"
    retention_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    webhook_url: Annotated[str, AfterValidator(_webhook_url)] | None = None
    webhook_listen: ListenAddress = Address("127.0.0.1", 8443)
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    webhook_certificate: FileAt | None = None
    webhook_key: FileAt | None = None
    monitor_listen: ListenAddress | None = None
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = (
        "INFO"
    )
    log_format: Annotated[Literal["readable", "json"], BeforeValidator(_lower)] = "readable"
    reader_workers: Annotated[int, Field(ge=1, le=64)] = Field(default_factory=_default_workers)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` win over the environment, which wins over `.env`.

    Raises `CannotStart` with one sentence for each setting that is missing or malformed.
    """
    return _load(Settings, overrides)


def load_installation() -> Installation:
    """Read the settings that do not concern Telegram, as `load_settings` does."""
    return _load(Installation, {})


S = TypeVar("S", bound=Installation)


def _load(kind: type[S], overrides: dict[str, Any]) -> S:
    try:
        settings = kind(**overrides)
        _refuse_misspelt(overrides.get("_env_file", ENV_FILE))
        return settings
    except UnicodeDecodeError:
        raise CannotStart(f"{ENV_FILE} is not in UTF-8: save it so.") from None
    except ValidationError as error:
        wrong = dict.fromkeys(
            (str(problem["loc"][0]), problem["type"]) for problem in error.errors()
        )
        in_order = sorted(wrong, key=lambda problem: list(_EXPECTED).index(problem[0]))
        raise CannotStart(*(_sentence(name, problem) for name, problem in in_order)) from None


def _refuse_misspelt(env_file: str | None) -> None:
    """A name in `.env` that is nearly one of ours is a slip, and would go unnoticed."""
    names = [name.upper() for name in _EXPECTED]
    slips = []
    for name in dotenv_values(env_file) if env_file else ():
        alike = difflib.get_close_matches(name.upper(), names, n=1, cutoff=0.85)
        if alike and alike[0] != name.upper():
            slips.append(f"{name} in {env_file} is no setting: do you mean {alike[0]}?")
    if slips:
        raise CannotStart(*slips)


def _sentence(name: str, kind: str) -> str:
    variable = name.upper()
    if kind == "missing":
        return f"{variable} is not set: it must be {_EXPECTED[name]} (see .env.example)."
    return f"{variable} must be {_EXPECTED[name]} (see .env.example)."
