"""Rates are kept when asked for: Telegram's, or any other."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.api_server import TELEGRAM, BotApiServer, ChatWindow
from bot.api_server.chats import Chat
from bot.api_server.errors import TooManyRequests
from bot.api_server.limits import Limits, Meter, Rate
from bot.api_server.objects import ChatType
from tests.api_server.clock import Clock


def chat(id: int, type: ChatType = ChatType.PRIVATE) -> Chat:
    return Chat(id, type, keep=10)


def refusal(meter: Meter, chat: Chat, messages: int = 1) -> int:
    with pytest.raises(TooManyRequests) as refused:
        meter.count(1, chat, messages)
    return refused.value.parameters["retry_after"]


def test_nothing_is_limited_unless_asked(clock: Clock) -> None:
    meter = Meter(Limits(), clock)
    try:
        for _ in range(1000):
            meter.count(1, chat(1))
    except TooManyRequests as refused:
        pytest.fail(f"refused for {refused.parameters['retry_after']} s")


def test_one_chat(clock: Clock) -> None:
    meter = Meter(TELEGRAM, clock)
    for _ in range(3):
        meter.count(1, chat(1))
    assert refusal(meter, chat(1)) == 3
    meter.count(1, chat(2))  # another chat is free
    meter.count(2, chat(1))  # so is another bot
    clock.now += 3
    meter.count(1, chat(1))


def test_all_chats_together(clock: Clock) -> None:
    meter = Meter(TELEGRAM, clock)
    for number in range(30):
        meter.count(1, chat(number))
    assert refusal(meter, chat(99)) == 1
    clock.now += 1
    meter.count(1, chat(99))


def test_a_group(clock: Clock) -> None:
    meter = Meter(TELEGRAM, clock)
    group = chat(-1, ChatType.GROUP)
    for _ in range(20):
        meter.count(1, group)
        clock.now += 1
    assert refusal(meter, group) == 40
    clock.now += 40
    meter.count(1, group)
    assert refusal(meter, group) == 1


def test_an_album_counts_by_its_items(clock: Clock) -> None:
    meter = Meter(Limits(per_chat=Rate(3, 3)), clock)
    meter.count(1, chat(1), 2)
    assert refusal(meter, chat(1), 2) == 3


@pytest.fixture
async def limited() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(limits=Limits(per_chat=Rate(1, 3600))) as server:
        yield server


async def test_over_the_wire(limited: BotApiServer) -> None:
    bot = limited.add_bot("DigitBot")
    window: ChatWindow = limited.private_chat(limited.add_person("Anna"))
    await window.send_text("/start")
    url = f"{limited.url}/bot{bot.token}/sendMessage"
    async with ClientSession() as session:
        for status in 200, 429:
            async with session.post(url, data={"chat_id": window.person.id, "text": "x"}) as got:
                assert got.status == status
                answer = await got.json()
    assert answer["description"].startswith("Too Many Requests: retry after ")
    assert 3590 <= answer["parameters"]["retry_after"] <= 3600
