"""Methods about chats and who is in them.

https://core.telegram.org/bots/api#getchat and the sections around it.
"""

from typing import Final

from telegram.constants import ReactionEmoji

from bot.api_server.chats import Chat, Member, Status
from bot.api_server.errors import BadRequest
from bot.api_server.groups import set_status
from bot.api_server.methods.call import Call
from bot.api_server.objects import Json, JsonObject
from bot.api_server.render import member_json

_PERMISSIONS: Final = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_invite_users",
)
_GIFTS: Final = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


async def get_chat(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchat."""
    chat = _where_it_is(call)
    full: JsonObject = chat.to_json() | {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    if chat.is_group:
        full["permissions"] = dict.fromkeys(_PERMISSIONS, True)
    return full


async def get_chat_administrators(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchatadministrators: other bots are left out."""
    chat = _where_it_is(call)
    if not chat.is_group:
        raise BadRequest("there are no administrators in the private chat")
    return [
        member_json(member)
        for member in chat.members.values()
        if member.status.is_admin and (not member.user.is_bot or member.user.id == call.bot.id)
    ]


async def get_chat_member_count(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchatmembercount."""
    chat = _where_it_is(call)
    return sum(member.status.is_in for member in chat.members.values())


async def get_chat_member(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchatmember."""
    chat = _where_it_is(call)
    user_id = call.params.integer("user_id")
    user = call.world.users.get(user_id or 0)
    if user is None:
        raise BadRequest("invalid user_id specified" if not user_id else "user not found")
    return member_json(chat.members.get(user.id) or Member(user, Status.LEFT))


async def leave_chat(call: Call) -> Json:
    """https://core.telegram.org/bots/api#leavechat."""
    chat = _where_it_is(call)
    if not chat.is_group:
        raise BadRequest("chat member status can't be changed in private chats")
    set_status(call.world, chat, call.bot.user, Status.LEFT, by=call.bot.user)
    return True


async def set_message_reaction(call: Call) -> Json:
    """https://core.telegram.org/bots/api#setmessagereaction: of a bot, one emoji at most."""
    chat = call.chat_to_write_in()
    message = chat.messages.get(call.params.integer("message_id") or 0)
    if message is None:
        raise BadRequest("message to react not found")
    reactions = call.params.array("reaction") or []
    if len(reactions) > 1:
        raise BadRequest("REACTIONS_TOO_MANY")
    emoji = reactions[0].get("emoji") if reactions and isinstance(reactions[0], dict) else None
    if reactions and emoji not in set(ReactionEmoji):
        raise BadRequest("REACTION_INVALID")
    call.world.react(chat, message, call.bot.user, emoji)
    return True


def _where_it_is(call: Call) -> Chat:
    chat = call.chat()
    chat.check_bot_may_write(call.bot.id)
    return chat
