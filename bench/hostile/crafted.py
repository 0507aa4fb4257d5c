"""Files made to hurt: bombs, promises that no body keeps, polyglots, what is no picture at all."""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image

from bench.hostile.strange import strange_pictures

Craft = Callable[[random.Random], bytes]
MEGA = 1_000_000


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(w: int, h: int, *chunks: bytes, depth: int = 8, colour: int = 0, lace: int = 0) -> bytes:
    head = struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, lace)
    return b"\x89PNG\r\n\x1a\n" + b"".join([_chunk(b"IHDR", head), *chunks, _chunk(b"IEND", b"")])


@cache
def _zeros(amount: int) -> bytes:
    return zlib.compress(bytes(amount), 1)


def _idat(pixels: int) -> bytes:
    return _chunk(b"IDAT", _zeros(pixels))


@cache
def _png_bomb(w: int, h: int, depth: int, colour: int, lace: int) -> bytes:
    """What it promises it keeps."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    palette = [_chunk(b"PLTE", bytes(768))] if colour == 3 else []
    bytes_a_row = 1 + w * channels * depth // 8
    rows = _idat(bytes_a_row * h + h)
    return _png(w, h, *palette, rows, depth=depth, colour=colour, lace=lace)


def _gif(w: int, h: int, *blocks: bytes) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", w, h, 0xF0, 0, 0) + bytes(6) + b"".join(blocks) + b";"


def _gif_frame(x: int, y: int, w: int, h: int, data: bytes = b"\x02\x02\x4c\x01\x00") -> bytes:
    return b"," + struct.pack("<HHHHB", x, y, w, h, 0) + data


def _bmp(w: int, h: int, bits: int = 24, packing: int = 0, body: bytes = b"") -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, w, h, 1, bits, packing, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(body), 0, 0, 54) + head + body


def _tiff(*tags: tuple[int, int, int, int], after: int = 0, body: bytes = b"") -> bytes:
    """Little-endian; a tag is its number, type, count, and value or offset."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + struct.pack(
        "<I", after
    ) + body  # fmt: skip


def _tiff_of(w: int, h: int, *more: tuple[int, int, int, int], bits: int = 8) -> bytes:
    tags = {
        256: (256, 4, 1, w), 257: (257, 4, 1, h), 258: (258, 3, 1, bits), 259: (259, 3, 1, 1),
        262: (262, 3, 1, 1), 273: (273, 4, 1, 8), 277: (277, 3, 1, 1), 278: (278, 4, 1, h),
        279: (279, 4, 1, 0xFFFF),
    }  # fmt: skip
    tags |= {tag[0]: tag for tag in more}
    return _tiff(*tags.values(), body=bytes(500))


def _webp(kind: bytes, body: bytes) -> bytes:
    chunk = kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def _webp_canvas(w: int, h: int, flags: int) -> bytes:
    size = (w - 1).to_bytes(3, "little") + (h - 1).to_bytes(3, "little")
    return _webp(b"VP8X", bytes([flags, 0, 0, 0]) + size)


@cache
def _animated_webp() -> bytes:
    """160 bytes, 50 megapixels, two frames."""
    frames = [Image.new("RGBA", (8000, 6250), (shade, 0, 0, 9)) for shade in (1, 2)]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", lossless=True, save_all=True, append_images=frames[1:], method=0)
    return out.getvalue()


@cache
def _jpeg(w: int, h: int, *, progressive: bool = False, mode: str = "L") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (w, h)).save(out, "JPEG", progressive=progressive)
    return out.getvalue()


@cache
def _jpeg_of_many_scans(scans: int) -> bytes:
    """Progressive, its last scan over and over: a few bytes each, and work of 49 megapixels."""
    whole = _jpeg(7000, 7000, progressive=True)
    last, end = whole.rfind(b"\xff\xda"), whole.rfind(b"\xff\xd9")
    return whole[:end] + whole[last:end] * scans + whole[end:]


