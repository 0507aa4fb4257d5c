"""/settings and /reset over HTTP, on both databases: what they change, and who may."""

import pytest

from bot.api_server import ChatWindow, Group, Message, User
from bot.storage import ChatSettings, Detail, Preview, Trigger
from bot.texts import chat as texts
from bot.texts import panel, problems
from bot.texts.words import words_in
from tests.bot.builders import ENGLISH
from tests.bot.live import Running
from tests.bot.presses import press_forged
from tests.bot.readings import draw_seven, encode

PHOTO = encode(draw_seven())
REFUSED = ENGLISH.plain(panel.ADMINS_ONLY)


async def opened(chat: ChatWindow) -> Message:
    """Return the panel, newly opened."""
    return await last_words(chat, await chat.send_text("/settings@DigitBot"))


async def last_words(chat: ChatWindow, command: Message) -> Message:
    """Return what is said to a command, whatever else is said at the time."""
    hello = "Hello"
    return await chat.wait_for(
        lambda message: message.from_bot and not message.text.startswith(hello), after=command
    )


async def reply_on(chat: ChatWindow, photo: Message) -> Message:
    return await chat.wait_for(
        lambda message: message.from_bot and message.reply_to == photo.message_id
    )


async def choose(chat: ChatWindow, shown: Message, name: str, value: str) -> Message:
    """Choose on the page of a setting; return the panel as it is then."""
    await chat.press(shown, f"1:settings/{name}")
    answer = await chat.press(shown, f"1:settings/{name}={value}")
    assert answer.text
    return chat.chat.messages[shown.message_id]


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


# In private


async def test_the_panel_tells_how_it_stands_and_no_button_is_too_long(running: Running) -> None:
    chat = running.chat
    shown = await opened(chat)
    assert labels(shown) == [
        "What I saw: on request",
        "Answers: with runners-up",
        "Language: same as your app",
    ]
    for button in shown.buttons:
        await chat.press(shown, button)
        page = chat.chat.messages[shown.message_id]
        assert sum(label.startswith("✓") for label in labels(page)) == 1
        assert all(len((b.callback_data or "").encode()) <= 64 for b in page.buttons)
        await chat.press(page, ENGLISH.plain(panel.BACK))
        assert chat.chat.messages[shown.message_id].text == shown.text


@pytest.mark.parametrize(
    ("name", "value", "settings"),
    [
        ("preview", "never", ChatSettings(preview=Preview.NEVER)),
        ("detail", "all_ten", ChatSettings(detail=Detail.ALL_TEN)),
        ("language", "ar", ChatSettings(language="ar")),
    ],
)
async def test_a_choice_is_kept_and_reset_puts_it_back(
    running: Running, name: str, value: str, settings: ChatSettings
) -> None:
    chat = running.chat
    shown = await choose(chat, await opened(chat), name, value)
    assert await running.database.chats.get(chat.chat.id) == settings
    words = words_in(settings.language)
    assert panel.title(words, name, settings, in_group=False) in labels(shown)
    await last_words(chat, await chat.send_text("/reset"))
    assert await running.database.chats.get(chat.chat.id) == ChatSettings()


async def test_each_apps_own_language_can_be_chosen_again(running: Running) -> None:
    chat = running.chat
    shown = await choose(chat, await opened(chat), "language", "de")
    await choose(chat, shown, "language", "own")
    assert await running.database.chats.get(chat.chat.id) == ChatSettings()


async def test_pressing_twice_does_no_harm(running: Running) -> None:
    chat = running.chat
    shown = await opened(chat)
    for _ in range(2):
        assert await press_forged(chat, shown, "1:settings/detail") == ""
    for _ in range(2):
        answer = await press_forged(chat, shown, "1:settings/detail=short")
        assert answer == ENGLISH.plain(panel.CHANGED)


@pytest.mark.parametrize(
    "data",
    [
        "1:settings/trigger",  # there is none in private
        "1:settings/trigger=auto",
        "1:settings/colour",
        "1:settings/detail=loud",
        "1:settings/language=tlh",
        "1:settings/__class__=x",
        "0:settings",
    ],
)
async def test_buttons_that_mean_nothing_are_too_old(running: Running, data: str) -> None:
    chat = running.chat
    answer = await press_forged(chat, await opened(chat), data)
    assert answer == ENGLISH.plain(problems.BUTTON_TOO_OLD)
    assert await running.database.chats.get(chat.chat.id) == ChatSettings()


# What answers make of it


