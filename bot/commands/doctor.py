"""`digitbot doctor`: whether everything is as the bot needs it, and what to do where it is not.

It changes nothing, and may run beside the bot. Imports wait as they do in `bot.cli`.
"""
# ruff: noqa: PLC0415 - see above

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import typer

from bot.errors import CannotStart
from model import ModelError

if TYPE_CHECKING:
    from bot.settings import Settings

LEAST_FREE: Final = 500  # MB
MOST_OFF: Final = timedelta(minutes=1)
RECENT: Final = timedelta(hours=1)  # an error that Telegram remembers is past, if updates come
SECONDS: Final = 15  # for the server to answer
TELEGRAM: Final = "https://api.telegram.org"
PORTS: Final = {443, 80, 88, 8443}  # https://core.telegram.org/bots/api#setwebhook


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and what to do about it if it is not good."""

    is_good: bool
    text: str

    def __str__(self) -> str:
        return f"{'✓' if self.is_good else '✗'} {self.text}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What it looks at beside settings and server; the seam for tests."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free  # bytes
    telegram: str = TELEGRAM  # the server that calls no port but `PORTS`


def doctor() -> None:
    """Check settings, folder, model, database and Telegram; exit with 1 if something is wrong."""
    from bot.settings import load_settings

    try:
        settings = load_settings()
    except CannotStart as error:
        for problem in error.problems:
            typer.echo(Finding(False, problem))
        raise typer.Exit(1) from None
    if not asyncio.run(_tell(settings)):
        raise typer.Exit(1)


async def _tell(settings: "Settings") -> bool:
    is_well = True
    async for finding in examine(settings):
        typer.echo(finding)
        is_well &= finding.is_good
    return is_well


async def examine(
    settings: "Settings", around: Surroundings | None = None
) -> AsyncIterator[Finding]:
    """Yield what is found, from the inside out."""
    around = around or Surroundings()
    admins = f"Admins: {len(settings.admin_ids)}."
    nobody = "ADMIN_IDS is empty, so nobody can use /train."
    yield Finding(True, f"The settings are complete. {admins if settings.admin_ids else nobody}")
    yield _folder(settings.data_dir, around.free)
    yield await asyncio.to_thread(_model, settings)
    yield await asyncio.to_thread(_database, settings)
    async for finding in _telegram(settings, around):
        yield finding


def _folder(data_dir: Path, free_bytes: Callable[[Path], int]) -> Finding:
    there = next(p for p in (data_dir.absolute(), *data_dir.absolute().parents) if p.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding(
            False, f"{there} cannot be written to: give it to the bot's user, or set DATA_DIR."
        )
    free = free_bytes(there) >> 20
    if free < LEAST_FREE:
        return Finding(False, f"Only {free} MB are free for {data_dir}: make room on that disk.")
    return Finding(True, f"{data_dir} can be written to, and {free} MB are free.")


def _model(settings: "Settings") -> Finding:
    from bot.services.models import MODELS
    from bot.services.reader_worker import load_digit_reader
    from model import model_card
    from model.store import ModelStore

    folder = settings.model_path or ModelStore(settings.data_dir / MODELS).preferred()[0]
    try:
        load_digit_reader(folder)
        return Finding(True, f"The model {model_card(folder).version} loads and reads.")
    except ModelError as error:
        way_out = "Set another MODEL_PATH" if settings.model_path else "Try `digitbot models list`"
        return Finding(False, f"The model in {folder} cannot be used: {error} {way_out}.")


def _database(settings: "Settings") -> Finding:
    from sqlalchemy.exc import SQLAlchemyError

    from bot.storage.database import FILE_NAME, make_engine
    from bot.storage.upgrade import FROM_THE_FUTURE, HEAD, revision_of

    kind = "PostgreSQL" if settings.database_url else "SQLite"
    if settings.database_url is None and not (settings.data_dir / FILE_NAME).exists():
        return Finding(True, "There is no database yet: it is made at the first start.")
    try:
        engine = make_engine(settings.data_dir, settings.database_url)
    except CannotStart as error:
        return Finding(False, " ".join(error.problems))
    try:
        found = revision_of(engine)
    except SQLAlchemyError as error:
        problem = str(getattr(error, "orig", None) or type(error).__name__)
        return Finding(False, f"The database cannot be read, {problem}: restore a backup.")
    finally:
        engine.dispose()
    if found is not None and found > HEAD:
        return Finding(False, FROM_THE_FUTURE.format(revision=found, head=HEAD))
    if found != HEAD:
        return Finding(True, f"The {kind} database will be upgraded at the next start.")
    return Finding(True, f"The {kind} database is reachable and up to date.")


async def _telegram(settings: "Settings", around: Surroundings) -> AsyncIterator[Finding]:
    from urllib.request import getproxies

    import aiohttp

    timeout = aiohttp.ClientTimeout(total=SECONDS)
    session = aiohttp.ClientSession(timeout=timeout, trust_env=bool(getproxies()))
    async with session:
        try:
            me, date = await _ask(session, settings, "getMe")
            hook, _ = await _ask(session, settings, "getWebhookInfo")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            yield Finding(
                False,
                f"{settings.telegram_api_url} does not answer as it should"
                f" ({type(error).__name__}): check the network, a proxy and TELEGRAM_API_URL.",
            )
            return
        except CannotStart as error:
            yield Finding(False, " ".join(error.problems))
            return
    yield Finding(True, f"The token is that of @{me.get('username')}.")
    yield _clock(date, around.now())
    yield _groups(me)
    wanted = settings.webhook_url
    yield _webhook(settings, wanted, hook, around) if wanted else _polling(hook)


async def _ask(session: Any, settings: "Settings", method: str) -> tuple[dict[str, Any], str]:
    """Call a method; return its result and the server's Date."""
    from bot.app import REFUSED

    token = settings.telegram_bot_token.get_secret_value()
    async with session.get(f"{settings.telegram_api_url}/bot{token}/{method}") as answer:
        if answer.status in {401, 404}:
            raise CannotStart(REFUSED)
        told = await answer.json()
        return told["result"] if told.get("ok") else {}, answer.headers.get("Date", "")


