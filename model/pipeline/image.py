"""Stage 1: bytes to an upright picture, with no more pixels decoded than reading needs."""

import re
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from model.errors import ImageTooLarge, ImageTooSmall, NotAnImage

Pixels = NDArray[np.uint8]  # (h, w, 3) RGB
Levels = NDArray[np.uint8]  # (h, w), 0 to 255

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
JPEGS = ("JPEG", "MPO")  # as Pillow calls a JPEG with more pictures behind it, of bursts or depth
MAX_PIXELS = 50_000_000
MAX_SEGMENTS, MAX_SCANS = 2_000, 30  # of a JPEG; cameras write dozens, and at most a dozen
MIN_SIDE = 8
ENOUGH = 2_048  # pixels of the longest side; what is twice as large is reduced before it is copied


@dataclass(frozen=True, slots=True)
class ImageParams:
    """At which sizes, in pixels of the longest side, a photo is looked at."""

    glance: int = 320  # enough for one plain digit
    side: int = 640  # for all others
    legible: int = 48  # a digit of fewer pixels is not read at a glance


DEFAULT = ImageParams()


class Size(NamedTuple):
    """Width and height in pixels."""

    w: int
    h: int


@dataclass(frozen=True, eq=False)  # no slots: `pixels` is kept
class Picture:
    """An upright image at working size: no larger than it was asked for.

    Most are read by their lightness alone, and of a JPEG that is a fifth less work to decode, so
    its colours are decoded when they are asked for.
    """

    grey: Levels
    original: Size  # of the upright original
    colour: Callable[[], Pixels]

    @cached_property
    def pixels(self) -> Pixels:
        """The picture in colour, made when it is first asked for."""
        return self.colour()

    @property
    def scale(self) -> float:
        """Pixels of the original for each pixel here."""
        return max(self.original) / max(self.grey.shape)


