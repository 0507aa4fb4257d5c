"""What a message carries that may be a picture, and how its bytes get here."""

import logging
from dataclasses import dataclass

from telegram import Bot, Message
from telegram.error import BadRequest, TelegramError

from bot.errors import DownloadFailed, FileTooLarge
from bot.transport import ResponseTooLarge

log = logging.getLogger(__name__)

DOWNLOAD_LIMIT = 20 * 2**20  # bytes; the "20 MB" of the documentation are these


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that may be a picture; Telegram does not always say its `size` in bytes."""

    file_id: str
    unique_id: str  # of the file, the same whoever sends it
    size: int | None


def attachment_of(message: Message) -> Attachment | None:
    """Return the picture that a message carries, as far as can be told without its bytes.

    A document counts whatever its name and type are: both are only the sender's word.
    """
    if message.photo:
        file = message.photo[-1]  # the sizes of one photo, the largest last
        return Attachment(file.file_id, file.file_unique_id, file.file_size)
    if message.sticker and not (message.sticker.is_animated or message.sticker.is_video):
        return Attachment(
            message.sticker.file_id, message.sticker.file_unique_id, message.sticker.file_size
        )
    if message.document and not message.animation:  # an animation repeats itself as a document
        return Attachment(
            message.document.file_id, message.document.file_unique_id, message.document.file_size
        )
    return None


def sender_of(message: Message) -> int | None:
    """Return who sent a message, None if that is a channel, or an admin who does not show who."""
    return None if message.from_user is None or message.sender_chat else message.from_user.id


async def download(bot: Bot, attachment: Attachment) -> bytes:
    """Return the bytes of a file on Telegram's server.

    Raises `FileTooLarge` before, or at the latest while, more than `DOWNLOAD_LIMIT` bytes arrive,
    and `DownloadFailed` if Telegram does not hand the file over.
    https://core.telegram.org/bots/api#getfile
    """
    _check_size(attachment.size)
    try:
        file = await bot.get_file(attachment.file_id)
        _check_size(file.file_size)
        return bytes(await file.download_as_bytearray())
    except ResponseTooLarge as error:
        raise FileTooLarge(None, DOWNLOAD_LIMIT) from error
    except TelegramError as error:
        if isinstance(error, BadRequest) and "too big" in error.message:
            raise FileTooLarge(attachment.size, DOWNLOAD_LIMIT) from error
        log.warning("A file could not be downloaded: %s", error)
        raise DownloadFailed from error


def _check_size(size: int | None) -> None:
    if size is not None and size > DOWNLOAD_LIMIT:
        raise FileTooLarge(size, DOWNLOAD_LIMIT)