def _clock(date: str, now: datetime) -> Finding:
    from email.utils import parsedate_to_datetime

    try:
        off = now - parsedate_to_datetime(date)
    except ValueError:
        return Finding(True, "The server does not say what time it is.")
    if abs(off) > MOST_OFF:
        seconds = abs(round(off.total_seconds()))
        return Finding(
            False,
            f"This machine's clock is {seconds} s {'fast' if off > timedelta(0) else 'slow'}:"
            " set it right, best by NTP (timedatectl set-ntp true).",
        )
    return Finding(True, "This machine's clock is right.")


def _groups(me: dict[str, Any]) -> Finding:
    if not me.get("can_join_groups", True):
        return Finding(True, "It cannot be added to groups: /setjoingroups at @BotFather.")
    if me.get("can_read_all_group_messages"):
        return Finding(True, "Privacy mode is off: in groups it sees all messages.")
    return Finding(
        True,
        "Privacy mode is on: in groups it sees commands and replies to it alone. To change that,"
        " /setprivacy at @BotFather, then remove it from each group and add it again.",
    )


def _polling(info: dict[str, Any]) -> Finding:
    if not info.get("url"):
        return Finding(
            True, f"It asks for updates (polling), no webhook is in the way. {_waiting(info)}"
        )
    return Finding(
        False,
        f"A webhook at {urlsplit(info['url']).hostname} is set, but WEBHOOK_URL is not: another bot"
        " may run with this token. Stop that one, or set WEBHOOK_URL; `digitbot run` will delete"
        f" the webhook as things are. {_waiting(info)}",
    )


def _webhook(
    settings: "Settings", wanted: str, info: dict[str, Any], around: Surroundings
) -> Finding:
    found, waiting = info.get("url", ""), _waiting(info)
    if problem := _unfit(settings, wanted, around.telegram):
        return Finding(False, problem)
    if not found:
        return Finding(True, f"The webhook will be set at the start. {waiting}")
    if urlsplit(found).hostname != urlsplit(wanted).hostname:
        return Finding(
            False,
            f"The webhook is at {urlsplit(found).hostname}: stop the bot that has set it."
            f" `digitbot run` will set it to WEBHOOK_URL. {waiting}",
        )
    when = datetime.fromtimestamp(info.get("last_error_date", 0), UTC)
    is_recent = around.now() - when < RECENT
    if is_recent or ("last_error_date" in info and info.get("pending_update_count")):
        return Finding(
            False,
            f"Telegram could not reach the webhook, {when:%Y-%m-%d %H:%M} UTC:"
            f" {info.get('last_error_message')}. Check the proxy, the certificate and"
            f" WEBHOOK_LISTEN. {waiting}",
        )
    return Finding(True, f"The webhook is set, and works. {waiting}")


def _unfit(settings: "Settings", wanted: str, telegram: str) -> str | None:
    """Return why Telegram would not call this address, if that can be said from here."""
    from bot.web.webhook import tls_for

    parts = urlsplit(wanted)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if settings.telegram_api_url == telegram and (parts.scheme != "https" or port not in PORTS):
        return (
            "WEBHOOK_URL must be https:// and its port one of 443, 80, 88 and 8443: Telegram calls"
            " no others."
        )
    try:
        tls_for(settings)
    except CannotStart as error:
        return " ".join(error.problems)
    return None


def _waiting(info: dict[str, Any]) -> str:
    return f"Updates waiting at Telegram: {info.get('pending_update_count', 0)}."