class Photo:
    """An image file whose header has been judged, to be decoded at whatever size is needed."""

    def __init__(self, data: bytes) -> None:
        """Judge the header of a JPEG, PNG, WebP, BMP, GIF or TIFF; no pixel is decoded yet.

        Raises:
            NotAnImage: no such format, or a broken file.
            ImageTooLarge: over MAX_PIXELS.
            ImageTooSmall: a side under MIN_SIDE.
        """
        self._data = data
        with _quiet():
            self._image = _open(data)
            self._orientation = _orientation(self._image)
        w, h = self._image.size
        self.size = Size(h, w) if self._orientation >= 5 else Size(w, h)  # upright

    def at(self, side: int) -> Picture:
        """Decode the first frame with its longest side at most `side`.

        JPEG is decoded at a half, quarter or eighth where that suffices. EXIF orientation is
        applied; what is transparent is filled so that the ink stands out, white ink included.

        Raises:
            NotAnImage: the file is broken.
            ImageTooLarge: there is not enough memory for it.
        """
        try:
            return self._picture(side)
        except MemoryError as error:
            raise ImageTooLarge("This picture takes more memory than there is.") from error
        except Exception as error:  # decoders meet hostile bytes with exceptions of every kind
            raise NotAnImage(
                "This picture is damaged: it breaks off or contradicts itself."
            ) from error

    def _picture(self, side: int) -> Picture:
        image = self._image
        if image.format not in JPEGS or image.mode not in ("L", "RGB"):
            with _quiet():
                self._image = _reduced(image)
                pixels = self._turned(_rgb(self._image, side), side)
            return Picture(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), self.size, lambda: pixels)
        halvings = min(3, max(0, int(np.log2(max(self.size) / side))))

        def colour() -> Pixels:
            bgr = _jpeg(self._data, IN_COLOUR[halvings])
            return self._turned(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), side)

        return Picture(self._turned(_jpeg(self._data, IN_GREY[halvings]), side), self.size, colour)

    def _turned(self, pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
        return np.ascontiguousarray(_upright(_fit(pixels, side), self._orientation))


def decode(data: bytes, side: int = DEFAULT.side) -> Picture:
    """Decode an image file at working size.

    Raises:
        NotAnImage, ImageTooLarge, ImageTooSmall: as `Photo` does.
    """
    return Photo(data).at(side)


_WARNINGS = threading.Lock()  # the process has but one list of what to do with them


@contextmanager
def _quiet() -> Iterator[None]:
    """Pillow warns of odd metadata, which a person cannot mend, and of bombs, which we refuse."""
    with _WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _open(data: bytes) -> Image.Image:
    if data.startswith(b"\xff\xd8\xff"):
        _check_segments(data)
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(_too_large()) from error
    except MemoryError as error:
        raise ImageTooLarge("This picture takes more memory than there is.") from error
    except Exception as error:  # as in `Photo.at`
        raise NotAnImage(
            "This file is not a picture I can open. JPEG, PNG, WebP, GIF, BMP and TIFF work."
        ) from error
    w, h = image.size
    if w * h > MAX_PIXELS:
        raise ImageTooLarge(_too_large())
    if min(w, h) < MIN_SIDE:
        raise ImageTooSmall(f"This picture is {w}×{h} pixels; each side needs at least {MIN_SIDE}.")
    if min(w, h) * DEFAULT.side < MIN_SIDE * max(w, h):
        raise ImageTooSmall(f"This picture is {w}×{h} pixels, too narrow a strip to read.")
    return image


def _too_large() -> str:
    return f"This picture has more than {MAX_PIXELS // 1_000_000} megapixels; send a smaller one."


# libjpeg decodes at 1, 1/2, 1/4 or 1/8.
IN_GREY = (
    cv2.IMREAD_GRAYSCALE,
    cv2.IMREAD_REDUCED_GRAYSCALE_2,
    cv2.IMREAD_REDUCED_GRAYSCALE_4,
    cv2.IMREAD_REDUCED_GRAYSCALE_8,
)
IN_COLOUR = (
    cv2.IMREAD_COLOR,
    cv2.IMREAD_REDUCED_COLOR_2,
    cv2.IMREAD_REDUCED_COLOR_4,
    cv2.IMREAD_REDUCED_COLOR_8,
)


# What begins something else than a byte of entropy-coded data, a restart or a filler.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA


def _check_segments(data: bytes) -> None:
    """Follow a JPEG from marker to marker to its end; nothing is decoded.

    Raises NotAnImage if it has none, or more segments or scans than anybody needs: each scan of a
    few bytes makes a decoder go over all the pixels again. (ITU-T T.81, B.1.1)
    """
    at, segments, scans = 0, 0, 0
    while found := _MARKER.search(data, at):
        at, marker = found.end(), data[found.end() - 1]
        if marker == _EOI:
            return
        segments, scans = segments + 1, scans + (marker == _SOS)
        if segments > MAX_SEGMENTS or scans > MAX_SCANS:
            raise NotAnImage("This picture has more parts than any camera writes.")
        if marker != _SOI:
            at += int.from_bytes(data[at : at + 2])
    raise NotAnImage("This picture is damaged: it breaks off.")


def _jpeg(data: bytes, flags: int) -> NDArray[np.uint8]:
    """Decode a JPEG, to grey or BGR, in three quarters of the time that Pillow's `draft` takes."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise ValueError("the data is corrupt")
    return pixels.astype(np.uint8, copy=False)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; a broken EXIF block costs the orientation, not the picture."""
    try:
        value = int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # as in `Photo.at`
        return 1
    return value if 1 <= value <= 8 else 1


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo an EXIF orientation (CIPA DC-008, tag 274)."""
    turned = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    flip_rows = orientation in (3, 4, 7, 8)
    flip_columns = orientation in (2, 3, 6, 7)
    return turned[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]


def _reduced(image: Image.Image) -> Image.Image:
    """A picture of many pixels with fewer of them: the copies made of it take less memory."""
    factor = max(image.size) // ENOUGH
    if factor < 2:
        return image
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode.startswith("I;16"):
        image = image.convert("I")
    return image.reduce(factor)


def _rgb(image: Image.Image, side: int) -> Pixels:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        grey = _fit(_stretched(np.asarray(image, np.float32)), side)
        return np.repeat(grey[..., None], 3, axis=2)
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        return _composite(_fit(np.asarray(image.convert("RGBA")), side))
    return _fit(np.asarray(image.convert("RGB")), side)


def _fit(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    h, w = pixels.shape[:2]
    scale = side / max(h, w)
    if scale >= 1:
        return pixels
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _stretched(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Grey of more than 8 bits: whatever range it uses becomes 0 to 255."""
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(values.shape, np.uint8)
    return ((values - low) * (255.0 / (high - low))).astype(np.uint8)


def _composite(rgba: NDArray[np.uint8]) -> Pixels:
    """Fill the transparent part.

    If little is opaque, that is the ink: it gets white or black behind it, whichever is further
    from it. If much is, there is paper in it already, and the paper's colour is continued.
    """
    alpha = rgba[..., 3]
    opaque = rgba[..., :3][alpha > 127]
    if len(opaque) == 0:
        opaque = rgba[..., :3][alpha > 0]
    if len(opaque) == 0:
        ground = np.full(3, 255.0)
    elif len(opaque) < alpha.size / 2:
        ground = np.full(3, 0.0 if opaque.mean() > 127 else 255.0)
    else:
        ground = np.median(opaque, axis=0)
    share = alpha[..., None].astype(np.float32) / 255
    return (rgba[..., :3] * share + ground * (1 - share) + 0.5).astype(np.uint8)
