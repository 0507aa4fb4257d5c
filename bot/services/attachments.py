"""What a message carries that may be a picture, and how its bytes get here."""

import logging
from dataclasses import dataclass

from telegram import Document, Message, PhotoSize, Sticker
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import ExtBot

from bot.errors import DownloadFailed, FileTooLarge
from bot.services.patience import TRIES, Patience
from bot.transport import ResponseTooLarge

log = logging.getLogger(__name__)

DOWNLOAD_LIMIT = 20 * 2**20  # bytes; the "20 MB" of the documentation are these
PAUSES = (0.0, 1.0, 3.0)  # seconds before each try to download
CUT_OFF = 2.0  # seconds to wait besides, while nothing reaches Telegram


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
    sticker = message.sticker
    file: PhotoSize | Sticker | Document
    if message.photo:
        file = message.photo[-1]  # the sizes of one photo, the largest last
    elif sticker and not (sticker.is_animated or sticker.is_video):
        file = sticker
    elif message.document and not message.animation:  # an animation repeats itself as a document
        file = message.document
    else:
        return None
    return Attachment(file.file_id, file.file_unique_id, file.file_size)


def sender_of(message: Message) -> int | None:
    """Return who sent a message, None if that is a channel, or an admin who does not show who."""
    return None if message.from_user is None or message.sender_chat else message.from_user.id


async def download(bot: ExtBot[int], attachment: Attachment, patience: Patience) -> bytes:
    """Return the bytes of a file on Telegram's server.

    Raises `FileTooLarge` before, or at the latest while, more than `DOWNLOAD_LIMIT` bytes arrive,
    `DownloadFailed` if Telegram does not hand the file over. While Telegram cannot be reached at
    all, it waits, and with it what comes later in the chat; raises a `NetworkError` if the bot
    stops meanwhile. https://core.telegram.org/bots/api#getfile
    """
    _check_size(attachment.size)
    tries, answered = 0, patience.successes
    while tries < len(PAUSES):
        await patience.sleep(PAUSES[tries])
        try:
            file = await bot.get_file(attachment.file_id, rate_limit_args=TRIES)
            _check_size(file.file_size)
            return bytes(await file.download_as_bytearray())
        except ResponseTooLarge as error:
            raise FileTooLarge(None, DOWNLOAD_LIMIT) from error
        except BadRequest as error:
            if "too big" in error.message:
                raise FileTooLarge(attachment.size, DOWNLOAD_LIMIT) from error
            raise DownloadFailed from error
        except NetworkError as error:
            if patience.ends:
                raise
            if patience.successes == answered:  # nothing gets through: it is not about this file
                await patience.sleep(CUT_OFF)
                continue
            log.warning("A file could not be downloaded: %s", error)
            tries, answered = tries + 1, patience.successes
        except TelegramError as error:
            raise DownloadFailed from error
    raise DownloadFailed


def _check_size(size: int | None) -> None:
    if size is not None and size > DOWNLOAD_LIMIT:
        raise FileTooLarge(size, DOWNLOAD_LIMIT)
