"""Which command menu somebody gets to see, and what changes when they take another language."""

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
)

from bot.api_server import BotAccount, BotApiServer, ChatWindow, User


def names(window: ChatWindow, account: BotAccount) -> list[str]:
    return [command.command for command in window.commands(account)]


def menu(name: str) -> list[BotCommand]:
    return [BotCommand(name, "Does it")]


async def test_the_narrowest_menu_in_ones_language_wins(
    api_server: BotApiServer, account: BotAccount, bot: Bot, anna: User
) -> None:
    ben = api_server.add_person("Ben", language_code="de")
    private = api_server.private_chat(anna, account)
    group = api_server.group("Class", [ben, anna])
    as_anna, as_ben = group.as_member(anna), group.as_member(ben)
    assert names(private, account) == []
    await bot.set_my_commands(menu("default"))
    await bot.set_my_commands(menu("deutsch"), language_code="de")
    assert names(private, account) == names(as_anna, account) == ["default"]
    assert names(as_ben, account) == ["deutsch"]
    await bot.set_my_commands(menu("private"), scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(menu("groups"), scope=BotCommandScopeAllGroupChats())
    assert names(private, account) == ["private"]
    assert names(as_anna, account) == names(as_ben, account) == ["groups"]
    await bot.set_my_commands(menu("admins"), scope=BotCommandScopeAllChatAdministrators())
    assert names(as_ben, account) == ["admins"]
    assert names(as_anna, account) == ["groups"]
    await group.add(account)
    await bot.set_my_commands(menu("here"), scope=BotCommandScopeChat(group.id))
    assert names(as_anna, account) == names(as_ben, account) == ["here"]
    await bot.set_my_commands(menu("hers"), scope=BotCommandScopeChatMember(group.id, anna.id))
    assert names(as_anna, account) == ["hers"]


async def test_another_language_shows_in_all_that_follows(
    api_server: BotApiServer, account: BotAccount, anna: User
) -> None:
    chat = api_server.private_chat(anna, account)
    await chat.send_text("one")
    changed = api_server.world.change_person(anna.id, language_code="de", first_name="Anne")
    sent = await api_server.private_chat(changed, account).send_text("two")
    assert (sent.sender.language_code, sent.sender.first_name) == ("de", "Anne")
    assert chat.chat.to_json()["first_name"] == "Anne"
    assert chat.messages[0].sender.language_code == "en"


async def test_a_file_is_read_by_its_id(api_server: BotApiServer, chat: ChatWindow) -> None:
    sent = await chat.send_document(b"bytes", file_name="a.txt")
    assert sent.media is not None
    assert api_server.read_file(sent.media.file_id) == b"bytes"
