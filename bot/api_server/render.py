"""Messages as a bot receives them."""

from bot.api_server.chats import Chat
from bot.api_server.objects import JsonObject, Message, present


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
    if with_reply and (replied := chat.messages.get(message.reply_to or 0)) is not None:
        body["reply_to_message"] = message_json(chat, replied, with_reply=False)
    return body
