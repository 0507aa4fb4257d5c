"""A drawing as SVG to stand in an HTML page, whose style gives each paint a colour."""

import base64
from html import escape

import cv2

from model.drawing.shapes import Dot, Drawing, Image, Line, Paint, Pixels, Rect, Shape, Text

SHARP = 64  # a picture of at most so many pixels a side is enlarged without smoothing


def as_svg(drawing: Drawing) -> str:
    """Draw as an SVG element that is as wide as it may be, up to its own size.

    Its colours are CSS variables: `--ink`, `--main` and so on, one for each `Paint`.
    """
    start = '<svg xmlns="http://www.w3.org/2000/svg" role="img"'
    size = f'viewBox="0 0 {drawing.w:g} {drawing.h:g}" style="width:100%;max-width:{drawing.w:g}px"'
    body = "".join(map(_element, drawing.shapes))
    return f"{start} {size}>{_note(drawing.title)}{body}</svg>"


def data_uri(pixels: Pixels, kind: str = "png") -> str:
    """A picture as the address of itself; `kind` is "png" or "jpg"."""
    bgr = pixels[..., ::-1] if pixels.ndim == 3 else pixels
    options = [cv2.IMWRITE_JPEG_QUALITY, 82] if kind == "jpg" else []
    ok, data = cv2.imencode(f".{kind}", bgr, options)
    assert ok, "an array of pixels encodes"
    mime = "jpeg" if kind == "jpg" else kind
    return f"data:image/{mime};base64,{base64.b64encode(data.tobytes()).decode()}"


def _element(shape: Shape) -> str:
    match shape:
        case Rect(x, y, w, h, fill, opacity, note):
            where = f'x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"'
            return f'<rect {where} style="{_fill(fill)}{_opacity(opacity)}">{_note(note)}</rect>'
        case Line(points, paint, width, is_dashed):
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            dashes = ";stroke-dasharray:4 4" if is_dashed else ""
            style = f"fill:none;stroke:var(--{paint});stroke-width:{width:g}{dashes}"
            return f'<polyline points="{path}" style="{style}"/>'
        case Dot(x, y, r, fill, note):
            where = f'cx="{x:.1f}" cy="{y:.1f}" r="{r:g}"'
            return f'<circle {where} style="{_fill(fill)}">{_note(note)}</circle>'
        case Text(x, y, text, paint, size, anchor):
            where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
            style = f"{_fill(paint)};font-size:{size:g}px"
            return f'<text {where} style="{style}">{escape(text)}</text>'
        case Image(x, y, w, h, pixels):
            where = f'x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"'
            sharp = "image-rendering:pixelated" if max(pixels.shape) <= SHARP else ""
            look = f'preserveAspectRatio="none" style="{sharp}"'
            return f'<image {where} {look} href="{data_uri(pixels)}"/>'


def _fill(paint: Paint) -> str:
    return f"fill:var(--{paint})"


def _opacity(opacity: float) -> str:
    return f";fill-opacity:{opacity:.3g}" if opacity < 1 else ""


def _note(note: str) -> str:
    return f"<title>{escape(note)}</title>" if note else ""
