"""Which handler takes which update, and what it replies; without network."""

import asyncio
from typing import Any

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from bot.errors import ReaderFailed
from bot.handlers.buttons import Button
from bot.storage import ChatSettings, Preview
from bot.texts import chat, problems
from model import Reason
from model.errors import ImageTooLarge, ImageTooSmall, NotAnImage
from tests.bot.builders import (
    ANNA,
    BOT,
    CHANNEL,
    ENGLISH,
    GROUP,
    PRIVATE,
    FakeReader,
    OfflineBot,
    answer_to,
    make_command,
    make_file,
    make_message,
    make_photo,
    make_press,
    make_update,
)
from tests.bot.readings import (
    make_digit,
    make_reading,
    make_refusal,
)

SEVEN = make_reading(make_digit(7, 0.99))
PHOTO: dict[str, Any] = {"photo": make_photo()}
DOCUMENT: dict[str, Any] = {"document": make_file()}
STICKER = make_file(type="regular", width=512, height=512, is_animated=False, is_video=False)

PICTURES = {
    "photo": PHOTO,
    "photo with a caption": {**PHOTO, "caption": "/help what is this?"},
    "document without name and type": DOCUMENT,
    "document that claims to be a text": {
        "document": make_file(file_name="a.txt", mime_type="text/plain")
    },
    "static sticker": {"sticker": STICKER},
    "forwarded photo": {
        **PHOTO,
        "forward_origin": {"type": "hidden_user", "sender_user_name": "Ben", "date": 1},
    },
}

