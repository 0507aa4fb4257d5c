"""What people ask for: an answer on a picture, an explanation or, in groups mostly, nothing."""

from telegram import Update
from telegram.constants import ChatType

from bot.context import Context
from bot.handlers.about_me import hint
from bot.handlers.pictures import answer_picture
from bot.services.addressing import Request, request_in
from bot.services.inbox import attachment_of
from bot.storage import Trigger
from bot.texts import groups


async def answer_request(update: Update, context: Context) -> None:
    """Answer the picture that a message means; in private, say what to send if it means none."""
    message = update.message
    if message is None:
        return
    request = await _request(update, context)
    if request is not None and request.picture is not None:
        await answer_picture(request.picture, update, context)
    elif request is not None:
        words = await context.words(update)
        await message.reply_html(words(groups.NOTHING_TO_READ), do_quote=True)
    elif message.chat.type == ChatType.PRIVATE:
        await hint(update, context)


async def _request(update: Update, context: Context) -> Request | None:
    """Return what is asked; the group's settings are looked up only where they matter."""
    message = update.message
    if message is None:
        return None
    me = context.bot.bot
    request = request_in(message, me)
    if request is not None or attachment_of(message) is None:
        return request
    settings = await context.services.chats.get(message.chat_id)
    return request_in(message, me, every_photo=settings.trigger is Trigger.AUTO)
