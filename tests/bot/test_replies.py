"""How answers to one or several pictures are sent, and changed; without network."""

from dataclasses import replace
from typing import Any

import pytest
from telegram import Message
from telegram.error import BadRequest

from bot.handlers.replies import Place, add_to, reply
from bot.services.answered import Answer, Outcome, Seen
from bot.services.attachments import Attachment
from bot.services.reader import ReaderAnswer
from bot.storage import ChatSettings
from model.errors import ImageTooLarge
from tests.bot.builders import (
    ENGLISH,
    PRIVATE,
    FakeReader,
    OfflineBot,
    make_message,
    make_photo,
)
from tests.bot.readings import draw_seven, encode, make_digit, make_reading

READING = make_reading(make_digit(7, 0.99))
SEVEN = ReaderAnswer.of(READING)
DRAWN = replace(SEVEN, preview=encode(draw_seven(), "PNG"))


def seen(*outcomes: Outcome) -> list[Seen]:
    return [Seen(n, Attachment("f", "u", None), outcome) for n, outcome in enumerate(outcomes, 1)]


def place(bot: OfflineBot, pictures: int, chat: dict[str, Any] = PRIVATE) -> Place:
    """Return a place with pictures in messages 1, 2 and so on."""
    telegram = bot.application.bot
    messages = {
        number: Message.de_json(
            make_message(chat, photo=make_photo()) | {"message_id": number}, telegram
        )
        for number in range(1, pictures + 1)
    }
    return Place(telegram, ENGLISH, ChatSettings(), messages, thread_id=None)


async def test_one_preview_among_several_pictures_is_no_album() -> None:
    async with OfflineBot(FakeReader(READING)) as bot:
        await reply(seen(ImageTooLarge(), DRAWN), place(bot, 2))
        (sent,) = bot.request.sent("sendPhoto")
    assert "2. <b>7</b>" in sent["caption"]
    assert sent["reply_parameters"]["message_id"] == 1


async def test_words_that_no_caption_holds_are_sent_without_pictures() -> None:
    async with OfflineBot(FakeReader(READING)) as bot:
        await reply(seen(*[ImageTooLarge()] * 12, DRAWN, DRAWN), place(bot, 14))
        assert bot.request.names() == ["sendMessage"]
        (text,) = bot.request.replies
    assert len(text.splitlines()) == 15


async def test_lines_lead_to_the_pictures_of_a_supergroup_and_preview_none() -> None:
    supergroup = {"id": -1002002, "type": "supergroup", "title": "Maths"}
    async with OfflineBot(FakeReader(READING)) as bot:
        await reply(seen(SEVEN, SEVEN), place(bot, 2, supergroup))
        (sent,) = bot.request.sent("sendMessage")
    assert '<a href="https://t.me/c/2002/2">2</a>' in sent["text"]
    assert sent["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    ("refusal", "added"),
    [
        (None, True),
        (BadRequest("Message is not modified: …"), True),
        (BadRequest("Message to edit not found"), False),
        (BadRequest("There is no text in the message to edit"), False),
    ],
)
async def test_an_answer_is_changed_if_it_can_be(refusal: BadRequest | None, added: bool) -> None:
    async with OfflineBot(FakeReader(READING)) as bot:
        if refusal:
            bot.request.failures["editMessageText"] = refusal
        answer = Answer(PRIVATE["id"], 100, tuple(seen(SEVEN, SEVEN)))
        assert await add_to(answer, place(bot, 2)) is added
        (edit,) = bot.request.sent("editMessageText")
    assert edit["message_id"] == 100
    assert "2. <b>7</b>" in edit["text"]
