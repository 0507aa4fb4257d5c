"""Whom a message addresses and which picture it means, for every way of asking, in every place."""

from typing import Any

import pytest
from telegram import Message, User

from bot.services.addressing import Cause, Request, part_of_album, request_in
from tests.bot.builders import ANNA, BOT, CHANNEL, GROUP, PRIVATE, make_file, make_photo

SUPERGROUP = {"id": -1002002, "type": "supergroup", "title": "Maths", "is_forum": True}
BEN = {"id": 1002, "is_bot": False, "first_name": "Ben"}
OTHER_BOT = {"id": 987654321, "is_bot": True, "first_name": "Other", "username": "OtherBot"}
ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
AS_CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
ME = User.de_json(BOT, None)

PHOTO: dict[str, Any] = {"photo": make_photo()}
IMAGE_FILE: dict[str, Any] = {"document": make_file(mime_type="image/png")}
OTHER_FILE: dict[str, Any] = {"document": make_file(mime_type="application/pdf")}
_STICKER = make_file(type="regular", width=512, height=512, is_animated=False, is_video=False)
STICKER: dict[str, Any] = {"sticker": _STICKER}
PICTURES = {"photo": PHOTO, "image": IMAGE_FILE, "file": OTHER_FILE, "sticker": STICKER}
NO_PICTURES: dict[str, dict[str, Any]] = {
    "text": {"text": "seven"},
    "animated sticker": {"sticker": {**_STICKER, "is_animated": True}},
    "video": {"video": make_file(width=1, height=1, duration=1)},
    "GIF": {
        "animation": make_file(width=1, height=1, duration=1),
        "document": make_file(mime_type="image/gif"),
    },
}

COMMANDS = ["/digit", "/digit@DigitBot", "/DIGIT@digitbot", "so 🙈 /digit@DIGITBOT, please"]
MENTIONS = ["@DigitBot", "what is this, @digitbot?", "🙈🙈 @DIGITBOT"]
NEITHER = ["", "hello", "/digits", "/weather", "DigitBot", "@DigitBots", "@OtherBot", "a/digit"]
FOR_OTHERS = ["/digit@OtherBot", "/start@OtherBot", "/digit@DigitBot2"]
GROUPS = [GROUP, SUPERGROUP]


def message(chat: dict[str, Any] = GROUP, words: str = "", **content: Any) -> Message:
    """Return a message with `words` as its text or caption, entities marked."""
    body = {"message_id": 5, "date": 1_780_000_000, "chat": chat, "from": ANNA, **content}
    if words:
        has_media = any(kind in content for kind in ("photo", "document", "video"))
        names = ("caption", "caption_entities") if has_media else ("text", "entities")
        body |= {names[0]: words, names[1]: entities(words)}
    return Message.de_json(body, None)


def entities(words: str) -> list[dict[str, Any]]:
    """Return the commands and mentions in some words, in UTF-16 units."""
    found, offset = [], 0
    for word in words.split(" "):
        bare = word.rstrip(",?")
        kind = {"/": "bot_command", "@": "mention"}.get(word[:1])
        if kind:
            found.append({"type": kind, "offset": offset, "length": len(bare)})
        offset += len(word.encode("utf-16-le")) // 2 + 1
    return found


def said(content: dict[str, Any], sender: dict[str, Any] = BEN, **more: Any) -> dict[str, Any]:
    """Return a message to reply to."""
    return {"message_id": 4, "date": 1, "chat": GROUP, "from": sender, **content, **more}


def asked(*args: Any, every_photo: Any = False, **content: Any) -> Request | None:
    assert ME is not None
    return request_in(message(*args, **content), ME, every_photo=every_photo)


def picture_id(request: Request | None) -> int | None:
    """Return which message carries the picture that is meant."""
    return request.picture.message_id if request and request.picture else None


@pytest.mark.parametrize("chat", [*GROUPS, PRIVATE], ids=lambda chat: str(chat["type"]))
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_in_reply_to_a_picture_means_that_picture(
    chat: dict[str, Any], picture: dict[str, Any], words: str
) -> None:
    request = asked(chat, words, reply_to_message=said(picture))
    assert request is not None
    assert picture_id(request) == 4
    assert request.cause is Cause.CALLED
    assert request.is_private is (chat is PRIVATE)


