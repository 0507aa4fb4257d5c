"""Albums in and out, reactions, and a bot that is blocked."""

import json

import pytest
from telegram import Bot, InputMediaDocument, InputMediaPhoto, ReactionTypeEmoji
from telegram.error import BadRequest, Forbidden

from bot.api_server import BotAccount, BotApiServer, ChatWindow, User
from tests.api_server.conftest import RawCall
from tests.api_server.images import picture

COLOURS = "red", "green", "blue"


async def test_an_album_comes_as_one_message_each(
    chat: ChatWindow, account: BotAccount, raw: RawCall
) -> None:
    await chat.send_album([picture(colour=colour) for colour in COLOURS], caption="three")
    await chat.send_album([picture()] * 2, as_files=True)
    messages = [update["message"] for update in (await raw("getUpdates"))["result"]]
    assert [message.get("caption") for message in messages] == ["three", None, None, None, None]
    groups = [message["media_group_id"] for message in messages]
    assert len(set(groups[:3])) == len(set(groups[3:])) == 1
    assert groups[0] != groups[3]
    assert "document" in messages[3]


async def test_a_bot_sends_an_album(chat: ChatWindow, bot: Bot) -> None:
    asked = await chat.send_text("/start")
    known = await chat.send_photo(picture())
    assert known.media is not None
    media = [
        InputMediaPhoto(picture(colour="red"), caption="<b>first</b>", parse_mode="HTML"),
        InputMediaPhoto(known.media.file_id),
    ]
    sent = await bot.send_media_group(chat.person.id, media, reply_to_message_id=asked.message_id)
    assert sent[0].media_group_id == sent[1].media_group_id
    first, second = chat.replies
    assert (first.caption, first.reply_to, second.reply_to) == (
        "first",
        asked.message_id,
        asked.message_id,
    )
    assert chat.download(second) == chat.download(known)


async def test_albums_that_are_refused(chat: ChatWindow, bot: Bot) -> None:
    await chat.send_text("/start")
    photo = InputMediaPhoto(picture())
    with pytest.raises(BadRequest, match="Too many messages to send as an album"):
        await bot.send_media_group(chat.person.id, [photo] * 11)
    with pytest.raises(BadRequest, match="can't be mixed"):
        await bot.send_media_group(chat.person.id, [photo, InputMediaDocument(b"x")])
    assert chat.replies == ()


async def test_a_bot_reacts(chat: ChatWindow, bot: Bot, raw: RawCall) -> None:
    sent = await chat.send_photo(picture())
    await bot.set_message_reaction(chat.person.id, sent.message_id, ReactionTypeEmoji("👀"))
    assert chat.reactions(sent) == {bot.id: "👀"}
    await bot.set_message_reaction(chat.person.id, sent.message_id, [])
    assert chat.reactions(sent) == {}
    pizza = json.dumps([{"type": "emoji", "emoji": "🍕"}])
    refused = await raw(
        "setMessageReaction", chat_id=chat.person.id, message_id=sent.message_id, reaction=pizza
    )
    assert refused["description"] == "Bad Request: REACTION_INVALID"
    missing = await raw("setMessageReaction", chat_id=chat.person.id, message_id=999)
    assert missing["description"] == "Bad Request: message to react not found"


async def test_reactions_of_people_are_told_to_admins_who_ask(
    api_server: BotApiServer, account: BotAccount, anna: User, raw: RawCall
) -> None:
    group = api_server.group("Class 3b", [anna])
    await group.add(account)
    window = group.as_member(anna)
    sent = await window.send_text("x")
    await raw("getUpdates", offset=-1, allowed_updates=["message_reaction"])
    await window.react(sent, "👍")  # the bot is no admin
    await group.promote(account)
    await window.react(sent, "🔥")
    await window.react(sent, None)
    updates = (await raw("getUpdates"))["result"]
    reactions = [u["message_reaction"] for u in updates if "message_reaction" in u]
    assert [
        [[emoji["emoji"] for emoji in r[side]] for side in ("old_reaction", "new_reaction")]
        for r in reactions
    ] == [[["👍"], ["🔥"]], [["🔥"], []]]


async def test_blocked(chat: ChatWindow, account: BotAccount, bot: Bot) -> None:
    await chat.send_text("/start")
    await chat.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(chat.person.id, "x")
    with pytest.raises(LookupError, match="unblock it first"):
        await chat.send_text("blocked people write no more")
    await chat.unblock()
    await bot.send_message(chat.person.id, "welcome back")
    updates = await bot.get_updates()
    statuses = [u.my_chat_member.new_chat_member.status for u in updates if u.my_chat_member]
    assert statuses == ["kicked", "member"]
