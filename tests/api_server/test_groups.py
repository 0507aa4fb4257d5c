"""Groups: what a bot sees in them, who is who, topics, migration."""

import pytest

from bot.api_server import BotAccount, BotApiServer, Group, User
from tests.api_server.conftest import RawCall
from tests.api_server.images import picture


@pytest.fixture
def ben(api_server: BotApiServer) -> User:
    return api_server.add_person("Ben")


@pytest.fixture
async def group(api_server: BotApiServer, anna: User, ben: User, account: BotAccount) -> Group:
    """Anna made it, Ben and the bot are members."""
    group = api_server.group("Class 3b", [anna, ben])
    await group.add(account)
    account.updates.clear()
    return group


@pytest.fixture
async def forum(api_server: BotApiServer, anna: User, account: BotAccount) -> Group:
    forum = api_server.group("Forum", [anna], is_forum=True)
    await forum.add(account)
    account.updates.clear()
    return forum


def words(account: BotAccount) -> list[str]:
    """The messages that wait for the bot."""
    return [
        update.body.get("text") or update.body.get("caption", "?")
        for update in account.updates.pending
        if update.kind in {"message", "edited_message"}
    ]


async def test_privacy_mode_hides_what_is_not_for_the_bot(
    group: Group, account: BotAccount, anna: User
) -> None:
    window = group.as_member(anna)
    await window.send_text("hello")
    await window.send_text("@DigitBot what is this?")  # not delivered, whatever BotFather says
    await window.send_photo(picture())
    await window.send_text("/digit")  # the bot was not the last to write
    await window.send_text("/digit@OtherBot")
    await window.send_text("/digit@digitbot")
    await window.send_photo(picture(), caption="/digit@DigitBot please")
    assert words(account) == ["/digit@digitbot", "/digit@DigitBot please"]


async def test_a_command_without_address_goes_to_the_bot_that_wrote_last(
    api_server: BotApiServer, group: Group, account: BotAccount, anna: User, raw: RawCall
) -> None:
    other = api_server.add_bot("OtherBot")
    await group.add(other)
    other.updates.clear()
    account.updates.clear()
    await raw("sendMessage", chat_id=group.id, text="I spoke last")
    await group.as_member(anna).send_text("/digit")
    assert (words(account), words(other)) == (["/digit"], [])


async def test_replies_to_the_bot_are_delivered(
    group: Group, account: BotAccount, anna: User, raw: RawCall
) -> None:
    window = group.as_member(anna)
    await raw("sendMessage", chat_id=group.id, text="send me a photo")
    question = window.replies[0]
    note = await window.send_text("to each other")
    await window.send_text("to Anna herself", reply_to=note)
    await window.send_photo(picture(), reply_to=question)
    await window.send_text("/digit@DigitBot", reply_to=note)
    updates = account.updates.pending
    assert [update.body["reply_to_message"]["text"] for update in updates] == [
        "send me a photo",
        "to each other",
    ]
    assert "reply_to_message" not in updates[0].body["reply_to_message"]


@pytest.mark.parametrize("how", ["admin", "privacy off"])
async def test_those_who_see_everything(
    group: Group, account: BotAccount, anna: User, how: str
) -> None:
    if how == "admin":
        await group.promote(account)
        account.updates.clear()
    else:
        account.reads_all_group_messages = True
    await group.as_member(anna).send_text("hello")
    assert words(account) == ["hello"]


async def test_being_added_and_removed(
    api_server: BotApiServer, account: BotAccount, anna: User, raw: RawCall
) -> None:
    group = api_server.group("Class 3b", [anna])
    unseen = await raw("sendMessage", chat_id=group.id, text="x")
    assert unseen["description"] == "Forbidden: bot is not a member of the group chat"
    await group.add(account)
    await group.promote(account)
    await group.demote(account)
    await group.remove(account)
    changes = [
        (u.body["old_chat_member"]["status"], u.body["new_chat_member"]["status"])
        for u in account.updates.pending
        if u.kind == "my_chat_member"
    ]
    assert changes == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "member"),
        ("member", "kicked"),
    ]
    (service,) = [u.body for u in account.updates.pending if u.kind == "message"]
    assert service["new_chat_members"][0]["username"] == "DigitBot"
    gone = await raw("sendMessage", chat_id=group.id, text="x")
    assert gone["description"] == "Forbidden: bot was kicked from the group chat"
    await raw("getUpdates")  # all of it within the contract


async def test_a_bot_leaves(group: Group, account: BotAccount, anna: User, raw: RawCall) -> None:
    assert (await raw("leaveChat", chat_id=group.id))["result"] is True
    assert (await raw("getChat", chat_id=group.id))["error_code"] == 403
    assert group.as_member(anna).messages[-1].service is not None


async def test_who_is_who(
    api_server: BotApiServer, group: Group, account: BotAccount, anna: User, ben: User, raw: RawCall
) -> None:
    async def status(user_id: int) -> str:
        answer = await raw("getChatMember", chat_id=group.id, user_id=user_id)
        return str(answer["result"]["status"] if answer["ok"] else answer["description"])

    stranger = api_server.add_person("Stranger")
    await group.promote(ben, is_anonymous=True)
    assert [await status(user.id) for user in (anna, ben, account.user, stranger)] == [
        "creator",
        "administrator",
        "member",
        "left",
    ]
    assert await status(1) == "Bad Request: user not found"
    admins = (await raw("getChatAdministrators", chat_id=group.id))["result"]
    assert [(a["user"]["first_name"], a["is_anonymous"]) for a in admins] == [
        ("Anna", False),
        ("Ben", True),
    ]
    assert (await raw("getChatMemberCount", chat_id=group.id))["result"] == 3
    assert (await raw("getChat", chat_id=group.id))["result"]["title"] == "Class 3b"


