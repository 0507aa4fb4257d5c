"""Messages as a bot receives them."""

from typing import Final

from bot.api_server.chats import Chat, Member, Status
from bot.api_server.objects import JsonObject, Message, present

_ADMIN_RIGHTS: Final = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)


def message_json(chat: Chat, message: Message, *, with_reply: bool = True) -> JsonObject:
    """https://core.telegram.org/bots/api#message; what it replies to is told one level deep."""
    entities = [entity.to_json() for entity in message.entities] or None
    body: JsonObject = {
        "message_id": message.message_id,
        "date": message.date,
        "chat": chat.to_json(),
        "from": message.sender.to_json(),
        **present(
            sender_chat=message.sender_chat,
            edit_date=message.edit_date,
            media_group_id=message.media_group_id,
            message_thread_id=message.thread_id,
            is_topic_message=message.is_topic_message or None,
            reply_markup=message.keyboard,
            has_protected_content=message.has_protected_content or None,
            has_media_spoiler=message.has_media_spoiler or None,
            show_caption_above_media=message.show_caption_above_media or None,
        ),
    }
    if message.service is not None:
        body.update(message.service)
    elif message.media is not None:
        body[message.media.kind] = message.media.body
        if message.media.kind == "animation":  # as a document too, for bots older than animations
            body["document"] = {
                name: value
                for name, value in message.media.body.items()
                if name not in {"width", "height", "duration"}
            }
        body |= present(caption=message.text or None, caption_entities=entities)
    else:
        body |= present(text=message.text, entities=entities)
    if with_reply and (replied := _replied(chat, message)) is not None:
        body["reply_to_message"] = message_json(chat, replied, with_reply=False)
    return body


def _replied(chat: Chat, message: Message) -> Message | None:
    """What it replies to: in a topic, for want of another, the message that opened the topic."""
    if message.reply_to is not None:
        return chat.messages.get(message.reply_to)
    if message.is_topic_message and message.thread_id != message.message_id:
        return chat.messages.get(message.thread_id or 0)
    return None


def member_json(member: Member) -> JsonObject:
    """https://core.telegram.org/bots/api#chatmember; an admin here may do everything."""
    head = {"status": member.status.value, "user": member.user.to_json()}
    match member.status:
        case Status.CREATOR:
            return head | {"is_anonymous": member.is_anonymous}
        case Status.ADMINISTRATOR:
            rights = dict.fromkeys(_ADMIN_RIGHTS, True)
            return head | rights | {"can_be_edited": False, "is_anonymous": member.is_anonymous}
        case Status.KICKED:
            return head | {"until_date": 0}
        case _:
            return head


def reaction_json(emoji: str | None) -> list[JsonObject]:
    """https://core.telegram.org/bots/api#reactiontype; nobody sets more than one here."""
    return [{"type": "emoji", "emoji": emoji}] if emoji else []
