"""Methods about the bot itself: who it is, its names, descriptions and command menus.

https://core.telegram.org/bots/api#setmycommands and the sections after it. The wording of refusals
of over-long texts is ours.
"""

import re
from typing import Final

from bot.api_server.bots import BotCommand
from bot.api_server.errors import BadRequest
from bot.api_server.methods.call import Call
from bot.api_server.objects import Json, JsonObject
from bot.api_server.params import Params

_NAME_LIMIT: Final = 64
_DESCRIPTION_LIMIT: Final = 512
_SHORT_DESCRIPTION_LIMIT: Final = 120
_COMMANDS_LIMIT: Final = 100
_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES: Final = {  # type → the ids that complete it
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


async def get_me(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getme."""
    bot = call.bot
    return bot.user.to_json() | {
        "first_name": bot.name,
        "can_join_groups": True,
        "can_read_all_group_messages": bot.reads_all_group_messages,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def set_my_commands(call: Call) -> Json:
    """https://core.telegram.org/bots/api#setmycommands."""
    given = call.params.array("commands")
    if given is None:
        raise BadRequest('parameter "commands" is required')
    if len(given) > _COMMANDS_LIMIT:
        raise BadRequest("BOT_COMMANDS_TOO_MUCH")
    call.bot.profile.commands[_menu_key(call)] = tuple(map(_command, given))
    return True


async def get_my_commands(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getmycommands."""
    commands = call.bot.commands_for(*_menu_key(call))
    return [command.to_json() for command in commands]


async def delete_my_commands(call: Call) -> Json:
    """https://core.telegram.org/bots/api#deletemycommands."""
    call.bot.profile.commands.pop(_menu_key(call), None)
    return True


async def set_my_name(call: Call) -> Json:
    """https://core.telegram.org/bots/api#setmyname."""
    _set_text(call, call.bot.profile.names, "name", _NAME_LIMIT)
    return True


async def get_my_name(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getmyname."""
    own = {"": call.bot.user.first_name} | call.bot.profile.names
    return {"name": _in_language(call, own)}


async def set_my_description(call: Call) -> Json:
    """https://core.telegram.org/bots/api#setmydescription."""
    _set_text(call, call.bot.profile.descriptions, "description", _DESCRIPTION_LIMIT)
    return True


async def get_my_description(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getmydescription."""
    return {"description": _in_language(call, call.bot.profile.descriptions)}


async def set_my_short_description(call: Call) -> Json:
    """https://core.telegram.org/bots/api#setmyshortdescription."""
    texts = call.bot.profile.short_descriptions
    _set_text(call, texts, "short_description", _SHORT_DESCRIPTION_LIMIT)
    return True


async def get_my_short_description(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getmyshortdescription."""
    return {"short_description": _in_language(call, call.bot.profile.short_descriptions)}


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise BadRequest("invalid language code specified")
    return code


def _set_text(call: Call, texts: dict[str, str], field: str, limit: int) -> None:
    text = call.params.text(field).strip()
    if len(text) > limit:
        raise BadRequest(f"{field} must be at most {limit} characters long")
    language = _language(call.params)
    if text:
        texts[language] = text
    else:
        texts.pop(language, None)


def _in_language(call: Call, texts: dict[str, str]) -> str:
    return texts.get(_language(call.params)) or texts.get("", "")


def _command(value: Json) -> BotCommand:
    if not isinstance(value, dict):
        raise BadRequest("can't parse BotCommand: expected an Object")
    command = str(value.get("command", "")).removeprefix("/")
    description = str(value.get("description", "")).strip()
    if not _COMMAND.fullmatch(command):
        raise BadRequest("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
    return BotCommand(command, description)


def _menu_key(call: Call) -> tuple[str, str]:
    scope: JsonObject = call.params.object("scope") or {"type": "default"}
    kind = str(scope.get("type"))
    if kind not in _SCOPES:
        raise BadRequest("can't parse BotCommandScope: unsupported type specified")
    parts = [kind]
    for name in _SCOPES[kind]:
        if name not in scope:
            raise BadRequest(f"can't parse BotCommandScope: {name} is empty")
        parts.append(str(scope[name]))
    if "chat_id" in scope:
        call.world.chat_for(call.bot, Params(scope).chat_id())
    return ":".join(parts), _language(call.params)