async def test_anonymous_admins_and_channels_have_no_name(
    group: Group, account: BotAccount, anna: User, ben: User, raw: RawCall
) -> None:
    await group.promote(ben, is_anonymous=True)
    account.updates.clear()
    await group.as_member(ben).send_text("/digit@DigitBot")
    await group.as_member(anna).as_channel("News").send_text("/digit@DigitBot")
    first, second = [u["message"] for u in (await raw("getUpdates"))["result"]]
    assert (first["from"]["username"], first["sender_chat"]["id"]) == (
        "GroupAnonymousBot",
        group.id,
    )
    assert (second["from"]["username"], second["sender_chat"]["title"]) == ("Channel_Bot", "News")


async def test_only_members_write(api_server: BotApiServer, group: Group, ben: User) -> None:
    await group.remove(ben)
    with pytest.raises(LookupError, match="Ben is not in this chat"):
        await group.as_member(ben).send_text("hello")


async def test_migration(group: Group, account: BotAccount, anna: User, raw: RawCall) -> None:
    old = group.id
    await group.migrate()
    assert str(group.id).startswith("-100")
    answer = await raw("sendMessage", chat_id=old, text="x")
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": group.id}
    left, came = [u["message"] for u in (await raw("getUpdates"))["result"]]
    assert (left["chat"]["id"], left["migrate_to_chat_id"]) == (old, group.id)
    assert (came["chat"]["id"], came["migrate_from_chat_id"]) == (group.id, old)
    await raw("sendMessage", chat_id=group.id, text="here now")
    assert group.as_member(anna).replies[-1].text == "here now"


async def test_topics(forum: Group, account: BotAccount, anna: User, raw: RawCall) -> None:
    topic = await forum.open_topic("Sevens")
    window = forum.as_member(anna).in_topic(topic)
    asked = await window.send_text("/digit@DigitBot")
    opened, message = [u["message"] for u in (await raw("getUpdates"))["result"]]
    assert (opened["message_id"], opened["is_topic_message"]) == (topic, True)
    assert (message["message_thread_id"], message["is_topic_message"]) == (topic, True)
    assert "forum_topic_created" in message["reply_to_message"]  # as if it replied to that

    here = {"chat_id": forum.id, "text": "x"}
    sent = await raw("sendMessage", **here, message_thread_id=topic)
    assert sent["result"]["message_thread_id"] == topic
    quoted = await raw("sendMessage", **here, reply_parameters={"message_id": asked.message_id})
    assert quoted["result"]["message_thread_id"] == topic
    general = await raw("sendMessage", **here)
    assert "message_thread_id" not in general["result"]
    wrong = await raw("sendMessage", **here, message_thread_id=999)
    assert wrong["description"] == "Bad Request: message thread not found"
    await raw("sendChatAction", chat_id=forum.id, action="typing", message_thread_id=topic)
    assert window.actions[-1].thread_id == topic


async def test_replies_in_a_supergroup_make_threads_that_are_no_topics(
    api_server: BotApiServer, account: BotAccount, anna: User, raw: RawCall
) -> None:
    group = api_server.group("Public", [anna], username="public")
    await group.add(account)
    account.updates.clear()
    window = group.as_member(anna)
    first = await window.send_photo(picture())
    await window.send_text("/digit@DigitBot", reply_to=first)
    (update,) = (await raw("getUpdates"))["result"]
    assert update["message"]["message_thread_id"] == first.message_id
    assert "is_topic_message" not in update["message"]
    wrong = await raw("sendMessage", chat_id="@public", text="x", message_thread_id=1)
    assert wrong["description"] == "Bad Request: message thread not found"
    assert (await raw("sendMessage", chat_id="@public", text="x"))["ok"]


async def test_edits_of_people_come_as_edited_messages(
    group: Group, account: BotAccount, anna: User, raw: RawCall
) -> None:
    window = group.as_member(anna)
    photo = await window.send_photo(picture())
    await window.edit_text(photo, "/digit@DigitBot")
    (update,) = (await raw("getUpdates"))["result"]
    assert update["edited_message"]["caption"] == "/digit@DigitBot"
    assert update["edited_message"]["edit_date"]


async def test_a_bot_deletes_what_it_may(
    group: Group, account: BotAccount, anna: User, raw: RawCall
) -> None:
    sent = await group.as_member(anna).send_text("x")
    delete = {"chat_id": group.id, "message_id": sent.message_id}
    refused = await raw("deleteMessage", **delete)
    assert refused["description"] == "Bad Request: message can't be deleted"
    await group.promote(account)
    assert (await raw("deleteMessage", **delete))["ok"]


async def test_other_people_press_buttons_too(
    group: Group, account: BotAccount, anna: User, ben: User, raw: RawCall
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "7", "callback_data": "7"}]]}
    await raw("sendMessage", chat_id=group.id, text="?", reply_markup=keyboard)
    window = group.as_member(ben)
    with pytest.raises(TimeoutError):
        await window.press(window.replies[0], "7", timeout=0)
    (update,) = (await raw("getUpdates"))["result"]
    assert update["callback_query"]["from"]["id"] == ben.id
    with pytest.raises(LookupError, match="there are: '7'"):
        await window.press(window.replies[0], "8")
