"""Methods that put a message into a chat.

https://core.telegram.org/bots/api#sendmessage and the sections after it.
"""

import secrets
from typing import Final

from bot.api_server.errors import BadRequest
from bot.api_server.media import Attachment
from bot.api_server.methods.call import Call
from bot.api_server.objects import Json, Media
from bot.api_server.params import Value

PHOTO_LIMIT: Final = 10 * 2**20  # bytes of a photo that a bot uploads
UPLOAD_LIMIT: Final = 50 * 2**20  # bytes of any other file
ALBUM_LIMIT: Final = 10
_CHAT_ACTIONS: Final = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


async def send_message(call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendmessage."""
    chat = call.chat_to_write_in()
    text, entities = call.text()
    message = call.post(chat, text=text, entities=entities, **call.send_options(chat))
    return call.answer(chat, message)


async def send_photo(call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendphoto."""
    return await _send_media(call, "photo")


async def send_document(call: Call) -> Json:
    """https://core.telegram.org/bots/api#senddocument."""
    return await _send_media(call, "document")


async def send_sticker(call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendsticker."""
    return await _send_media(call, "sticker")


async def send_media_group(call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendmediagroup."""
    chat = call.chat_to_write_in()
    given = call.params.array("media") or []
    if not given:
        raise BadRequest("there are no messages to send")
    if len(given) > ALBUM_LIMIT:
        raise BadRequest("too many messages to send as an album")
    kinds = {str(item.get("type")) if isinstance(item, dict) else None for item in given}
    if not kinds <= {"photo", "document"}:
        raise BadRequest("media type is not supported in an album here")
    if len(kinds) > 1:
        raise BadRequest("document can't be mixed with other media types")
    options = call.send_options(chat) | {"keyboard": None}
    items = [
        {
            "media": await media_from(call, str(item["type"]), item.get("media")),
            "has_media_spoiler": bool(item.get("has_spoiler")),
            **dict(zip(("text", "entities"), call.caption(item), strict=True)),
        }
        for item in given
    ]
    call.meter.count(call.bot.id, chat, len(items))
    album = f"{secrets.randbits(53)}"
    messages = [
        call.world.post(chat, call.bot.user, media_group_id=album, **item, **options)
        for item in items
    ]
    return [call.answer(chat, message) for message in messages]


async def send_chat_action(call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendchataction."""
    chat = call.chat_to_write_in()
    action = call.params.text("action")
    if action not in _CHAT_ACTIONS:
        raise BadRequest("wrong parameter action in request")
    call.world.act(chat, call.bot, action, call.thread_id(chat))
    return True


async def _send_media(call: Call, kind: str) -> Json:
    chat = call.chat_to_write_in()
    options = call.send_options(chat)
    media = await media_from(call, kind, call.params.values.get(kind))
    text, entities = call.caption() if media.takes_caption else ("", ())
    message = call.post(
        chat,
        media=media,
        text=text,
        entities=entities,
        has_media_spoiler=call.params.flag("has_spoiler"),
        show_caption_above_media=call.params.flag("show_caption_above_media"),
        **options,
    )
    return call.answer(chat, message)


async def media_from(call: Call, kind: str, reference: Value) -> Media:
    """The media that a bot uploads with the request, or names by a file id it has."""
    if reference in (None, ""):
        raise BadRequest(f"there is no {kind} in the request")
    attachment = call.params.attachment(reference)
    if attachment is not None:
        return await _uploaded(call, kind, attachment)
    if not isinstance(reference, str):
        raise BadRequest("wrong type of the web page content")
    if reference.startswith(("http://", "https://")):
        raise BadRequest("failed to get HTTP URL content")  # this server stays on its machine
    return _known(call, kind, reference)


async def _uploaded(call: Call, kind: str, attachment: Attachment) -> Media:
    size = len(attachment.data)
    if size == 0:
        raise BadRequest("file must be non-empty")
    if size > (PHOTO_LIMIT if kind == "photo" else UPLOAD_LIMIT):
        raise BadRequest(f"file of size {size} bytes is too big for a {kind}")
    match kind:
        case "photo":
            return await call.media.photo(attachment.data)
        case "sticker":
            return call.media.sticker(attachment.data)
        case "document":
            return call.media.document(attachment)
        case _:
            raise BadRequest(f"this server takes no uploads of type {kind}")


def _known(call: Call, kind: str, file_id: str) -> Media:
    media = call.media.known(file_id)
    if media is None:
        raise BadRequest("wrong file identifier/HTTP URL specified")
    if media.kind != kind:
        raise BadRequest(f"type of file mismatch: can't use file of type {media.kind} as {kind}")
    return media