def _jpeg_with(segment: bytes) -> bytes:
    plain = strange_pictures()["grey JPEG"]
    return plain[:2] + segment + plain[2:]


def _app1(body: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", min(0xFFFF, len(body) + 2)) + body[: 0xFFFF - 2]


def _exif(chance: random.Random) -> bytes:
    tag = (0x0112, chance.randrange(14), chance.choice((0, 1, 0xFFFFFFFF)), chance.randrange(2**32))
    loop = chance.choice((0, 8, 0xFFFFFFFF))
    others = [(chance.randrange(2**16), chance.randrange(14), 0xFFFF, 8) for _ in range(20)]
    return _jpeg_with(_app1(b"Exif\0\0" + _tiff(tag, *others, after=loop)))


def _jpeg_size(w: int, h: int) -> bytes:
    plain = strange_pictures()["grey JPEG"]
    at = plain.index(b"\xff\xc0") + 5
    return plain[:at] + struct.pack(">HH", h, w) + plain[at + 4 :]


def _deep_page() -> bytes:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
    return f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a0 "a">{bomb}]><svg>&a19;</svg>'.encode()


def _zip(chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("../../etc/passwd"), bytes(MEGA), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _head(start: bytes, length: int = 400) -> Craft:
    """The beginning of another kind of file, and noise."""
    return lambda chance: start + chance.randbytes(length)


def _both(first: str, second: bytes) -> bytes:
    return strange_pictures()[first] + second


SCRIPT = b"<script>alert(1)</script><?php system($_GET[0]); ?>"

CRAFTED: dict[str, Craft] = {
    "empty": lambda _: b"",
    "one byte": lambda chance: chance.randbytes(1),
    "zeros": lambda chance: bytes(chance.randint(1, 5000)),
    "noise": lambda chance: chance.randbytes(chance.randint(1, 5000)),
    "text": lambda _: b"7\n" * 100,
    "page": lambda _: b"<!doctype html>" + SCRIPT,
    "JSON": lambda _: b"[" * 5000,
    "SVG": lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/>',
    "XML bomb": lambda _: _deep_page(),
    "PDF": _head(b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction 2 0 R>>endobj"),
    "PostScript": _head(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9999 9999\n(x) run\n"),
    "ZIP": _zip,
    "gzip bomb": lambda _: gzip.compress(bytes(10 * MEGA)),
    "MP4": _head(b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"),
    "HEIC": _head(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    "AVIF": _head(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf"),
    "JPEG 2000": _head(b"\0\0\0\x0cjP  \r\n\x87\n"),
    "JPEG XL": _head(b"\xff\x0a"),
    "icon": _head(b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0"),
    "PSD": _head(b"8BPS\0\x01" + bytes(6) + struct.pack(">HIIHH", 3, 300, 300, 8, 3)),
    "PPM": _head(b"P6 100000 100000 255\n"),
    "WebM": _head(b"\x1a\x45\xdf\xa3"),
    "MP3": _head(b"ID3\x04"),
    "program": _head(b"\x7fELF\x02\x01\x01"),
    "pickle": lambda _: b"cos\nsystem\n(S'false'\ntR.",
    "PNG signature": _head(b"\x89PNG\r\n\x1a\n"),
    "JPEG signature": _head(b"\xff\xd8\xff"),
    "GIF signature": _head(b"GIF89a"),
    "BMP signature": _head(b"BM"),
    "TIFF signature": _head(b"II*\0"),
    "BigTIFF signature": _head(b"MM\0\x2b\0\x08\0\0"),
    "WebP signature": _head(b"RIFF\xff\xff\xff\xffWEBPVP8 "),
    "PNG of no size": lambda _: _png(0, 0),
    "PNG of 1×65535": lambda _: _png(1, 65535, _idat(2 * 65535)),
    "PNG of 65535×1": lambda _: _png(65535, 1, _idat(65536)),
    "PNG of 65535×65535": lambda _: _png(65535, 65535, _idat(9999)),
    "PNG of 2³¹×2³¹": lambda _: _png(2**31 - 1, 2**31 - 1, _idat(9999)),
    "PNG of 8×6250000": lambda _: _png_bomb(8, 6_250_000, 8, 0, 0),
    "PNG of 60 megapixels": lambda _: _png(10_000, 6_000, _idat(5 * MEGA)),
    "PNG of 50 megapixels": lambda _: _png_bomb(8000, 6250, 8, 2, 0),
    "PNG of 50 megapixels, 16 bits": lambda _: _png_bomb(8000, 6250, 16, 0, 0),
    "PNG of 50 megapixels, 16 bits, alpha": lambda _: _png_bomb(8000, 6250, 16, 6, 0),
    "PNG of 50 megapixels, interlaced": lambda _: _png_bomb(8000, 6250, 8, 0, 1),
    "PNG of 50 megapixels, 1 bit": lambda _: _png_bomb(8000, 6250, 1, 0, 0),
    "PNG of 50 megapixels, a few rows": lambda _: _png(8000, 6250, _idat(8001 * 9), colour=6),
    "PNG of nonsense": lambda chance: _png(
        99, 99, _idat(99_999), depth=chance.randrange(256), colour=chance.randrange(256)
    ),
    "PNG of a million chunks": lambda _: _png(99, 99, _chunk(b"teSt", b"") * MEGA, _idat(9999)),
    "PNG with a text bomb": lambda _: _png(
        99, 99, _chunk(b"zTXt", b"a\0\0" + _zeros(90 * MEGA)), _idat(9999)
    ),
    "PNG with a profile bomb": lambda _: _png(
        99, 99, _chunk(b"iCCP", b"a\0\0" + _zeros(90 * MEGA)), _idat(9999)
    ),
    "PNG without its palette": lambda _: _png(99, 99, _idat(9999), colour=3),
    "PNG with frames that are not there": lambda _: _png(
        99, 99, _chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)), _idat(9999)
    ),
    "GIF of no size": lambda _: _gif(0, 0, _gif_frame(0, 0, 0, 0)),
    "GIF of 65535×65535": lambda _: _gif(65535, 65535, _gif_frame(0, 0, 65535, 65535)),
    "GIF with a frame beyond it": lambda _: _gif(9, 9, _gif_frame(65000, 65000, 65000, 65000)),
    "GIF of 50 megapixels": lambda _: _gif(8000, 6250, _gif_frame(0, 0, 8000, 6250)),
    "GIF of many frames": lambda _: _gif(99, 99, _gif_frame(0, 0, 9, 9) * 99_999),
    "GIF that only comments": lambda _: _gif(
        99, 99, b"!\xfe" + (b"\xff" + bytes(255)) * 70_000 + b"\0", _gif_frame(0, 0, 9, 9)
    ),
    "GIF of nonsense": lambda chance: _gif(
        99, 99, _gif_frame(0, 0, 99, 99, b"\x0c\xff" + chance.randbytes(255) + b"\0")
    ),
    "BMP of 2³¹×2³¹": lambda _: _bmp(2**31 - 1, 2**31 - 1),
    "BMP upside down": lambda _: _bmp(99, -(2**31)),
    "BMP of 50 megapixels": lambda _: _bmp(8000, 6250, 32),
    "BMP of 50 megapixels, packed": lambda _: _bmp(8000, 6250, 8, 1, b"\xff\0" * 99_999),
    "BMP packed in small steps": lambda _: _bmp(8000, 6250, 8, 1, b"\x01\x07" * 5 * MEGA),
    "BMP that jumps": lambda _: _bmp(8000, 6250, 8, 1, b"\0\x02\xff\xff" * 99_999),
    "BMP of nonsense": lambda chance: _bmp(
        99, 99, chance.randrange(2**16), chance.randrange(8), chance.randbytes(999)
    ),
    "TIFF of 65535×65535": lambda _: _tiff_of(65535, 65535),
    "TIFF of 50 megapixels": lambda _: _tiff_of(8000, 6250),
    "TIFF of 50 floating megapixels": lambda _: _tiff_of(8000, 6250, (339, 3, 1, 3), bits=32),
    "TIFF that loops": lambda _: _tiff_of(99, 99)[:-504] + struct.pack("<I", 8) + bytes(500),
    "TIFF of one huge tile": lambda _: _tiff_of(
        99, 99, (322, 4, 1, 2**31 - 16), (323, 4, 1, 2**31 - 16), (324, 4, 1, 8)
    ),
    "TIFF of many samples": lambda _: _tiff_of(99, 99, (277, 3, 1, 65535)),
    "TIFF of many strips": lambda _: _tiff_of(99, 99, (273, 4, 2**28, 8), (279, 4, 2**28, 8)),
    "TIFF of many tags": lambda chance: _tiff(
        *((n, 4, 0xFFFF, chance.randrange(2**20)) for n in range(65_000))
    ),
    "TIFF with a bad compression": lambda chance: _tiff_of(
        99, 99, (259, 3, 1, chance.choice((2, 3, 4, 5, 6, 7, 8, 32773, 34925, 50000, 50001)))
    ),
    "WebP of 16383×16383": lambda _: _webp_canvas(16383, 16383, 0),
    "WebP of 2²⁴×2²⁴": lambda _: _webp_canvas(2**24, 2**24, 2),
    "WebP of 50 megapixels, animated": lambda _: _animated_webp(),
    "WebP of nonsense": lambda chance: _webp(b"VP8L", b"\x2f" + chance.randbytes(300)),
    "JPEG of 1×65500": lambda _: _jpeg(1, 65500),
    "JPEG of 65500×8": lambda _: _jpeg(65500, 8),
    "JPEG of 65535×65535": lambda _: _jpeg_size(65535, 65535),
    "JPEG of 49 megapixels, a few rows": lambda _: _jpeg_size(7000, 7000),
    "JPEG of no size": lambda _: _jpeg_size(0, 0),
    "JPEG of 49 megapixels": lambda _: _jpeg(7000, 7000),
    "JPEG of 49 megapixels, CMYK": lambda _: _jpeg(7000, 7000, mode="CMYK"),
    "JPEG of 50 scans": lambda _: _jpeg_of_many_scans(40),
    "JPEG of 200 scans": lambda _: _jpeg_of_many_scans(190),
    "JPEG with nonsense in its EXIF": _exif,
    "JPEG of many comments": lambda _: _jpeg_with(b"\xff\xfe\0\x02" * MEGA),
    "JPEG that fills": lambda _: _jpeg_with(b"\xff" * MEGA),
    "JPEG with an endless segment": lambda _: _jpeg_with(b"\xff\xe2\0\0"),
    "JPEG of twelve bits": lambda _: strange_pictures()["grey JPEG"].replace(
        b"\xff\xc0\0\x0b\x08", b"\xff\xc0\0\x0b\x0c"
    ),
    "JPEG of arithmetic": lambda _: strange_pictures()["grey JPEG"].replace(
        b"\xff\xc0", b"\xff\xc9"
    ),
    "JPEG without loss": lambda _: strange_pictures()["grey JPEG"].replace(
        b"\xff\xc0", b"\xff\xc3"
    ),
    "JPEG and ZIP": lambda chance: strange_pictures()["plain JPEG"] + _zip(chance),
    "JPEG and MP4": lambda _: _both("plain JPEG", b"\0\0\0\x20ftypisom" + bytes(range(256)) * 99),
    "PNG and page": lambda _: _both("PNG", SCRIPT),
    "GIF and script": lambda _: b"GIF89a/*" + strange_pictures()["GIF"][8:] + b"*/=1;" + SCRIPT,
    "BMP and PDF": lambda _: _both("BMP", b"%PDF-1.7"),
    "PDF and JPEG": lambda _: b"%PDF-1.7\n" + strange_pictures()["plain JPEG"],
    "WebP in BMP": lambda _: b"BM" + strange_pictures()["WebP"],
}
