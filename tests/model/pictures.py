"""Images made for tests: digits on paper of many kinds, and files that break."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.pipeline.image import Picture, Size

Pixels = NDArray[np.uint8]

# The strokes of three digits nobody confuses, in a unit square.
STROKES = {
    7: [[(0.15, 0.08), (0.85, 0.08), (0.42, 0.95)]],
    4: [[(0.6, 0.05), (0.12, 0.65), (0.88, 0.65)], [(0.62, 0.35), (0.62, 0.95)]],
    1: [[(0.5, 0.05), (0.5, 0.95)]],
}


def page(
    digit: int = 7,
    *,
    size: tuple[int, int] = (480, 360),
    centre: tuple[float, float] = (0.5, 0.5),
    height: float = 0.6,
    pen: float = 0.08,
    ink: tuple[int, int, int] = (40, 40, 50),
    paper: tuple[int, int, int] = (225, 225, 220),
) -> Pixels:
    """An RGB page of (w, h) with one digit; `height` is of the page, `pen` of the digit."""
    w, h = size
    image = np.full((h, w, 3), paper, np.uint8)
    tall = height * h
    for stroke in STROKES[digit]:
        points = [
            ((x - 0.5) * 0.7 * tall + centre[0] * w, (y - 0.5) * tall + centre[1] * h)
            for x, y in stroke
        ]
        fixed = np.round(np.array(points) * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(image, [fixed], False, ink, max(1, round(pen * tall)), cv2.LINE_AA, 4)
    return image


def grain(image: Pixels, amount: float, seed: int = 0) -> Pixels:
    """Add a camera's noise, `amount` levels of it."""
    noise = np.random.default_rng(seed).normal(0, amount, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def shade(
    image: Pixels,
    edge: Callable[[NDArray[np.float64], NDArray[np.float64]], object],
    light: float = 0.5,
) -> Pixels:
    """Leave a share of the light where `edge(x, y)`, given in shares of the image, is true."""
    h, w = image.shape[:2]
    y, x = np.mgrid[0:h, 0:w]
    dark = np.where(np.asarray(edge(x / w, y / h)), light, 1.0)
    shaded: Pixels = (image * cv2.GaussianBlur(dark, (0, 0), 2)[..., None]).astype(np.uint8)
    return shaded


TABLE = (70, 50, 35)


def on_a_table(sheet: Pixels, x: int, y: int, degrees: float) -> Pixels:
    """A photo of 640 by 480 of a table, and of a sheet that lies there, its corner at x and y."""
    h, w = sheet.shape[:2]
    lie = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1)
    lie[:, 2] += x, y
    table = np.full((480, 640, 3), TABLE, np.uint8)
    cv2.warpAffine(sheet, lie, (640, 480), dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    return table


def turned(image: Pixels, degrees: float, filling: tuple[int, int, int]) -> Pixels:
    """Turn an image on a canvas that holds it whole, and fill the corners with a colour."""
    picture = Image.fromarray(image)
    how = Image.Resampling.BILINEAR
    return np.asarray(picture.rotate(degrees, how, expand=True, fillcolor=filling))


def encode(image: Pixels | Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The image as a file of Pillow's format `kind`."""
    out = BytesIO()
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    picture.save(out, kind, **options)
    return out.getvalue()


UNDO = {  # an EXIF orientation, and how an upright picture is stored under it
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def as_phones_store(image: Pixels, orientation: int, quality: int = 95) -> bytes:
    """A JPEG of the image, its pixels turned, the EXIF orientation saying how."""
    stored = Image.fromarray(image)
    if orientation in UNDO:
        stored = stored.transpose(UNDO[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(stored, "JPEG", quality=quality, exif=exif.tobytes())


def png_header(w: int, h: int) -> bytes:
    """A valid PNG of a few kB that promises w × h grey pixels, and holds only the first rows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = zlib.compress(bytes((w + 1) * 4))
    header = struct.pack(">IIBBBBB", w, h, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def as_picture(pixels: Pixels) -> Picture:
    """What stage 1 makes of RGB pixels."""
    h, w = pixels.shape[:2]
    return Picture(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), Size(w, h), lambda: pixels)


def written(rows: str, *, gap: float = 0.35, side: int = 90) -> Pixels:
    """A page of numbers in 7, 4 and 1, rows separated by "|", digits `side` pixels high."""
    pitch, step = round(side * 1.7), round(side * (0.7 + gap))
    lines = rows.split("|")
    w = step * max(map(len, lines)) + 2 * side
    sheet = np.full((pitch * len(lines) + side, w, 3), (225, 225, 220), np.uint8)
    for i, line in enumerate(lines):
        for j, digit in enumerate(line):
            x, y = side + j * step, side // 2 + i * pitch
            cell = page(int(digit), size=(side, pitch), height=side / pitch)
            there = sheet[y : y + pitch, x : x + side]
            there[:] = np.minimum(there, cell)
    return sheet
