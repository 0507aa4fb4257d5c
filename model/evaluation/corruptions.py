"""What befalls photos on their way: the kinds of MNIST-C (Mu and Gilmer 2019), for whole photos.

Each takes an upright RGB picture and a severity, in its own unit, and returns a picture. What is
random in them comes from the generator passed in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.pipeline.image import Pixels

Reals = NDArray[np.float32]
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Corruption:
    """One kind of damage, at several severities."""

    name: str
    apply: Callable[[Pixels, float, Random], Pixels]
    severities: tuple[float, ...]
    form: str = "{:g}"  # how a severity is written

    def labels(self) -> tuple[str, ...]:
        """The severities in words."""
        return tuple(self.form.format(s) for s in self.severities)


def corrupted(pixels: Pixels, kind: Corruption, severity: float, seed: Sequence[int]) -> bytes:
    """A picture after damage, as a file; the same seed gives the same file."""
    damaged = kind.apply(pixels, severity, np.random.default_rng(seed))
    return _encode(damaged, ".bmp")  # which costs no time, and no quality


def _encode(pixels: Pixels, suffix: str, options: Sequence[int] = ()) -> bytes:
    ok, data = cv2.imencode(suffix, pixels[..., ::-1], list(options))
    assert ok, "an RGB array encodes"
    return data.tobytes()


def _turned(pixels: Pixels, degrees: float, rng: Random) -> Pixels:
    return turned(pixels, degrees * float(rng.choice((-1, 1))))


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """Counter-clockwise, on a canvas that holds all of it; its edges go on into the corners."""
    h, w = pixels.shape[:2]
    angle = np.radians(degrees)
    wide = int(w * abs(np.cos(angle)) + h * abs(np.sin(angle)))
    high = int(w * abs(np.sin(angle)) + h * abs(np.cos(angle)))
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0)
    turn[:, 2] += ((wide - w) / 2, (high - h) / 2)
    return _warp(pixels, turn, wide, high)


def _sheared(pixels: Pixels, amount: float, rng: Random) -> Pixels:
    h, w = pixels.shape[:2]
    lean = amount * float(rng.choice((-1, 1)))
    shift = max(0.0, -lean * h)
    wide = int(w + abs(lean) * h)
    return _warp(pixels, np.array([[1, lean, shift], [0, 1, 0]], np.float64), wide, h)


def _moved(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """Off centre: paper is added at two sides."""
    h, w = pixels.shape[:2]
    dx, dy = (round(share * side * 2) for side in (w, h))
    left, top = (int(d) if rng.random() < 0.5 else 0 for d in (dx, dy))
    return _padded(pixels, top, dy - top, left, dx - left)


def _smaller(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """The whole picture as a part of a larger page."""
    h, w = pixels.shape[:2]
    dx, dy = (round(side * (1 / share - 1)) for side in (w, h))
    left, top = (int(rng.integers(0, d + 1)) for d in (dx, dy))
    page = _padded(pixels, top, dy - top, left, dx - left)
    return _reduced(page, max(h, w), rng)


def _padded(pixels: Pixels, top: int, bottom: int, left: int, right: int) -> Pixels:
    """More paper around, of the colours that are along the edges."""
    ring = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    paper = np.median(ring, axis=0).tolist()
    return cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=paper)


def _warp(pixels: Pixels, matrix: NDArray[np.float64], w: int, h: int) -> Pixels:
    return cv2.warpAffine(
        pixels, matrix, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _perspective(pixels: Pixels, amount: float, rng: Random) -> Pixels:
    """As seen from aside: two corners of one edge come nearer to each other."""
    h, w = pixels.shape[:2]
    before = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    after = before.copy()
    edge = int(rng.integers(4))
    a, b = edge, (edge + 1) % 4
    after[a] += amount * (before[b] - before[a])
    after[b] += amount * (before[a] - before[b])
    matrix = cv2.getPerspectiveTransform(before, after)
    return cv2.warpPerspective(
        pixels, matrix, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _reduced(pixels: Pixels, longest: float, rng: Random) -> Pixels:
    h, w = pixels.shape[:2]
    k = min(1.0, longest / max(h, w))
    size = (max(8, round(w * k)), max(8, round(h * k)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _recompressed(pixels: Pixels, quality: float, rng: Random) -> Pixels:
    data = _encode(pixels, ".jpg", (cv2.IMWRITE_JPEG_QUALITY, int(quality)))
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert bgr is not None, "what was just encoded decodes"
    return bgr[..., ::-1].astype(np.uint8)


def _blurred(pixels: Pixels, share: float, rng: Random) -> Pixels:
    return cv2.GaussianBlur(pixels, (0, 0), max(0.3, share * max(pixels.shape[:2])))


def _shaken(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """Smeared along a line of that length, in any direction."""
    length = max(3, round(share * max(pixels.shape[:2])) | 1)
    streak = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = (length - 1) / 2
    ends = [
        (round(reach + sign * reach * np.cos(angle)), round(reach + sign * reach * np.sin(angle)))
        for sign in (-1, 1)
    ]
    cv2.line(streak, ends[0], ends[1], 1.0, 1, cv2.LINE_AA)
    smeared: Pixels = cv2.filter2D(
        pixels, -1, streak / streak.sum(), borderType=cv2.BORDER_REPLICATE
    )
    return smeared


def _glassy(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """As through frosted glass: every pixel comes from near its place."""
    h, w = pixels.shape[:2]
    reach = max(1.0, share * max(h, w))
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    dx, dy = rng.uniform(-reach, reach, (2, h, w)).astype(np.float32)
    scattered = cv2.remap(
        pixels, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return cv2.GaussianBlur(scattered, (0, 0), 0.7)


def _lit(pixels: Pixels, light: Reals | float) -> Pixels:
    scaled = pixels.astype(np.float32) * (
        light[..., None] if isinstance(light, np.ndarray) else light
    )
    return np.clip(scaled + 0.5, 0, 255).astype(np.uint8)


def _dark(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """Little light, and the noise that a camera makes of it."""
    noise = rng.normal(0, 3, pixels.shape).astype(np.float32)
    return np.clip(pixels * np.float32(share) + noise, 0, 255).astype(np.uint8)


def _bright(pixels: Pixels, gain: float, rng: Random) -> Pixels:
    """Overexposed: what is light becomes white."""
    return _lit(pixels, gain)


def _place(pixels: Pixels, rng: Random) -> Reals:
    """How far each pixel lies along a random direction, 0 to 1."""
    h, w = pixels.shape[:2]
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    along = xs / w * np.float32(np.cos(angle)) + ys / h * np.float32(np.sin(angle))
    result: Reals = (along - along.min()) / (along.max() - along.min())
    return result


def _shadowed(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """A shadow with a hard edge through the middle half of the picture."""
    edge = rng.uniform(0.3, 0.7)
    light = np.where(_place(pixels, rng) < edge, np.float32(share), np.float32(1))
    soft = cv2.GaussianBlur(light, (0, 0), 0.004 * max(pixels.shape[:2]) + 0.3)
    return _lit(pixels, soft)


def _uneven(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """Light that falls off from one side to the other."""
    return _lit(pixels, 1 - (1 - np.float32(share)) * _place(pixels, rng))


def _noisy(pixels: Pixels, levels: float, rng: Random) -> Pixels:
    noise = rng.normal(0, levels, pixels.shape).astype(np.float32)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def _salted(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """Single pixels black or white (impulse noise)."""
    drawn = rng.random(pixels.shape[:2])
    result = pixels.copy()
    result[drawn < share / 2] = 0
    result[drawn > 1 - share / 2] = 255
    return result


def _spattered(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """Drops of ink, so many per picture, none larger than a fiftieth of it."""
    result = pixels.copy()
    h, w = pixels.shape[:2]
    dark = np.percentile(pixels.reshape(-1, 3), 2, axis=0).tolist()
    for _ in range(round(share)):
        centre = (int(rng.integers(w)), int(rng.integers(h)))
        cv2.circle(result, centre, max(1, round(rng.uniform(0.2, 1) * max(h, w) / 100)), dark, -1)
    return result


def _pale(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """Contrast reduced to a share, about the mean."""
    mean = pixels.mean(axis=(0, 1))
    return np.clip(mean + (pixels - mean) * share + 0.5, 0, 255).astype(np.uint8)


def _fogged(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """A bright veil of uneven density."""
    h, w = pixels.shape[:2]
    coarse = rng.uniform(0.5, 1, (4, 4)).astype(np.float32)
    veil = share * cv2.resize(coarse, (w, h), interpolation=cv2.INTER_CUBIC)[..., None]
    return np.clip(pixels * (1 - veil) + 235 * veil, 0, 255).astype(np.uint8)


def _tinted(pixels: Pixels, amount: float, rng: Random) -> Pixels:
    """Under a coloured light."""
    colour = rng.uniform(0, 1, 3)
    colour = colour / colour.max()
    return np.clip(pixels * (1 - amount + amount * colour), 0, 255).astype(np.uint8)


def _inverted(pixels: Pixels, share: float, rng: Random) -> Pixels:
    """Light on dark; the share says how much of the contrast is left."""
    return _pale(255 - pixels, share, rng)


def _ruled(pixels: Pixels, spacing: float, rng: Random) -> Pixels:
    """Paper with lines printed on it, level and so far apart."""
    h, w = pixels.shape[:2]
    lines = np.ones((h, w), np.float32)
    step = max(6.0, spacing * max(h, w))
    width = max(1, round(max(h, w) / 400))
    slope = rng.uniform(-0.02, 0.02)
    y = rng.uniform(0, step)
    while y < h + abs(slope) * w:
        cv2.line(lines, (0, round(y)), (w, round(y + slope * w)), 0.0, width, cv2.LINE_AA)
        y += step
    blue = np.array([0.62, 0.72, 0.9], np.float32)
    ink = lines[..., None] + (1 - lines[..., None]) * blue
    return (pixels * ink).astype(np.uint8)


CORRUPTIONS = (
    Corruption("turned", _turned, (5, 10, 15, 25), "{:g}°"),
    Corruption("sheared", _sheared, (0.1, 0.2, 0.35)),
    Corruption("seen from aside", _perspective, (0.06, 0.12, 0.2), "{:.0%}"),
    Corruption("off centre", _moved, (0.1, 0.25, 0.5), "{:.0%}"),
    Corruption("a part of the page", _smaller, (0.6, 0.4, 0.25), "{:.0%}"),
    Corruption("reduced", _reduced, (480, 320, 200, 120), "{:g} px"),
    Corruption("recompressed", _recompressed, (60, 40, 20, 10), "q {:g}"),
    Corruption("blurred", _blurred, (0.004, 0.008, 0.014, 0.02), "{:.1%}"),
    Corruption("shaken", _shaken, (0.015, 0.03, 0.05), "{:.1%}"),
    Corruption("through glass", _glassy, (0.004, 0.008, 0.014), "{:.1%}"),
    Corruption("dark", _dark, (0.5, 0.3, 0.18, 0.1), "{:.0%}"),
    Corruption("bright", _bright, (1.3, 1.7, 2.2), "×{:g}"),
    Corruption("shadow edge", _shadowed, (0.75, 0.55, 0.4, 0.3), "{:.0%}"),
    Corruption("uneven light", _uneven, (0.6, 0.35, 0.2), "{:.0%}"),
    Corruption("noisy", _noisy, (10, 20, 35, 50)),
    Corruption("salted", _salted, (0.005, 0.02, 0.05), "{:.1%}"),
    Corruption("spattered", _spattered, (5, 15, 40)),
    Corruption("low contrast", _pale, (0.5, 0.3, 0.18, 0.1), "{:.0%}"),
    Corruption("fogged", _fogged, (0.4, 0.6, 0.8), "{:.0%}"),
    Corruption("tinted", _tinted, (0.3, 0.6, 0.9), "{:.0%}"),
    Corruption("inverted", _inverted, (1.0, 0.6, 0.3), "{:.0%}"),
    Corruption("ruled", _ruled, (0.2, 0.12, 0.07), "{:.0%}"),
)