OTHER_THINGS = {
    "text": {"text": "What is 3 + 4?"},
    "unknown command": make_command("/digits"),
    "video": {"video": make_file(width=1, height=1, duration=1)},
    "animation": {
        "animation": make_file(width=1, height=1, duration=1),
        "document": make_file(mime_type="video/mp4"),
    },
    "animated sticker": {"sticker": {**STICKER, "is_animated": True}},
    "video sticker": {"sticker": {**STICKER, "is_video": True}},
    "voice": {"voice": make_file(duration=1)},
    "audio": {"audio": make_file(duration=1)},
    "video note": {"video_note": make_file(length=1, duration=1)},
    "location": {"location": {"longitude": 1.0, "latitude": 2.0}},
    "contact": {"contact": {"phone_number": "1", "first_name": "Ben"}},
    "dice": {"dice": {"emoji": "🎲", "value": 6}},
    "poll": {
        "poll": {
            "id": "1",
            "question": "?",
            "options": [],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
}


@pytest.mark.parametrize("content", PICTURES.values(), ids=PICTURES)
async def test_pictures_are_answered_with_a_quote(content: dict[str, Any]) -> None:
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        message = make_message(**content)
        await bot.receive(**message)
        (reply,) = bot.request.sent("sendMessage")
    assert reply["text"] == answer_to(SEVEN)
    assert reply["parse_mode"] == "HTML"
    assert reply["reply_parameters"] == {
        "message_id": message["message_id"],
        "allow_sending_without_reply": True,
    }
    button = reply["reply_markup"]["inline_keyboard"][0][0]
    assert button == {"text": "What I saw", "callback_data": Button.WHAT_I_SAW}


@pytest.mark.parametrize("content", OTHER_THINGS.values(), ids=OTHER_THINGS)
async def test_everything_else_gets_one_line_that_says_what_to_send(
    content: dict[str, Any],
) -> None:
    reader = FakeReader(SEVEN)
    async with OfflineBot(reader) as bot:
        await bot.receive(**(make_message() | content))
        assert bot.request.replies == [ENGLISH(chat.HINT)]
    assert reader.read_images == []


SILENT = {
    "edited text": ("edited_message", make_message(text="hi")),
    "edited photo": ("edited_message", make_message(**PHOTO)),
    "edited command": ("edited_message", make_command("/start")),
    "channel post": ("channel_post", make_message(CHANNEL, **PHOTO)),
    "edited channel post": ("edited_channel_post", make_message(CHANNEL, **PHOTO)),
    "command in a channel": ("channel_post", make_command("/start", CHANNEL)),
    "business message": (
        "business_message",
        make_message(**PHOTO, business_connection_id="b"),
    ),
    "photo in a group": ("message", make_message(GROUP, **PHOTO)),
    "text in a group": ("message", make_message(GROUP, text="hello")),
    "command for another bot": ("message", make_command("/start@OtherBot", GROUP)),
    "unknown command in a group": ("message", make_command("/weather", GROUP)),
    "somebody joined": ("message", make_message(GROUP, new_chat_members=[ANNA])),
    "pinned message": ("message", make_message(pinned_message=make_message(text="hi"))),
    "reaction": (
        "message_reaction",
        {"chat": PRIVATE, "message_id": 1, "date": 1, "old_reaction": [], "new_reaction": []},
    ),
}


@pytest.mark.parametrize(("kind", "body"), SILENT.values(), ids=SILENT)
async def test_what_is_not_for_us_is_passed_over(kind: str, body: dict[str, Any]) -> None:
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        await bot.receive(kind, **body)
        assert bot.request.calls == []


@pytest.mark.parametrize(
    ("command", "in_private", "in_group"),
    [
        ("/start", "Hi!", "Hello!"),
        ("/help", "Send me a photo", "Send me a photo"),
        ("/about@DigitBot", "I read digits", "I read digits"),
    ],
)
async def test_commands_work_in_every_chat(command: str, in_private: str, in_group: str) -> None:
    for chat_, start in ((PRIVATE, in_private), (GROUP, in_group)):
        async with OfflineBot(FakeReader(SEVEN)) as bot:
            await bot.receive(**make_command(command, chat_))
            (reply,) = bot.request.sent("sendMessage")
        assert reply["text"].startswith(start)
        assert reply["chat_id"] == chat_["id"]


async def test_start_and_help_say_in_groups_how_to_ask_there() -> None:
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        for command in ("/start", "/help"):
            await bot.receive(**make_command(command, GROUP))
        assert all(
            "Reply to a photo with /digit@DigitBot" in reply for reply in bot.request.replies
        )


async def test_the_largest_size_of_a_photo_is_read() -> None:
    reader = FakeReader(SEVEN)
    async with OfflineBot(reader) as bot:
        await bot.receive(**make_message(photo=make_photo("s", "m", "x")))
        assert bot.request.sent("getFile") == [{"file_id": "x"}]
        assert reader.read_images == [bot.request.file]


async def test_no_digit_offers_no_picture_of_one() -> None:
    reading = make_refusal(Reason.BLANK)
    async with OfflineBot(FakeReader(reading)) as bot:
        bot.chats.settings[PRIVATE["id"]] = ChatSettings(preview=Preview.ALWAYS)
        await bot.receive(**make_message(**PHOTO))
        (reply,) = bot.request.sent("sendMessage")
    assert reply["text"] == answer_to(reading)
    assert "reply_markup" not in reply


async def test_typing_is_shown_and_may_fail_unnoticed() -> None:
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        bot.request.failures["sendChatAction"] = NetworkError("gone")
        await bot.receive(**make_message(**PHOTO))
        assert bot.request.sent("sendChatAction")[0]["action"] == "typing"
        assert bot.request.replies == [answer_to(SEVEN)]


# The preview


async def test_with_preview_the_answer_is_the_caption_of_the_picture() -> None:
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        bot.chats.settings[PRIVATE["id"]] = ChatSettings(preview=Preview.ALWAYS)
        await bot.receive(**make_message(**PHOTO))
        (reply,) = bot.request.sent("sendPhoto")
        assert bot.request.sent("sendMessage") == []
        assert bot.request.sent("sendChatAction")[0]["action"] == "upload_photo"
    assert reply["caption"] == answer_to(SEVEN)
    assert reply["parse_mode"] == "HTML"
    assert Button.WHAT_I_SAW not in data_of(reply)


# The button


def data_of(sent: dict[str, Any]) -> list[str]:
    """Return what the buttons under a message send back."""
    return [
        button["callback_data"] for row in sent["reply_markup"]["inline_keyboard"] for button in row
    ]


def make_answer(question: dict[str, Any] | None) -> dict[str, Any]:
    """Return the bot's answer to `question`, which is gone if None."""
    quoted = {} if question is None else {"reply_to_message": question}
    return make_message(text="7", **quoted) | {"from": BOT}


@pytest.mark.parametrize("content", PICTURES.values(), ids=PICTURES)
async def test_the_button_turns_the_answer_into_a_picture(content: dict[str, Any]) -> None:
    answer = make_answer(make_message(**content))
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        await bot.receive("callback_query", **make_press(Button.WHAT_I_SAW, answer))
        (edit,) = bot.request.sent("editMessageMedia")
        assert bot.request.sent("answerCallbackQuery") == [{"callback_query_id": "q1"}]
    assert edit["message_id"] == answer["message_id"]
    assert edit["media"]["caption"] == answer_to(SEVEN)
    assert Button.WHAT_I_SAW not in data_of(edit)


GONE = {
    "question deleted": make_answer(None),
    "question without a picture": make_answer(make_message(text="hi")),
    "answer inaccessible": {"chat": PRIVATE, "message_id": 1, "date": 0},
    "no message at all": None,
}


@pytest.mark.parametrize("message", GONE.values(), ids=GONE)
async def test_the_button_says_if_the_photo_is_gone(message: dict[str, Any] | None) -> None:
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        await bot.receive("callback_query", **make_press(Button.WHAT_I_SAW, message))
        assert bot.request.names() == ["answerCallbackQuery"]
        (answer,) = bot.request.sent("answerCallbackQuery")
    assert answer["text"] == ENGLISH(problems.PHOTO_GONE)
    assert answer["show_alert"] is True


@pytest.mark.parametrize("data", ["0:saw", "1:sawn", "1:", "saw", "1:saw\n"])
async def test_unknown_buttons_are_too_old(data: str) -> None:
    reader = FakeReader(SEVEN)
    press = make_press(data, make_answer(make_message(**PHOTO)))
    async with OfflineBot(reader) as bot:
        await bot.receive("callback_query", **press)
        (answer,) = bot.request.sent("answerCallbackQuery")
    assert answer["text"] == ENGLISH(problems.BUTTON_TOO_OLD)
    assert reader.read_images == []


async def test_the_button_tells_what_went_wrong_with_the_photo() -> None:
    press = make_press(Button.WHAT_I_SAW, make_answer(make_message(**PHOTO)))
    async with OfflineBot(FakeReader(ReaderFailed())) as bot:
        await bot.receive("callback_query", **press)
        (answer,) = bot.request.sent("answerCallbackQuery")
    assert answer["text"] == problems.problem(ENGLISH, ReaderFailed())


async def test_the_button_corrects_an_answer_that_no_longer_holds() -> None:
    reading = make_refusal(Reason.NOT_A_DIGIT)
    press = make_press(Button.WHAT_I_SAW, make_answer(make_message(**PHOTO)))
    async with OfflineBot(FakeReader(reading)) as bot:
        await bot.receive("callback_query", **press)
        (edit,) = bot.request.sent("editMessageText")
    assert edit["text"] == answer_to(reading)


# What goes wrong


@pytest.mark.parametrize(
    "error", [NotAnImage("x"), ImageTooLarge("x"), ImageTooSmall("x"), ReaderFailed()]
)
async def test_an_unreadable_picture_is_answered_with_the_reason(error: Exception) -> None:
    async with OfflineBot(FakeReader(error)) as bot:
        await bot.receive(**make_message(**DOCUMENT))
        (reply,) = bot.request.sent("sendMessage")
    assert reply["text"] == problems.problem(ENGLISH, error)
    assert "reply_parameters" in reply
    # It is kept with the answer: its frames must not keep the file.
    assert (error.__traceback__, error.__cause__, error.__context__) == (None, None, None)


@pytest.mark.parametrize(
    ("announced", "failure"),
    [(20 * 2**20 + 1, None), (None, BadRequest("Bad Request: file is too big"))],
    ids=["by its size", "by the server"],
)
async def test_a_file_that_is_too_big_is_refused_with_the_limit(
    announced: int | None, failure: TelegramError | None
) -> None:
    size: dict[str, Any] = {} if announced is None else {"file_size": announced}
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        if failure:
            bot.request.failures["getFile"] = failure
        await bot.receive(**make_message(document=make_file(**size)))
        assert "20 MB" in bot.request.replies[0]
        assert bot.request.sent("download") == []


async def test_a_file_of_exactly_the_limit_is_read() -> None:
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        await bot.receive(**make_message(document=make_file(file_size=20 * 2**20)))
        assert bot.request.replies == [answer_to(SEVEN)]


@pytest.mark.parametrize("step", ["getFile", "download"])
async def test_a_failed_download_asks_to_send_again(step: str) -> None:
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        bot.request.failures[step] = BadRequest("wrong file_id")
        await bot.receive(**make_message(**PHOTO))
        (text,) = bot.request.replies
    assert "couldn't get your picture" in text


async def test_an_unforeseen_error_is_logged_once_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with OfflineBot(FakeReader(RuntimeError("a bug"))) as bot:
        await bot.receive(**make_message(**PHOTO))
        assert bot.request.replies == [problems.problem(ENGLISH, None)]
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info is not None
    assert "a bug" in str(record.exc_info[1])


async def test_an_unforeseen_error_behind_a_button_is_told_as_an_alert() -> None:
    press = make_press(Button.WHAT_I_SAW, make_answer(make_message(**PHOTO)))
    async with OfflineBot(FakeReader(RuntimeError("a bug"))) as bot:
        await bot.receive("callback_query", **press)
        (answer,) = bot.request.sent("answerCallbackQuery")
    assert answer["text"] == problems.problem(ENGLISH, None)
    assert answer["show_alert"] is True


async def test_who_blocked_the_bot_is_left_in_peace(caplog: pytest.LogCaptureFixture) -> None:
    async with OfflineBot(FakeReader(SEVEN)) as bot:
        bot.request.failures["sendMessage"] = Forbidden("bot was blocked by the user")
        await bot.receive(**make_message(**PHOTO))
        assert len(bot.request.sent("sendMessage")) == 1
    assert not [record for record in caplog.records if record.levelno >= 30]


async def test_one_slow_photo_holds_up_nobody() -> None:
    release = asyncio.Event()

    class SlowForTheFirst(FakeReader):
        async def read(self, data: bytes, *, preview: bool = False) -> Any:
            first = not self.read_images
            answer = await super().read(data, preview=preview)
            if first:
                await release.wait()
            return answer

    async with (
        OfflineBot(SlowForTheFirst(SEVEN)) as bot,
        bot.application.bot_data.inbox.running(bot.application.bot),
    ):
        await bot.application.start()
        for chat_id in (1, 2):
            message = make_message({**PRIVATE, "id": chat_id}, **PHOTO)
            update = make_update(bot.application.bot, **message)
            await bot.application.update_queue.put(update)
        async with asyncio.timeout(30):
            await bot.request.first_reply.wait()
        assert len(bot.request.replies) == 1
        release.set()
        await bot.application.stop()
        assert len(bot.request.replies) == 2
