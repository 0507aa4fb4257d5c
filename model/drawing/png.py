"""A drawing as PNG, to be sent to a chat."""

from io import BytesIO
from itertools import pairwise
from typing import Any

from PIL import Image as Pillow
from PIL import ImageColor, ImageDraw, ImageFont

from model.drawing.shapes import Dot, Drawing, Image, Line, Paint, Rect, Shape, Text, moved
from model.drawing.svg import SHARP
from model.drawing.themes import THEMES, Theme

MARGIN = 12  # around the drawing
FINER = 2  # everything is drawn so much larger, and reduced: Pillow's lines are jagged

# The font that Pillow brings, so that a container without fonts draws the same, lacks these.
PLAINER = str.maketrans({"–": "-", "−": "-", "×": "x", "→": ">", "≤": "<=", "≥": ">=", "’": "'"})  # noqa: RUF001

_MIDDLE = {"start": "ls", "middle": "ms", "end": "rs"}


def as_png(drawing: Drawing, theme: Theme = "light", scale: float = 2) -> bytes:
    """Draw as PNG; `scale` is pixels of it for each one of the drawing."""
    page = Drawing(
        drawing.w + 2 * MARGIN,
        drawing.h + 2 * MARGIN,
        tuple(moved(drawing, MARGIN, MARGIN)),
        drawing.title,
    )
    canvas = _Canvas(page, theme, scale * FINER)
    for shape in page.shapes:
        canvas.draw(shape)
    size = (round(page.w * scale), round(page.h * scale))
    out = BytesIO()
    canvas.image.resize(size, Pillow.Resampling.BOX).save(out, "PNG")
    return out.getvalue()


class _Canvas:
    """Pixels that shapes are drawn on."""

    def __init__(self, drawing: Drawing, theme: Theme, scale: float) -> None:
        self._colours, self._scale = THEMES[theme], scale
        size = (round(drawing.w * scale), round(drawing.h * scale))
        self.image = Pillow.new("RGB", size, self._colours["page"])
        self._pen = ImageDraw.Draw(self.image)
        self._fonts: dict[float, Any] = {}

    def draw(self, shape: Shape) -> None:
        k = self._scale
        match shape:
            case Rect(x, y, w, h, fill, opacity):
                if w > 0 and h > 0:
                    corners = (x * k, y * k, (x + w) * k - 1, (y + h) * k - 1)
                    self._pen.rectangle([round(v) for v in corners], self._mixed(fill, opacity))
            case Line(points, paint, width, is_dashed):
                scaled = [(x * k, y * k) for x, y in points]
                for part in _dashes(scaled, 4 * k) if is_dashed else [scaled]:
                    self._pen.line(part, self._colours[paint], round(width * k), joint="curve")
            case Dot(x, y, r, fill):
                self._pen.circle((x * k, y * k), r * k, self._colours[fill])
            case Text(x, y, text, paint, size, anchor):
                self._pen.text(
                    (x * k, y * k),
                    text.translate(PLAINER),
                    self._colours[paint],
                    self._font(size * k),
                    _MIDDLE[anchor],
                )
            case Image(x, y, w, h, pixels):
                sharp = max(pixels.shape) <= SHARP
                how = Pillow.Resampling.NEAREST if sharp else Pillow.Resampling.BICUBIC
                picture = Pillow.fromarray(pixels).convert("RGB")
                self.image.paste(
                    picture.resize((round(w * k), round(h * k)), how), (round(x * k), round(y * k))
                )

    def _font(self, size: float) -> Any:
        if size not in self._fonts:
            self._fonts[size] = ImageFont.load_default(size)
        return self._fonts[size]

    def _mixed(self, paint: Paint, opacity: float) -> tuple[int, ...]:
        """A paint laid thinly over the page."""
        over, under = (ImageColor.getrgb(self._colours[p]) for p in (paint, "page"))
        return tuple(
            round(a * opacity + b * (1 - opacity)) for a, b in zip(over, under, strict=True)
        )


def _dashes(points: list[tuple[float, float]], length: float) -> list[list[tuple[float, float]]]:
    """Cut each straight part of a polyline into dashes and gaps of a length."""
    dashes = []
    for (x, y), (to_x, to_y) in pairwise(points):
        whole = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
        steps = max(1, round(whole / (2 * length)))
        for step in range(steps):
            a, b = step / steps, (step + 0.5) / steps
            dashes.append([(x + (to_x - x) * t, y + (to_y - y) * t) for t in (a, b)])
    return dashes
