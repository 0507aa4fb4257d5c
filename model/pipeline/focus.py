"""Small writing out of focus: how blurred what stage 3 found is, and a sharper picture."""

from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import cv2
from numpy.typing import NDArray

from model.pipeline.evidence import edge_width
from model.pipeline.glyphs import GlyphParams, cut
from model.pipeline.image import Picture
from model.pipeline.sheet import Sheet


@dataclass(frozen=True, slots=True)
class FocusParams:
    """What is out of focus, and what is done about it; goes into the pipeline's fingerprint."""

    alike: float = 0.4  # pieces of this share of the largest one's size are of the writing
    soft: float = 0.02  # edges wider by this share of a piece's size do it harm,
    sharp: float = 0.25  # unless that many of the pieces have sharper ones: then it is a shadow's
    gain: float = 3.0  # how strong the unsharp mask is


DEFAULT = FocusParams()


def blur(sheet: Sheet, glyphs: GlyphParams, params: FocusParams = DEFAULT) -> float:
    """How wide the edges of the writing are, in pixels; 0 where they do it no harm."""
    pieces = [piece for piece in sheet.pieces if not sheet.edges(piece.box)]
    size = max((piece.size for piece in pieces), default=0)
    pieces = [piece for piece in pieces if piece.size >= params.alike * size]
    if not pieces:
        return 0.0
    widths = [edge_width(cut([piece], 1.0, sheet, glyphs).ink) for piece in pieces]
    harm = sorted((w - 1) / piece.size for w, piece in zip(widths, pieces, strict=True))
    return median(widths) if harm[int(params.sharp * len(harm))] >= params.soft else 0.0


def refocused(picture: Picture, blur: float, params: FocusParams = DEFAULT) -> Picture:
    """The picture under an unsharp mask for edges of `blur` pixels.

    Where strokes are thinner than what blurred them their edges are narrower: so the mask is twice
    as wide as what would make such edges.
    """
    return replace(
        picture,
        grey=unsharp(picture.grey, blur, params.gain),
        colour=lambda: unsharp(picture.pixels, blur, params.gain),
    )


def unsharp(pixels: NDArray[Any], width: float, gain: float) -> NDArray[Any]:
    """Pixels under an unsharp mask of this strength, of a Gaussian so many pixels wide (sigma).

    Whole numbers stay within their type; floats may leave their range.
    """
    smooth = cv2.GaussianBlur(pixels, (0, 0), width)
    return cv2.addWeighted(pixels, 1 + gain, smooth, -gain, 0)
