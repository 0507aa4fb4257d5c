"""Webhook mode: the same bot, with Telegram bringing the updates, over HTTP."""

import asyncio
import json
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from telegram import Bot, Update

from bench.chaos.kill import Scale, kill
from bot.api_server import BotAccount, BotApiServer, ChatWindow, Fault
from bot.app import BotApplication, Receiving, answering, build_application, polling
from bot.errors import CannotStart
from bot.services.reader_pool import ReaderPool
from bot.settings import Settings, load_settings
from bot.storage import open_database
from bot.web.webhook import (
    MAX_BYTES,
    READ_TIMEOUT,
    SECRET_HEADER,
    WATCH,
    Take,
    receiver,
    webhook,
    webhook_for,
)
from tests.bot.builders import TOKEN, make_message, make_services
from tests.bot.clocks import HandClock
from tests.bot.processes import free_port
from tests.bot.readings import draw_seven, encode

SECRET = "s3cret-of-the-webhook"


@dataclass
class Hooked:
    """A bot in webhook mode, and what it is made of."""

    server: BotApiServer
    account: BotAccount
    application: BotApplication
    settings: Settings
    contacts: list[int]

    @property
    def url(self) -> str:
        return self.settings.webhook_url or ""

    @property
    def chat(self) -> ChatWindow:
        return self.server.private_chat(self.server.add_person("Anna", language_code="en"))


def hook_settings(
    account: BotAccount, server: BotApiServer, folder: Path, **more: object
) -> Settings:
    port = free_port()
    return load_settings(
        _env_file=None,
        **{
            "telegram_bot_token": account.token,
            "telegram_api_url": server.url,
            "data_dir": folder,
            "webhook_url": f"http://127.0.0.1:{port}/hook",
            "webhook_listen": f"127.0.0.1:{port}",
            "webhook_secret": SECRET,
            **more,
        },
    )


@pytest.fixture
async def application(
    api_server: BotApiServer, sevens: ReaderPool, tmp_path: Path
) -> AsyncIterator[BotApplication]:
    """The bot, built for the server's first bot but not started."""
    account = api_server.add_bot("DigitBot")
    settings = hook_settings(account, api_server, tmp_path)
    async with open_database(tmp_path) as database:
        yield build_application(settings, make_services(sevens, settings, database))


@pytest.fixture
async def hooked(api_server: BotApiServer, application: BotApplication) -> AsyncIterator[Hooked]:
    settings, contacts = application.bot_data.settings, list[int]()
    async with answering(application, webhook_for(settings, contacts.append)):
        account = next(iter(api_server.world.bots.values()))
        yield Hooked(api_server, account, application, settings, contacts)


def brought_to(take: Take, clock: HandClock | None = None) -> Receiving:
    """Have updates brought to `take`, which need not pass them on."""
    return lambda application: webhook(
        application.bot, take, application.bot_data.settings, lambda _: None, clock
    )


async def test_it_answers_what_telegram_brings(hooked: Hooked) -> None:
    chat = hooked.chat
    sent = await chat.send_photo(encode(draw_seven()))
    assert (await chat.wait_for_reply(to=sent)).text.startswith("7")
    assert hooked.contacts.count(200) >= 2, "the webhook that was found set, and the update"
    assert not [e for e in hooked.server.exchanges if e.method == "getUpdates"]


async def test_an_update_is_acknowledged_only_when_it_is_taken(
    api_server: BotApiServer, application: BotApplication
) -> None:
    (account,) = api_server.world.bots.values()
    taken, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(update: Update) -> None:
        taken.set()
        await go_on.wait()
        await application.update_queue.put(update)

    chat = api_server.private_chat(api_server.add_person("Anna"))
    async with answering(application, brought_to(slowly)):
        sent = await chat.send_text("/start")
        async with asyncio.timeout(60):
            await taken.wait()
        assert len(account.updates) == 1, "the server still has it"
        go_on.set()
        await chat.wait_for_reply(to=sent)
        async with asyncio.timeout(60):
            while len(account.updates):  # noqa: ASYNC110 - it sends no event
                await asyncio.sleep(0.01)


def an_update(update_id: object = 77) -> bytes:
    return json.dumps({"update_id": update_id, "message": make_message(text="hi")}).encode()


JSON = "application/json"
RIGHT = {SECRET_HEADER: SECRET, "Content-Type": JSON}


@dataclass
class Front:
    """What answers Telegram, alone, and what it has taken."""

    client: TestClient[web.Request, web.Application]
    taken: list[Update]


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with front_with() as front:
        yield front


@asynccontextmanager
async def front_with(read_timeout: float = READ_TIMEOUT) -> AsyncIterator[Front]:
    taken: list[Update] = []

    async def take(update: Update) -> None:
        taken.append(update)

    application = receiver("/hook", SECRET, Bot(TOKEN), take, read_timeout)
    async with TestClient(TestServer(application)) as client:
        yield Front(client, taken)