@pytest.mark.parametrize("chat", GROUPS, ids=lambda chat: str(chat["type"]))
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("words", MENTIONS)
def test_a_mention_in_reply_to_a_picture_means_that_picture(
    chat: dict[str, Any], picture: dict[str, Any], words: str
) -> None:
    assert picture_id(asked(chat, words, reply_to_message=said(picture))) == 4


@pytest.mark.parametrize("chat", GROUPS, ids=lambda chat: str(chat["type"]))
@pytest.mark.parametrize("picture", [PHOTO, IMAGE_FILE, OTHER_FILE], ids=["photo", "image", "file"])
@pytest.mark.parametrize("words", [*COMMANDS, *MENTIONS])
def test_a_caption_means_its_own_picture(
    chat: dict[str, Any], picture: dict[str, Any], words: str
) -> None:
    assert picture_id(asked(chat, words, **picture)) == 5
    assert picture_id(asked(chat, words, **picture, reply_to_message=said(PHOTO))) == 5


def test_a_mention_of_somebody_without_a_name_is_told_by_their_id() -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 3}
    mine, bens = {**entity, "user": BOT}, {**entity, "user": BEN}
    reply = said(PHOTO)
    assert picture_id(asked(text="bot", entities=[mine], reply_to_message=reply)) == 4
    assert asked(text="Ben", entities=[bens], reply_to_message=reply) is None
    assert picture_id(asked(caption="bot", caption_entities=[mine], **PHOTO)) == 5


@pytest.mark.parametrize("words", NEITHER)
def test_a_photo_in_reply_to_the_bot_is_for_it(words: str) -> None:
    mine = said({"text": "Send me a photo."}, BOT)
    for content in (PHOTO, IMAGE_FILE):
        request = asked(GROUP, words, **content, reply_to_message=mine)
        assert picture_id(request) == 5
        assert request is not None
        assert request.cause is Cause.REPLIED


def test_stickers_and_files_in_reply_to_the_bot_are_talk() -> None:
    mine = said({"text": "It says 7."}, BOT)
    for content in (STICKER, OTHER_FILE, {"document": make_file()}, *NO_PICTURES.values()):
        assert asked(GROUP, **content, reply_to_message=mine) is None


@pytest.mark.parametrize("chat", GROUPS, ids=lambda chat: str(chat["type"]))
@pytest.mark.parametrize("words", NEITHER)
@pytest.mark.parametrize("picture", [PHOTO, IMAGE_FILE], ids=["photo", "image"])
def test_silence_about_other_peoples_pictures_unless_every_photo_is_wanted(
    chat: dict[str, Any], words: str, picture: dict[str, Any]
) -> None:
    assert asked(chat, words, **picture) is None
    assert asked(chat, words, reply_to_message=said(picture)) is None
    request = asked(chat, words, **picture, every_photo=True)
    assert picture_id(request) == 5
    assert request is not None
    assert request.cause is Cause.EVERY_PHOTO
    assert asked(chat, words, reply_to_message=said(picture), every_photo=True) is None


def test_an_item_of_an_album_waits_for_another_that_asks() -> None:
    request = part_of_album(message(**PHOTO, media_group_id="1"))
    assert request is not None
    assert (request.cause, request.album) == (Cause.ALBUM, "1")
    assert part_of_album(message(**PHOTO)) is None
    assert part_of_album(message(**NO_PICTURES["video"], media_group_id="1")) is None
    by_bot: dict[str, Any] = {"from": OTHER_BOT}
    assert part_of_album(message(**PHOTO, media_group_id="1", **by_bot)) is None


def test_a_reply_to_an_item_of_an_album_means_that_item_alone() -> None:
    request = asked(GROUP, "/digit", reply_to_message=said(PHOTO, media_group_id="1"))
    assert request is not None
    assert request.album is None
    captioned = asked(GROUP, "/digit", **PHOTO, media_group_id="1")
    assert captioned is not None
    assert captioned.album == "1"


@pytest.mark.parametrize("content", [STICKER, OTHER_FILE, *NO_PICTURES.values()])
def test_every_photo_means_photos(content: dict[str, Any]) -> None:
    assert asked(GROUP, **content, every_photo=True) is None