async def test_answers_obey_the_preview(running: Running) -> None:
    chat = running.chat
    shown = await opened(chat)
    for value, has_picture, buttons in (
        ("always", True, []),
        ("never", False, []),
        ("on_request", False, ["What I saw"]),
    ):
        shown = await choose(chat, shown, "preview", value)
        reply = await chat.wait_for_reply(to=await chat.send_photo(PHOTO))
        assert (reply.media is not None) is has_picture
        assert [label for label in labels(reply) if label == "What I saw"] == buttons


async def test_all_ten_digits_are_told_here_and_under_the_picture(running: Running) -> None:
    chat = running.chat
    await choose(chat, await opened(chat), "detail", "all_ten")
    reply = await chat.wait_for_reply(to=await chat.send_photo(PHOTO))
    bars = reply.text.splitlines()[-10:]
    assert [bar.strip("\u200e")[0] for bar in bars] == list("0123456789")
    assert [bar for bar in bars if "█" in bar] == [bars[7]]
    await chat.press(reply, "What I saw")
    assert (await chat.wait_for_edit(reply)).text == reply.text


# In a group


async def test_an_admin_changes_what_the_group_has(
    running: Running, group: Group, anna: ChatWindow
) -> None:
    shown = await opened(anna)
    assert "Photos: only when asked" in labels(shown)
    assert "Language: each person's own" in labels(shown)
    await choose(anna, shown, "trigger", "auto")
    assert await running.database.chats.get(group.id) == ChatSettings(trigger=Trigger.AUTO)
    assert await running.database.chats.get(anna.person.id) == ChatSettings()


async def test_a_member_may_not(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    member = group.as_member(ben)
    shown = await opened(anna)
    for button in shown.buttons:
        assert (await member.press(shown, button)).text == REFUSED
    data = "1:settings/trigger=auto"
    assert await press_forged(member, shown, data) == REFUSED
    assert anna.chat.messages[shown.message_id] == shown
    assert (await opened(member)).text == REFUSED
    reply = await last_words(member, await member.send_text("/reset@DigitBot"))
    assert reply.text == REFUSED
    assert await running.database.chats.get(group.id) == ChatSettings()


async def test_rights_are_asked_for_each_time(group: Group, anna: ChatWindow, ben: User) -> None:
    member = group.as_member(ben)
    await group.promote(ben)
    shown = await opened(member)
    await choose(member, shown, "detail", "short")
    await group.demote(ben)
    assert (await member.press(shown, shown.buttons[0])).text == REFUSED
    await group.promote(ben)
    assert (await member.press(shown, shown.buttons[0])).text == ""


async def test_who_is_not_in_the_group_may_not(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    shown = await opened(anna)
    await group.remove(ben)
    assert (await group.as_member(ben).press(shown, shown.buttons[0])).text == REFUSED
    stranger = group.as_member(running.server.add_person("Eve", language_code="en"))
    assert (await stranger.press(shown, shown.buttons[0])).text == REFUSED


async def test_an_anonymous_admin_may(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    await group.promote(ben, is_anonymous=True)
    member = group.as_member(ben)
    await choose(member, await opened(member), "language", "ru")
    assert await running.database.chats.get(group.id) == ChatSettings(language="ru")
    await last_words(anna, await member.send_text("/reset@DigitBot"))
    assert await running.database.chats.get(group.id) == ChatSettings()


async def test_a_channel_that_posts_in_the_group_may_not(
    group: Group, anna: ChatWindow, ben: User
) -> None:
    assert (await opened(group.as_member(ben).as_channel("News"))).text == REFUSED
    # Not even if one of the group's admins lent it the pen: nobody can tell.
    assert (await opened(anna.as_channel("News"))).text == REFUSED


async def test_an_admin_of_one_group_is_nobody_in_another(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    other = running.server.group("Class 4a", [ben, anna.person])
    await other.add(running.bot)
    shown = await opened(other.as_member(ben))
    assert (await other.as_member(anna.person).press(shown, shown.buttons[0])).text == REFUSED


async def test_two_groups_speak_two_languages(
    running: Running, group: Group, anna: ChatWindow, ben: User
) -> None:
    other = running.server.group("Class 4a", [ben])
    await other.add(running.bot)
    await choose(anna, await opened(anna), "language", "es")
    await choose(other.as_member(ben), await opened(other.as_member(ben)), "language", "de")
    for language, chat in (("es", anna), ("de", other.as_member(ben))):
        photo = await chat.send_photo(PHOTO, caption="/digit@DigitBot")
        button, *_ = (await reply_on(chat, photo)).buttons
        assert button.text == words_in(language).plain(texts.WHAT_I_SAW)
