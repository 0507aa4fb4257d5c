"""Methods that change or remove a message.

https://core.telegram.org/bots/api#updating-messages
"""

from typing import Any

from bot.api_server.callbacks import CallbackAnswer
from bot.api_server.chats import Chat
from bot.api_server.errors import NOT_MODIFIED, BadRequest
from bot.api_server.methods.call import Call
from bot.api_server.methods.sending import media_from
from bot.api_server.objects import Json, Message


async def edit_message_text(call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagetext."""
    chat, message = _to_edit(call)
    text, entities = call.text()
    if message.media is not None:
        raise BadRequest("there is no text in the message to edit")
    return _edited(call, chat, message, text=text, entities=entities)


async def edit_message_caption(call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagecaption."""
    chat, message = _to_edit(call)
    text, entities = call.caption()
    if message.media is None or not message.media.takes_caption:
        raise BadRequest("there is no caption in the message to edit")
    return _edited(call, chat, message, text=text, entities=entities)


async def edit_message_media(call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagemedia."""
    chat, message = _to_edit(call)
    given = call.params.object("media")
    if given is None:
        raise BadRequest("media is empty")
    kind = str(given.get("type"))
    media = await media_from(call, kind, given.get("media"))
    text, entities = call.caption(given)
    return _edited(call, chat, message, media=media, text=text, entities=entities)


async def edit_message_reply_markup(call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagereplymarkup."""
    chat, message = _to_edit(call)
    return _edited(call, chat, message)


async def delete_message(call: Call) -> Json:
    """https://core.telegram.org/bots/api#deletemessage."""
    chat = call.chat_to_write_in()
    message = chat.messages.get(call.params.integer("message_id") or 0)
    if message is None:
        raise BadRequest("message to delete not found")
    may_delete = (
        not chat.is_group or message.sender.id == call.bot.id or chat.status(call.bot.id).is_admin
    )
    if not may_delete:
        raise BadRequest("message can't be deleted")
    call.world.delete(chat, message)
    return True


async def answer_callback_query(call: Call) -> Json:
    """https://core.telegram.org/bots/api#answercallbackquery."""
    params = call.params
    text = params.text("text")
    if len(text) > 200:
        raise BadRequest("MESSAGE_TOO_LONG")
    answer = CallbackAnswer(text, params.flag("show_alert"), params.text("url") or None)
    call.world.callbacks.answer(call.bot, params.text("callback_query_id"), answer)
    return True


def _to_edit(call: Call) -> tuple[Chat, Message]:
    chat = call.chat_to_write_in()
    return chat, call.own_message(chat)


def _edited(call: Call, chat: Chat, message: Message, **changes: Any) -> Json:
    """Apply `changes`; a keyboard that is not given again goes away, as on Telegram."""
    changes["keyboard"] = call.keyboard()
    if all(getattr(message, name) == value for name, value in changes.items()):
        raise BadRequest(NOT_MODIFIED)
    return call.answer(chat, call.world.edit(chat, message, **changes))