@pytest.mark.parametrize("words", FOR_OTHERS)
@pytest.mark.parametrize("every_photo", [False, True])
def test_what_is_for_another_bot_is_not_for_us(words: str, every_photo: bool) -> None:
    mine = said({"text": "It says 7."}, BOT)
    assert asked(GROUP, words, every_photo=every_photo) is None
    assert asked(GROUP, words, reply_to_message=said(PHOTO), every_photo=every_photo) is None
    assert asked(GROUP, words, **PHOTO, every_photo=every_photo) is None
    assert asked(GROUP, words, **PHOTO, reply_to_message=mine, every_photo=every_photo) is None
    assert asked(GROUP, f"{words} @DigitBot", **PHOTO, every_photo=every_photo) is None


def test_who_calls_both_bots_calls_us() -> None:
    assert picture_id(asked(GROUP, "/digit@OtherBot /digit@DigitBot", **PHOTO)) == 5


@pytest.mark.parametrize("chat", [*GROUPS, PRIVATE], ids=lambda chat: str(chat["type"]))
@pytest.mark.parametrize("replied", [None, *NO_PICTURES.values()])
def test_the_command_about_nothing_is_to_be_explained(
    chat: dict[str, Any], replied: dict[str, Any] | None
) -> None:
    quoted = {} if replied is None else {"reply_to_message": said(replied)}
    for words in ("/digit", "/digit@DigitBot", "/digit@digitbot 7"):
        request = asked(chat, words, **quoted)
        assert request is not None
        assert request.picture is None
    assert asked(chat, "try /digit", **quoted) is None
    assert asked(chat, "@DigitBot", **quoted) is None


def test_our_own_picture_is_no_question() -> None:
    mine = said({**PHOTO, "caption": "It says 7."}, BOT)
    request = asked(GROUP, "/digit", reply_to_message=mine)
    assert request is not None
    assert request.picture is None
    assert asked(GROUP, "@DigitBot", reply_to_message=mine) is None


def test_a_picture_that_another_bot_sent_can_be_asked_about() -> None:
    assert picture_id(asked(GROUP, "/digit", reply_to_message=said(PHOTO, OTHER_BOT))) == 4


def test_bots_are_not_answered() -> None:
    by_bot: dict[str, Any] = {"from": OTHER_BOT}
    assert asked(GROUP, "/digit", **by_bot, reply_to_message=said(PHOTO)) is None
    assert asked(GROUP, **PHOTO, **by_bot, every_photo=True) is None


@pytest.mark.parametrize(
    "author",
    [
        {"from": ANONYMOUS, "sender_chat": GROUP},
        {"from": AS_CHANNEL, "sender_chat": CHANNEL},
        {
            "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
            "sender_chat": CHANNEL,
            "is_automatic_forward": True,
        },
    ],
    ids=["anonymous admin", "as a channel", "the linked channel"],
)
def test_anonymous_admins_and_channels_ask_like_everybody(author: dict[str, Any]) -> None:
    assert picture_id(asked(GROUP, "/digit@DigitBot", **PHOTO, **author)) == 5
    assert picture_id(asked(GROUP, "/digit", **author, reply_to_message=said(PHOTO))) == 4
    assert asked(GROUP, **PHOTO, **author) is None
    assert picture_id(asked(GROUP, **PHOTO, **author, every_photo=True)) == 5


def test_what_is_said_in_a_topic_does_not_reply_to_who_opened_it() -> None:
    opening = said({"forum_topic_created": {"name": "Photos", "icon_color": 1}}, BOT)
    assert asked(SUPERGROUP, **PHOTO, reply_to_message=opening) is None
    request = asked(SUPERGROUP, "/digit@DigitBot", reply_to_message=opening)
    assert request is not None
    assert request.picture is None


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("words", [*NEITHER, *FOR_OTHERS])
def test_in_private_every_picture_is_meant(picture: dict[str, Any], words: str) -> None:
    words = "" if picture is STICKER else words
    request = asked(PRIVATE, words, **picture)
    assert picture_id(request) == 5
    assert request is not None
    assert request.cause is Cause.PRIVATE


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_in_private_everything_else_asks_nothing(content: dict[str, Any]) -> None:
    assert asked(PRIVATE, **content) is None
    assert asked(PRIVATE, **content, reply_to_message=said(PHOTO)) is None
