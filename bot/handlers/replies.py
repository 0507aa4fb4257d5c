"""The answer to one or several pictures as a message: its words, previews, buttons and place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, LinkPreviewOptions, Message
from telegram.constants import MessageLimit, ParseMode
from telegram.error import BadRequest

from bot.handlers.buttons import keyboard_under, keyboard_under_several
from bot.services.answered import Answer, Seen
from bot.services.reader import ReaderAnswer
from bot.storage import ChatSettings
from bot.texts import answers, problems
from bot.texts.together import together
from bot.texts.words import Words

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # of the pictures that lines lead to


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes, and how it is said there."""

    bot: Bot
    words: Words
    settings: ChatSettings
    pictures: Mapping[int, Message]  # by message id; the answer quotes the first that it is about
    thread_id: int | None  # the topic of the question


async def reply(seen: Sequence[Seen], place: Place) -> Sequence[Message]:
    """Send one answer about all that was seen; return the message, or those of an album."""
    several = len(seen) > 1
    text = _several(seen, place) if several else _one(seen[0], place)
    drawn = [preview for preview in map(_preview, seen) if preview is not None]
    if not drawn or len(text) > MessageLimit.CAPTION_LENGTH:
        return [await _send_text(seen, text, place)]
    quoted = place.pictures[seen[0].message_id]
    if len(drawn) == 1:
        photo = await quoted.reply_photo(
            drawn[0],
            caption=text,
            parse_mode=ParseMode.HTML,
            reply_markup=None if several else _keyboard(seen, place),
            do_quote=True,
            message_thread_id=place.thread_id,
        )
        return [photo]
    return await quoted.reply_media_group(
        [InputMediaPhoto(preview) for preview in drawn],
        caption=text,
        parse_mode=ParseMode.HTML,
        do_quote=True,
        message_thread_id=place.thread_id,
    )


async def add_to(answer: Answer, place: Place) -> bool:
    """Let an answer say what it says now; return whether it could."""
    several = len(answer.seen) > 1
    text = _several(answer.seen, place) if several else _one(answer.seen[0], place)
    try:
        await place.bot.edit_message_text(
            text,
            answer.chat_id,
            answer.message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=_keyboard(answer.seen, place),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:  # it was deleted, or has become a picture
        return "not modified" in error.message
    return True


async def _send_text(seen: Sequence[Seen], text: str, place: Place) -> Message:
    return await place.pictures[seen[0].message_id].reply_html(
        text,
        reply_markup=_keyboard(seen, place),
        link_preview_options=NO_PREVIEW,
        do_quote=True,
        message_thread_id=place.thread_id,
    )


def _one(seen: Seen, place: Place) -> str:
    if isinstance(seen.outcome, ReaderAnswer):
        return answers.answer(place.words, seen.outcome, place.settings.detail)
    return escape(problems.problem(place.words, seen.outcome), quote=False)


def _several(seen: Sequence[Seen], place: Place) -> str:
    pictures = [place.pictures.get(each.message_id) for each in seen]
    links = [picture.link if picture else None for picture in pictures]
    return together(place.words, seen, links)


def _keyboard(seen: Sequence[Seen], place: Place) -> InlineKeyboardMarkup | None:
    read = [each.outcome for each in seen if isinstance(each.outcome, ReaderAnswer)]
    if len(seen) > 1:
        return keyboard_under_several(place.words, read, place.settings)
    return keyboard_under(place.words, read[0], place.settings) if read else None


def _preview(seen: Seen) -> bytes | None:
    return seen.outcome.preview if isinstance(seen.outcome, ReaderAnswer) else None