@pytest.mark.parametrize(
    ("method", "path", "secret", "content_type", "body", "status"),
    [
        ("POST", "/hook", None, JSON, an_update(), 403),
        ("POST", "/hook", "", JSON, an_update(), 403),
        ("POST", "/hook", SECRET[:-1], JSON, an_update(), 403),
        ("POST", "/hook", SECRET + "x", JSON, an_update(), 403),
        ("POST", "/hook", "gehäim", JSON, an_update(), 403),
        ("POST", "/hook", "wrong", JSON, b"x" * (MAX_BYTES + 1), 403),
        ("GET", "/hook", SECRET, JSON, b"", 405),
        ("PUT", "/hook", SECRET, JSON, an_update(), 405),
        ("POST", "/", SECRET, JSON, an_update(), 404),
        ("POST", "/hook/more", SECRET, JSON, an_update(), 404),
        ("POST", "/hook", SECRET, "text/plain", an_update(), 415),
        ("POST", "/hook", SECRET, JSON, b"x" * (MAX_BYTES + 1), 413),
        ("POST", "/hook", SECRET, JSON, b"", 400),
        ("POST", "/hook", SECRET, JSON, b"\xff\xfe", 400),
        ("POST", "/hook", SECRET, JSON, b"[]", 400),
        ("POST", "/hook", SECRET, JSON, b"[" * 100_000, 400),
        ("POST", "/hook", SECRET, JSON, b"{}", 400),
        ("POST", "/hook", SECRET, JSON, an_update("77"), 400),
        ("POST", "/hook", SECRET, JSON, an_update(True), 400),
    ],
)
async def test_what_is_refused(
    front: Front,
    method: str,
    path: str,
    secret: str | None,
    content_type: str,
    body: bytes,
    status: int,
) -> None:
    headers = {"Content-Type": content_type}
    if secret is not None:
        headers[SECRET_HEADER] = secret
    async with front.client.request(method, path, data=BytesIO(body), headers=headers) as answer:
        assert answer.status == status
        assert SECRET not in await answer.text()
    assert front.taken == []
    async with front.client.post("/hook", data=an_update(), headers=RIGHT) as answer:
        assert answer.status == 200, "Telegram's own comes through all the same"
    assert [update.update_id for update in front.taken] == [77]


async def test_what_ptb_does_not_understand_is_not_brought_again(front: Front) -> None:
    body = b'{"update_id": 77, "message": 5}'
    async with front.client.post("/hook", data=body, headers=RIGHT) as answer:
        assert answer.status == 200
    assert front.taken == []


async def test_a_body_that_does_not_come_is_not_waited_for_long() -> None:
    let_go = asyncio.Event()

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await let_go.wait()

    async with (
        front_with(read_timeout=0.05) as front,
        front.client.post("/hook", data=never(), headers=RIGHT) as answer,
    ):
        assert answer.status == 408
        let_go.set()


async def test_without_a_secret_it_makes_one_of_its_own(
    api_server: BotApiServer, sevens: ReaderPool, tmp_path: Path
) -> None:
    account = api_server.add_bot("DigitBot")
    settings = hook_settings(account, api_server, tmp_path, webhook_secret=None)
    chat = api_server.private_chat(api_server.add_person("Anna"))
    secrets = []
    for _ in range(2):
        async with open_database(tmp_path) as database:
            application = build_application(settings, make_services(sevens, settings, database))
            async with answering(application, webhook_for(settings)):
                await chat.wait_for_reply(to=await chat.send_text("/start"))
                assert account.webhook is not None
                secrets.append(account.webhook.secret_token or "")
    assert min(map(len, secrets)) >= 32
    assert secrets[0] != secrets[1]


async def test_between_the_modes_nothing_is_lost(
    api_server: BotApiServer, sevens: ReaderPool, tmp_path: Path
) -> None:
    account = api_server.add_bot("DigitBot")
    settings = hook_settings(account, api_server, tmp_path)
    chat = api_server.private_chat(api_server.add_person("Anna"))

    def build() -> BotApplication:
        return build_application(settings, make_services(sevens, settings, database))

    async with open_database(tmp_path) as database:
        async with answering(build(), webhook_for(settings)):
            await chat.wait_for_reply(to=await chat.send_text("/start"))
        sent = await chat.send_text("/start while it is away")
        assert account.webhook is not None, "so that the server keeps what comes"
        async with polling(build()):
            await chat.wait_for_reply(to=sent)
            assert account.webhook is None
        sent = await chat.send_text("/start again")
        async with answering(build(), webhook_for(settings)):
            await chat.wait_for_reply(to=sent)


