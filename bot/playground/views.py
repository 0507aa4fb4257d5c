"""What the page shows, as JSON: people, chats and messages."""

from collections.abc import Mapping
from typing import Any

from bot.api_server import Chat, ChatAction, Entity, Message, User
from bot.api_server.chats import Member, Status
from bot.api_server.objects import Media
from bot.playground.cast import LANGUAGES, Cast

Json = Any
JsonObject = dict[str, Any]


def playground(cast: Cast, *, is_exposed: bool) -> JsonObject:
    """Everything that is not said in messages."""
    return {
        "bot": {
            "id": cast.bot.id,
            "name": cast.bot.name,
            "username": cast.bot.username,
        },
        "people": [person(user, cast) for user in cast.people],
        "languages": [{"code": code, "name": name} for code, name in LANGUAGES],
        "chats": [chat(each, cast) for each in cast.chats],
        "exposed": is_exposed,
    }


def person(user: User, cast: Cast) -> JsonObject:
    """One whom one can be, and what the bot says of itself in their language."""
    return {
        "id": user.id,
        "name": user.first_name,
        "language": user.language_code,
        "admin": user.id == cast.admin_id,
        "description": cast.bot.description_in(user.language_code),
    }


def chat(chat: Chat, cast: Cast) -> JsonObject:
    """A chat without its messages."""
    bot = chat.status(cast.bot.id)
    return {
        "id": chat.id,
        "type": chat.type.value,
        "title": chat.title or cast.bot.name,
        "topics": [{"id": number, "name": name} for number, name in chat.topics.items()],
        "members": [_member(member) for member in chat.members.values() if member.status.is_in],
        "privacy": not cast.bot.reads_all_group_messages,
        "bot_in": bot.is_in,
        "bot_admin": bot.is_admin,
        "blocked": not chat.is_group and bot is Status.KICKED,
    }


def _member(member: Member) -> JsonObject:
    user = member.user
    return {
        "id": user.id,
        "name": user.first_name,
        "admin": member.status.is_admin,
        "anonymous": member.is_anonymous,
    }


def message(chat: Chat, message: Message) -> JsonObject:
    """A message with all that is drawn of it."""
    reactions = chat.reactions.get(message.message_id, {})
    sender = message.sender_chat or {}
    return {
        "id": message.message_id,
        "chat": chat.id,
        "thread": message.thread_id if message.is_topic_message else None,
        "sender": message.sender.id,
        "name": sender.get("title", message.sender.first_name),
        "from_bot": message.from_bot,
        "date": message.date,
        "edited": message.edit_date is not None,
        "text": message.text,
        "entities": [_entity(entity) for entity in message.entities],
        "media": _media(message.media) if message.media else None,
        "album": message.media_group_id,
        "reply_to": message.reply_to,
        "buttons": (message.keyboard or {}).get("inline_keyboard", []),
        "reactions": [{"by": by, "emoji": emoji} for by, emoji in reactions.items()],
        "spoiler": message.has_media_spoiler,
        "caption_above": message.show_caption_above_media,
        "service": _service(message.sender, message.service) if message.service else None,
    }


def action(chat: Chat, action: ChatAction) -> JsonObject:
    """That a bot is typing, or something like it."""
    return {
        "chat": chat.id,
        "thread": action.thread_id,
        "action": action.action,
        "bot": action.bot_id,
    }


def _entity(entity: Entity) -> JsonObject:
    return entity.to_json()


def _media(media: Media) -> JsonObject:
    body = media.body[-1] if media.kind == "photo" else media.body
    return {
        "kind": media.kind,
        "file": body["file_id"],
        "size": body["file_size"],
        "width": body.get("width"),
        "height": body.get("height"),
        "name": body.get("file_name"),
        "mime": "image/jpeg" if media.kind == "photo" else body.get("mime_type"),
        "moves": bool(body.get("is_animated") or body.get("is_video")),
    }


def _service(sender: User, service: Mapping[str, Json]) -> str:
    """What Telegram says in grey between the messages."""
    name = sender.first_name
    match dict(service):
        case {"new_chat_members": [user]}:
            is_own = user["id"] == sender.id
            return f"{name} joined" if is_own else f"{name} added {user['first_name']}"
        case {"left_chat_member": user}:
            is_own = user["id"] == sender.id
            return f"{name} left" if is_own else f"{name} removed {user['first_name']}"
        case {"forum_topic_created": topic}:
            return f"{name} opened the topic “{topic['name']}”"
        case {"migrate_to_chat_id": _} | {"migrate_from_chat_id": _}:
            return "The group became a supergroup"
        case _:
            return ", ".join(service)
