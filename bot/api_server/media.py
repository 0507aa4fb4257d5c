"""From bytes to the media of a message: photos recompressed as on Telegram, files untouched."""

import asyncio
import hashlib
import io
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from PIL import Image, ImageOps

from bot.api_server.errors import BadRequest
from bot.api_server.files import FileStore
from bot.api_server.objects import JsonObject, Media, present

_LONGEST_SIDES: Final = (90, 320, 800, 1280)  # Telegram's sizes s, m, x and y
_JPEG_QUALITY: Final = 87
_REMEMBERED: Final = 512  # recompressed photos; the same picture is sent many times in a benchmark
_IDS_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it was sent: the name and type are the sender's word, and may be missing."""

    data: bytes
    file_name: str | None = None
    mime_type: str | None = None


@dataclass(frozen=True, slots=True)
class _Size:
    width: int
    height: int
    jpeg: bytes


class MediaMaker:
    """Turns what people and bots send into stored media."""

    def __init__(self, files: FileStore) -> None:
        self._files = files
        self._photos: OrderedDict[bytes, tuple[_Size, ...]] = OrderedDict()
        self._by_file_id: OrderedDict[str, Media] = OrderedDict()

    def known(self, file_id: str) -> Media | None:
        """The media that was sent under that id before."""
        return self._by_file_id.get(file_id)

    async def photo(self, data: bytes) -> Media:
        """A photo in several sizes, the largest last; raises BadRequest for what is no picture."""
        key = hashlib.sha256(data, usedforsecurity=False).digest()
        sizes = self._photos.get(key)
        if sizes is None:
            sizes = await asyncio.to_thread(_recompressed, data)
            self._photos[key] = sizes
            if len(self._photos) > _REMEMBERED:
                self._photos.popitem(last=False)
        return self._remember(Media("photo", [self._photo_size(size) for size in sizes]))

    def document(self, attachment: Attachment, *, claimed_size: int | None = None) -> Media:
        """A file, its bytes unchanged."""
        suffix = PurePath(attachment.file_name or "").suffix
        stored = self._files.add(
            attachment.data,
            kind="document",
            suffix=suffix if suffix.isascii() else "",
            claimed_size=claimed_size,
        )
        described = present(file_name=attachment.file_name, mime_type=attachment.mime_type)
        return self._remember(Media("document", stored.to_json() | described))

    def sticker(self, data: bytes) -> Media:
        """A sticker, told by its bytes: static WebP, gzipped Lottie animation or WebM video."""
        is_animated = data.startswith(b"\x1f\x8b")
        is_video = data.startswith(b"\x1a\x45\xdf\xa3")
        suffix = ".tgs" if is_animated else ".webm" if is_video else ".webp"
        width, height = (512, 512) if is_animated or is_video else _dimensions(data)
        stored = self._files.add(data, kind="sticker", suffix=suffix)
        described = {
            "type": "regular",
            "width": width,
            "height": height,
            "is_animated": is_animated,
            "is_video": is_video,
        }
        return self._remember(Media("sticker", stored.to_json() | described))

    def other(self, kind: str, attachment: Attachment, **details: object) -> Media:
        """A voice message, video, audio, animation or round video, taken on trust."""
        stored = self._files.add(
            attachment.data, kind=kind, suffix=PurePath(attachment.file_name or "").suffix
        )
        described = present(file_name=attachment.file_name, mime_type=attachment.mime_type)
        return self._remember(Media(kind, stored.to_json() | described | details))

    def _remember(self, media: Media) -> Media:
        for body in media.body if media.kind == "photo" else [media.body]:
            self._by_file_id[body["file_id"]] = media
        while len(self._by_file_id) > _IDS_KEPT:
            self._by_file_id.popitem(last=False)
        return media

    def _photo_size(self, size: _Size) -> JsonObject:
        stored = self._files.add(size.jpeg, kind="photo", suffix=".jpg")
        return stored.to_json() | {"width": size.width, "height": size.height}


def _dimensions(data: bytes) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return 512, 512


def _recompressed(data: bytes) -> tuple[_Size, ...]:
    """Upright, on white, without metadata, at most 1280 px: what is left of a photo on Telegram."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            _check_dimensions(*opened.size)
            opened.draft("RGB", (_LONGEST_SIDES[-1], _LONGEST_SIDES[-1]))
            image = _on_white(ImageOps.exif_transpose(opened))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadRequest("IMAGE_PROCESS_FAILED") from error
    longest = max(image.size)
    sides = [side for side in _LONGEST_SIDES if side < longest]
    sides.append(min(longest, _LONGEST_SIDES[-1]))
    return tuple(_resized(image, side) for side in dict.fromkeys(sides))


def _check_dimensions(width: int, height: int) -> None:
    """https://core.telegram.org/bots/api#sendphoto: width + height ≤ 10000, ratio ≤ 20."""
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise BadRequest("PHOTO_INVALID_DIMENSIONS")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(ground, layer).convert("RGB")


def _resized(image: Image.Image, side: int) -> _Size:
    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    if (width, height) != image.size:
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=_JPEG_QUALITY)
    return _Size(width, height, jpeg.getvalue())
