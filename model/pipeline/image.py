"""Stage 1: bytes to an upright RGB picture, with no more pixels decoded than reading needs."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from model.errors import ImageTooLarge, ImageTooSmall, NotAnImage

Pixels = NDArray[np.uint8]  # (h, w, 3) RGB

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
MAX_PIXELS = 50_000_000
MIN_SIDE = 8
WORK_SIDE = 640  # longest side, in pixels, of the picture that the later stages look at


class Size(NamedTuple):
    """Width and height in pixels."""

    w: int
    h: int


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """An upright image at working size."""

    pixels: Pixels  # longest side at most WORK_SIDE, unless decoded with another
    original: Size  # of the upright original

    @property
    def scale(self) -> float:
        """Pixels of the original for each pixel here."""
        return max(self.original) / max(self.pixels.shape[:2])


def decode(data: bytes, work_side: int = WORK_SIDE) -> Picture:
    """Decode the first frame of a JPEG, PNG, WebP, BMP, GIF or TIFF.

    The header is judged before any pixel is decoded. JPEG is decoded at a half, quarter or eighth
    where that suffices. EXIF orientation is applied; what is transparent is filled so that the ink
    stands out, white ink included.

    Raises:
        NotAnImage: no such format, or a broken file.
        ImageTooLarge: over MAX_PIXELS.
        ImageTooSmall: a side under MIN_SIDE.
    """
    with warnings.catch_warnings():
        # Pillow warns of odd metadata, which a person cannot mend, and of bombs, which we refuse.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return _decode(data, work_side)


def _decode(data: bytes, work_side: int) -> Picture:
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLarge(_too_large()) from error
    except Exception as error:  # decoders meet hostile bytes with exceptions of every kind
        raise NotAnImage(
            "This file is not a picture I can open. JPEG, PNG, WebP, GIF, BMP and TIFF work."
        ) from error
    w, h = image.size
    if w * h > MAX_PIXELS:
        raise ImageTooLarge(_too_large())
    if min(w, h) < MIN_SIDE:
        raise ImageTooSmall(f"This picture is {w}×{h} pixels; each side needs at least {MIN_SIDE}.")
    try:
        return _load(image, data, work_side)
    except Exception as error:  # as above
        raise NotAnImage("This picture is damaged: it breaks off or contradicts itself.") from error


def _too_large() -> str:
    return f"This picture has more than {MAX_PIXELS // 1_000_000} megapixels; send a smaller one."


def _load(image: Image.Image, data: bytes, work_side: int) -> Picture:
    w, h = image.size
    orientation = _orientation(image)
    if image.format == "JPEG" and image.mode in ("L", "RGB"):
        pixels = _jpeg(data, max(w, h), work_side)
    else:
        image.load()
        pixels = _rgb(image, work_side)
    size = Size(h, w) if orientation >= 5 else Size(w, h)
    return Picture(np.ascontiguousarray(_upright(_fit(pixels, work_side), orientation)), size)


def _jpeg(data: bytes, longest: int, work_side: int) -> Pixels:
    """Decode a JPEG at the smallest of 1, 1/2, 1/4 and 1/8 that is large enough.

    OpenCV does it in three quarters of the time that Pillow's `draft` takes, but makes up what a
    file that breaks off lacks: the entropy-coded data after the last SOS must end in an EOI.
    """
    if data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda"):
        raise ValueError("the file breaks off")
    reduced = (
        cv2.IMREAD_COLOR,
        cv2.IMREAD_REDUCED_COLOR_2,
        cv2.IMREAD_REDUCED_COLOR_4,
        cv2.IMREAD_REDUCED_COLOR_8,
    )
    halvings = min(3, max(0, int(np.log2(longest / work_side))))
    flags = reduced[halvings] | cv2.IMREAD_IGNORE_ORIENTATION
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if bgr is None:
        raise ValueError("the data is corrupt")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; a broken EXIF block costs the orientation, not the picture."""
    try:
        value = int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # as in `decode`
        return 1
    return value if 1 <= value <= 8 else 1


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo an EXIF orientation (CIPA DC-008, tag 274)."""
    turned = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    flip_rows = orientation in (3, 4, 7, 8)
    flip_columns = orientation in (2, 3, 6, 7)
    return turned[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]


def _rgb(image: Image.Image, work_side: int) -> Pixels:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        grey = _fit(_stretched(np.asarray(image, np.float32)), work_side)
        return np.repeat(grey[..., None], 3, axis=2)
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        return _composite(_fit(np.asarray(image.convert("RGBA")), work_side))
    return _fit(np.asarray(image.convert("RGB")), work_side)


def _fit(pixels: NDArray[np.uint8], work_side: int) -> NDArray[np.uint8]:
    h, w = pixels.shape[:2]
    scale = work_side / max(h, w)
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
