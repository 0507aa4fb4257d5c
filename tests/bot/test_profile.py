"""What Telegram shows of the bot before anybody talks to it, in each language."""

from collections.abc import AsyncIterator

import pytest
from telegram.ext import ExtBot

from bot.api_server import BotAccount, BotApiServer, Fault
from bot.profile import publish_admins_menu, publish_profile
from bot.services.patience import Patience
from bot.texts import chat
from bot.texts.words import LANGUAGES, words_in
from bot.transport import AiohttpRequest

SETTERS = 4  # two menus and two descriptions


@pytest.fixture
def account(api_server: BotApiServer) -> BotAccount:
    return api_server.add_bot("DigitBot")


@pytest.fixture
async def bot(api_server: BotApiServer, account: BotAccount) -> AsyncIterator[ExtBot[int]]:
    transport = AiohttpRequest(connections=1, max_bytes=2**20)
    client = ExtBot(
        account.token,
        base_url=f"{api_server.url}/bot",
        request=transport,
        get_updates_request=transport,
        rate_limiter=Patience(),
    )
    async with client:
        yield client


def setters(server: BotApiServer) -> list[str]:
    return [exchange.method for exchange in server.exchanges if exchange.method.startswith("set")]


@pytest.mark.parametrize("code", [*LANGUAGES, "zh-hans", "pt-br", "fr"])
async def test_everybody_sees_it_in_their_language(
    api_server: BotApiServer, account: BotAccount, bot: ExtBot[int], code: str
) -> None:
    await publish_profile(bot)
    words = words_in(code)
    window = api_server.private_chat(api_server.add_person("Anna", language_code=code), account)
    menu = [(entry.command, entry.description) for entry in window.commands(account)]
    assert menu == [(command, words.plain(phrase)) for command, phrase in chat.COMMANDS]
    group = api_server.group("Class", [api_server.add_person("Ben", language_code=code)])
    in_group = group.as_member(next(iter(group.chat.members.values())).user)
    shown = [(entry.command, entry.description) for entry in in_group.commands(account)]
    assert shown == [(command, words.plain(phrase)) for command, phrase in chat.GROUP_COMMANDS]
    two_letters = code[:2]
    assert (await bot.get_my_description(two_letters)).description == words(chat.DESCRIPTION)
    short = (await bot.get_my_short_description(two_letters)).short_description
    assert short == words(chat.SHORT_DESCRIPTION)


async def test_only_what_differs_is_set(
    api_server: BotApiServer, account: BotAccount, bot: ExtBot[int]
) -> None:
    await publish_profile(bot)
    assert len(setters(api_server)) == SETTERS * len(LANGUAGES)
    await publish_profile(bot)
    assert len(setters(api_server)) == SETTERS * len(LANGUAGES)
    account.profile.descriptions["de"] = "Früher konnte ich weniger."
    await publish_profile(bot)
    assert setters(api_server)[SETTERS * len(LANGUAGES) :] == ["setMyDescription"]


async def test_a_refusal_is_not_waited_for(
    api_server: BotApiServer,
    account: BotAccount,
    bot: ExtBot[int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    api_server.faults.add("setMyDescription", Fault.too_many_requests(50), times=1)
    await publish_profile(bot)
    assert account.description == ""
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    await publish_profile(bot)
    assert account.description == words_in("en")(chat.DESCRIPTION)


async def test_admins_see_their_commands_once_they_talk_to_the_bot(
    api_server: BotApiServer, account: BotAccount, bot: ExtBot[int]
) -> None:
    ada, ben = (api_server.add_person(name, language_code="de") for name in ("Ada", "Ben"))
    mine = api_server.private_chat(ada, account)
    await publish_profile(bot, [ada.id, ben.id])
    everybodys = [command for command, _ in chat.COMMANDS]
    admins = [command for command, _ in chat.ADMIN_COMMANDS]
    assert [entry.command for entry in mine.commands(account)] == [*everybodys, *admins]
    assert mine.commands(account)[-1].description == words_in("de").plain(
        chat.ADMIN_COMMANDS[-1][1]
    )
    his = api_server.private_chat(ben, account)
    assert [entry.command for entry in his.commands(account)] == everybodys
    await publish_admins_menu(bot, ben.id)
    assert [entry.command for entry in his.commands(account)] == [*everybodys, *admins]