async def test_a_webhook_taken_away_is_set_again(
    api_server: BotApiServer, application: BotApplication, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HandClock()
    (account,) = api_server.world.bots.values()
    chat = api_server.private_chat(api_server.add_person("Anna"))
    async with answering(application, brought_to(application.update_queue.put, clock)):
        async with aiohttp.ClientSession() as session:
            await session.post(f"{api_server.url}/bot{account.token}/deleteWebhook")
        assert account.webhook is None
        sent = await chat.send_text("/start")
        await clock.pass_(WATCH)
        await chat.wait_for_reply(to=sent)
        assert "The webhook was deleted meanwhile" in caplog.text


async def test_a_network_that_fails_at_the_start_is_waited_for(
    api_server: BotApiServer, application: BotApplication
) -> None:
    clock = HandClock()
    api_server.faults.add("setWebhook", Fault.server_error(), times=2)
    chat = api_server.private_chat(api_server.add_person("Anna"))

    async def start() -> None:
        async with answering(application, brought_to(application.update_queue.put, clock)):
            await chat.wait_for_reply(to=await chat.send_text("/start"))

    starting = asyncio.create_task(start())
    async with asyncio.timeout(60):
        while not starting.done():
            await clock.pass_(5)
            await asyncio.sleep(0.01)
    await starting


async def test_why_updates_do_not_come_is_logged(
    api_server: BotApiServer, application: BotApplication, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HandClock()
    (account,) = api_server.world.bots.values()
    refused = asyncio.Event()

    async def take(_: Update) -> None:
        refused.set()
        raise RuntimeError("cannot be written")

    async with answering(application, brought_to(take, clock)):
        await api_server.private_chat(api_server.add_person("Anna")).send_text("hello")
        async with asyncio.timeout(60):
            await refused.wait()
            while account.webhook is None or account.webhook.last_error_date is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await clock.pass_(WATCH)
        async with asyncio.timeout(60):
            while "The server cannot bring updates, 1 wait" not in caplog.text:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert "500" in caplog.text


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_killed_at_random_it_loses_no_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("WEBHOOK_URL", f"http://127.0.0.1:{port}/hook")
    monkeypatch.setenv("WEBHOOK_LISTEN", f"127.0.0.1:{port}")
    scale = Scale(photos=20, kills=2, people=4, groups=0, digits=2, twice=0.25)
    result = await kill(7, scale)
    assert result.kept, result.seen


# Settings that do not work out


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"webhook_url": "https://example.org/hook"}, "WEBHOOK_URL: the server refuses it"),
        ({"webhook_certificate": __file__}, "WEBHOOK_CERTIFICATE and WEBHOOK_KEY must be set both"),
        (
            {"webhook_certificate": __file__, "webhook_key": __file__},
            "WEBHOOK_CERTIFICATE and WEBHOOK_KEY do not fit",
        ),
    ],
)
async def test_settings_that_cannot_work_are_a_sentence(
    api_server: BotApiServer,
    sevens: ReaderPool,
    tmp_path: Path,
    settings: dict[str, str],
    problem: str,
) -> None:
    account = api_server.add_bot("DigitBot")
    chosen = hook_settings(account, api_server, tmp_path, **settings)
    async with open_database(tmp_path) as database:
        application = build_application(chosen, make_services(sevens, chosen, database))
        with pytest.raises(CannotStart, match=problem):
            async with answering(application, webhook_for(chosen)):
                pass


async def test_a_port_that_is_taken_is_a_sentence(
    api_server: BotApiServer, application: BotApplication
) -> None:
    address = application.bot_data.settings.webhook_listen
    with socket.socket() as other:
        other.bind((address.host, address.port))
        other.listen()
        with pytest.raises(CannotStart, match=r"WEBHOOK_LISTEN: the bot cannot listen on 127\.0"):
            async with answering(application, webhook_for(application.bot_data.settings)):
                pass


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine, and its key."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext"
    more = ["subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *more], check=True, capture_output=True)
    return certificate, key


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
async def test_with_a_certificate_of_its_own(
    api_server: BotApiServer, sevens: ReaderPool, tmp_path: Path
) -> None:
    certificate, key = self_signed(tmp_path)
    account = api_server.add_bot("DigitBot")
    port = free_port()
    settings = hook_settings(
        account,
        api_server,
        tmp_path,
        webhook_url=f"https://127.0.0.1:{port}/hook",
        webhook_listen=f"127.0.0.1:{port}",
        webhook_certificate=certificate,
        webhook_key=key,
    )
    chat = api_server.private_chat(api_server.add_person("Anna"))
    async with open_database(tmp_path) as database:
        application = build_application(settings, make_services(sevens, settings, database))
        async with answering(application, webhook_for(settings)):
            await chat.wait_for_reply(to=await chat.send_text("/start"))
            assert account.webhook is not None
            assert account.webhook.certificate == certificate.read_bytes()
