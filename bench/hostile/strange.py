"""Sound pictures of every kind that decoders know, the odd ones above all."""

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 96, 72  # pixels: small files are quickly made, mutated and read


@cache
def strange_pictures() -> dict[str, bytes]:
    """Files by what they are."""
    page = _page()
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation
    exif[0x010F] = "<b>maker</b>\n2026-01-01 ERROR forged"
    made = {
        "plain JPEG": _file(page, "JPEG", exif=exif),
        "progressive JPEG": _file(page, "JPEG", progressive=True),
        "grey JPEG": _file(page.convert("L"), "JPEG"),
        "CMYK JPEG": _file(page.convert("CMYK"), "JPEG"),
        "JPEG with restarts": _file(page, "JPEG", restart_marker_blocks=1),
        "JPEG of several pictures": _file(page, "MPO", **_frames(page)),
        "PNG": _file(page, "PNG"),
        "palette PNG": _file(page.convert("P"), "PNG", transparency=0),
        "1-bit PNG": _file(page.convert("1"), "PNG"),
        "16-bit PNG": _file(_deep(page, np.uint16), "PNG"),
        "PNG with alpha": _file(page.convert("LA"), "PNG"),
        "animated PNG": _file(page, "PNG", default_image=True, **_frames(page)),
        "GIF": _file(page.convert("P"), "GIF"),
        "animated GIF": _file(page, "GIF", duration=10, **_frames(page)),
        "WebP": _file(page, "WEBP"),
        "lossless WebP": _file(page.convert("RGBA"), "WEBP", lossless=True),
        "animated WebP": _file(page, "WEBP", **_frames(page)),
        "BMP": _file(page, "BMP"),
        "palette BMP": _file(page.convert("P"), "BMP"),
        "TIFF": _file(page, "TIFF"),
        "TIFF of several pages": _file(page, "TIFF", **_frames(page)),
        "floating TIFF": _file(_with_nan(page), "TIFF"),
        "signed TIFF": _file(_deep(page, np.int32), "TIFF"),
        "Lab TIFF": _file(page.convert("L").convert("RGB").convert("YCbCr"), "TIFF"),
        "all white": _file(Image.new("L", page.size, 255), "PNG"),
        "all nothing": _file(Image.new("RGBA", page.size), "PNG"),
        "long and thin": _file(Image.new("L", (8, 9000), 200), "PNG"),
        "wide and flat": _file(_noise(9000, 8), "PNG"),
        "as small as allowed": _file(_noise(8, 8), "PNG"),
        "smaller": _file(_noise(7, 8), "PNG"),
        "noise": _file(_noise(400, 300), "JPEG"),
        "dots": _file(Image.fromarray(_dots()), "PNG"),
        "as many dots as there can be": _file(Image.fromarray(_dots(511, 2)), "PNG"),
        "hatching": _file(Image.fromarray(_hatching()), "GIF"),
        "fine hatching": _file(_fine_hatching(), "PNG"),
    }
    for compression in ("tiff_lzw", "tiff_deflate", "packbits", "jpeg", "group4"):
        kind = page.convert("1") if compression == "group4" else page
        made[f"{compression} TIFF"] = _file(kind, "TIFF", compression=compression)
    return made


def _frames(page: Image.Image) -> dict[str, object]:
    """Options to save two more frames."""
    return {"save_all": True, "append_images": [Image.new("RGB", page.size, "red"), page.copy()]}


def _page() -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), (240, 238, 230))
    draw = ImageDraw.Draw(image)
    draw.line([(30, 14), (66, 14), (44, 60)], fill=(20, 20, 90), width=6)
    draw.text((4, 4), "42", fill="red", font=ImageFont.load_default())
    return image


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.copy().save(out, kind, **options)
    return out.getvalue()


def _deep(page: Image.Image, kind: type[np.generic]) -> Image.Image:
    return Image.fromarray(np.asarray(page.convert("L"), kind) * 200)


def _with_nan(page: Image.Image) -> Image.Image:
    values = np.asarray(page.convert("L"), np.float32) / 255
    values[:5], values[5:7], values[7:9] = np.nan, np.inf, -np.inf
    return Image.fromarray(values)


def _noise(width: int, height: int) -> Image.Image:
    noise = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(noise)


def _dots(side: int = 640, apart: int = 4) -> NDArray[np.uint8]:
    dots = np.full((side, side), 255, np.uint8)
    dots[::apart, ::apart] = 0
    return dots


def _hatching() -> NDArray[np.uint8]:
    y, x = np.mgrid[:400, :640]
    return np.where((x + y) % 16 < 5, 0, 255).astype(np.uint8)


def _fine_hatching() -> Image.Image:
    """Each of its lines has a box as large as the picture."""
    image = Image.new("L", (640, 640), 235)
    draw = ImageDraw.Draw(image)
    for x in range(-640, 640, 8):
        draw.line([(x, 10), (x + 640, 630)], fill=30)
    draw.rectangle((0, 0, 639, 639), outline=235, width=8)
    return image
