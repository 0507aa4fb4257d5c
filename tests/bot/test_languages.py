"""Which language an update is answered in: the chat's, the sender's own, or that of their app."""

from typing import Any

import pytest

from bot.storage import ChatSettings
from bot.texts import chat, problems
from bot.texts.words import LANGUAGES, words_in
from model import Reason
from tests.bot.builders import (
    ANNA,
    GROUP,
    PRIVATE,
    FakeReader,
    MemoryChats,
    OfflineBot,
    make_command,
    make_message,
    make_photo,
    make_press,
)
from tests.bot.readings import make_digit, make_reading, make_refusal

READER = FakeReader(make_reading(make_digit(7)))


def speaking(code: str | None) -> dict[str, Any]:
    """Return who sends from an app in that language."""
    return {"from": ANNA if code is None else {**ANNA, "language_code": code}}


@pytest.mark.parametrize(
    ("code", "language"),
    [
        (None, "en"),
        ("en-gb", "en"),
        ("fr", "en"),
        ("zh", "zh"),
        ("zh-hans", "zh"),
        ("zh-CN", "zh"),
        ("zh-hant", "zh"),
        ("pt", "pt"),
        ("pt-br", "pt"),
        ("ar", "ar"),
        ("", "en"),
        ("../../etc/passwd", "en"),
    ],
)
async def test_an_app_in_one_language_is_answered_in_it(code: str | None, language: str) -> None:
    async with OfflineBot(READER) as bot:
        await bot.receive(**make_command("/help") | speaking(code))
        assert bot.request.replies == [words_in(language)(chat.HELP)]


CHOSEN = [  # by the group, by the person, by the app; and what it comes to
    ("de", "es", "ru", "de"),
    (None, "es", "ru", "es"),
    (None, None, "ru", "ru"),
    ("en", "es", "ru", "en"),
    (None, None, None, "en"),
]


@pytest.mark.parametrize(("of_group", "of_person", "of_app", "expected"), CHOSEN)
async def test_a_group_has_one_language_and_a_person_another(
    of_group: str | None, of_person: str | None, of_app: str | None, expected: str
) -> None:
    async with OfflineBot(READER) as bot:
        bot.chats.settings[GROUP["id"]] = ChatSettings(language=of_group)
        bot.chats.settings[PRIVATE["id"]] = ChatSettings(language=of_person)
        await bot.receive(**make_command("/help", GROUP) | speaking(of_app))
        await bot.receive(**make_command("/help", PRIVATE) | speaking(of_app))
        in_group, in_private = bot.request.replies
    assert in_group.startswith(words_in(expected)(chat.HELP))
    assert in_private == words_in(of_person or of_app)(chat.HELP)


async def test_a_language_that_is_no_more_falls_back() -> None:
    async with OfflineBot(READER) as bot:
        bot.chats.settings[PRIVATE["id"]] = ChatSettings(language="tlh")
        await bot.receive(**make_command("/help") | speaking("de"))
        assert bot.request.replies == [words_in("en")(chat.HELP)]


async def test_trouble_is_told_in_the_apps_language_if_the_settings_are_what_failed() -> None:
    class Broken(MemoryChats):
        async def get(self, _chat_id: int) -> ChatSettings:
            raise OSError

    async with OfflineBot(READER, chats=Broken()) as bot:
        await bot.receive(**make_command("/help") | speaking("de"))
        assert bot.request.replies == [problems.problem(words_in("de"), None)]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_answers_buttons_and_alerts_are_in_the_language_too(language: str) -> None:
    words = words_in(language)
    async with OfflineBot(READER) as bot:
        await bot.receive(**make_message(photo=make_photo()) | speaking(language))
        (reply,) = bot.request.sent("sendMessage")
        assert words.percent(0.99) in reply["text"]
        button = reply["reply_markup"]["inline_keyboard"][0][0]
        assert button["text"] == words(chat.WHAT_I_SAW)
        await bot.receive("callback_query", **make_press("0:old", None) | speaking(language))
        (alert,) = bot.request.sent("answerCallbackQuery")
    assert alert["text"] == words.plain(problems.BUTTON_TOO_OLD)


@pytest.mark.parametrize("reason", Reason)
async def test_no_digit_is_told_in_the_language_too(reason: Reason) -> None:
    async with OfflineBot(FakeReader(make_refusal(reason))) as bot:
        for code in ("en", "zh"):
            await bot.receive(**make_message(photo=make_photo()) | speaking(code))
        in_english, in_chinese = bot.request.replies
    assert in_english.isascii()
    assert not in_chinese.isascii()
