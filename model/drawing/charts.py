"""Charts on a pair of axes: calibration, rejection, severity, learning."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from model.drawing.shapes import Dot, Drawing, Line, Paint, Rect, Shape, Text

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points, in the units of the axes."""

    name: str
    points: tuple[Point, ...]
    paint: Paint = "main"
    is_dashed: bool = False
    has_dots: bool = False
    width: float = 2


@dataclass(frozen=True, slots=True)
class Axis:
    """What runs along one side."""

    name: str
    low: float = 0.0
    high: float = 1.0
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the axes of a chart lie."""

    x: Axis
    y: Axis
    w: float = 340
    h: float = 260
    left: float = 50
    right: float = 14
    top: float = 30
    bottom: float = 44

    def at(self, x: float, y: float) -> Point:
        """Where a point of the axes' units lies."""
        share_x = (x - self.x.low) / (self.x.high - self.x.low)
        share_y = (y - self.y.low) / (self.y.high - self.y.low)
        wide, high = self.w - self.left - self.right, self.h - self.top - self.bottom
        return self.left + share_x * wide, self.h - self.bottom - share_y * high

    def ground(self, title: str) -> list[Shape]:
        """The axes, their ticks and names, and the title."""
        floor, ceiling = self.at(0, self.y.low)[1], self.at(0, self.y.high)[1]
        shapes: list[Shape] = [Text(self.left, 16, title, size=13)]
        for value, name in self.y.ticks:
            _, y = self.at(self.x.low, value)
            shapes.append(Line(((self.left, y), (self.w - self.right, y)), "line", 1))
            shapes.append(Text(self.left - 6, y + 4, name, "soft", 11, "end"))
        for value, name in self.x.ticks:
            x, _ = self.at(value, self.y.low)
            shapes.append(Line(((x, floor), (x, floor + 4)), "faint", 1))
            shapes.append(Text(x, floor + 16, name, "soft", 11, "middle"))
        shapes.append(Line(((self.left, ceiling), (self.left, floor)), "faint", 1))
        shapes.append(Line(((self.left, floor), (self.w - self.right, floor)), "faint", 1))
        middle = (self.left + self.w - self.right) / 2
        shapes.append(Text(middle, self.h - 10, self.x.name, "soft", 11, "middle"))
        return shapes

    def curve(self, curve: Curve) -> list[Shape]:
        """A line, with dots that tell their values."""
        points = tuple(self.at(x, y) for x, y in curve.points)
        shapes: list[Shape] = (
            [Line(points, curve.paint, curve.width, curve.is_dashed)] if points else []
        )
        if curve.has_dots:
            shapes += [
                Dot(x, y, 3, curve.paint, f"{curve.name}: {value:.1%}".strip(": "))
                for (x, y), (_, value) in zip(points, curve.points, strict=True)
            ]
        return shapes


def percent_axis(name: str, low: float = 0.0, high: float = 1.0) -> Axis:
    """An axis of shares, with four or five round ticks."""
    span = high - low
    step = next(s for s in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25) if span / s <= 5.001)
    first = round(low / step + 0.499)
    count = int((high - first * step) / step + 1e-6) + 1
    decimals = 1 if step < 0.01 else 0
    ticks = tuple(((first + i) * step, f"{(first + i) * step:.{decimals}%}") for i in range(count))
    return Axis(name, low, high, ticks)


def reliability(
    parts: Sequence[tuple[float, float, float, float, int]], ece: float, title: str
) -> Drawing:
    """How often claims of a confidence were right.

    Args:
        parts: low and high edge, mean claim, share right, and count, of each bin of confidence.
        ece: the expected calibration error, 0 to 1.
        title: what was measured.
    """
    plot = Plot(percent_axis("confidence that was claimed"), percent_axis("share right"))
    shapes = plot.ground(f"{title}: right how often? ECE {ece:.2%}")
    most = max((count for *_, count in parts), default=0) or 1
    for low, high, claimed, right, count in parts:
        if not count:
            continue
        (x, y), (to_x, floor) = plot.at(low, right), plot.at(high, 0)
        note = f"{count} claims of {claimed:.1%} on average, {right:.1%} of them right"
        # The fewer there are the paler: two claims are no evidence.
        paleness = 0.2 + 0.6 * (count / most) ** 0.3
        shapes.append(Rect(x + 1, y, to_x - x - 2, floor - y, "main", paleness, note))
        at, level = plot.at(claimed, claimed)
        shapes.append(Line(((at, level), (at, y)), "bad", 2))
        shapes.append(Dot(at, y, 2.5, "ink", note))
    shapes += plot.curve(Curve("honest", ((0, 0), (1, 1)), "faint", is_dashed=True))
    return Drawing(plot.w, plot.h, tuple(shapes), f"Reliability diagram: {title}")


def roc_chart(curves: Sequence[Curve], marks: Sequence[Point], title: str) -> Drawing:
    """What each threshold would let through; `marks` are where the reader stands."""
    lowest = min((y for c in curves for x, y in c.points if x >= 0.02), default=0.0)
    low = max((v for v in (0.0, 0.5, 0.8, 0.9) if v <= lowest), default=0.0)
    plot = Plot(
        percent_axis("pictures without a digit that are given one"),
        percent_axis("pictures of digits that are read", low),
        h=300,
    )
    shapes = plot.ground(title)
    for curve in curves:
        inside = tuple(p for p in curve.points if p[1] >= low)
        shapes += plot.curve(Curve(curve.name, inside, curve.paint, curve.is_dashed))
    shapes += [
        Dot(*plot.at(x, y), 4, "bad", "the reader's threshold") for x, y in marks if y >= low
    ]
    shapes += legend(plot, curves)
    return Drawing(plot.w, plot.h, tuple(shapes), title)


def severity_chart(
    title: str, severities: Sequence[str], curves: Sequence[Curve], low: float
) -> Drawing:
    """Accuracy against severity; x is the severity's index."""
    ticks = tuple((float(i), name) for i, name in enumerate(severities))
    x = Axis("", 0, max(1, len(severities) - 1), ticks)
    plot = Plot(x, percent_axis("", low), 280, 190, right=24, bottom=30)
    shapes = plot.ground(title)
    for curve in curves:
        kept = tuple((x, max(low, y)) for x, y in curve.points)
        shapes += plot.curve(replace(curve, points=kept))
    return Drawing(plot.w, plot.h, tuple(shapes), f"Accuracy against severity: {title}")


def learning_curves(
    title: str, curves: Sequence[Curve], unit: str = "epoch", *, as_percent: bool = False
) -> Drawing:
    """Values over a training; x is an epoch, or whatever `unit` says."""
    xs = [x for c in curves for x, _ in c.points] or [0.0, 1.0]
    ys = [y for c in curves for _, y in c.points] or [0.0, 1.0]
    low, high = min(ys), max(ys)
    margin = 0.08 * (high - low) or 0.1
    low, high = low - margin, high + margin
    if as_percent:
        y = percent_axis("", max(0.0, low), min(1.0, high))
    else:
        low = max(0.0, low)
        y = Axis("", low, high, tuple((v, f"{v:.3g}") for v in _round_ticks(low, high)))
    x_ticks = tuple((v, f"{v:g}") for v in _round_ticks(min(xs), max(xs)))
    x_axis = Axis(unit, min(xs), max(*xs, min(xs) + 1e-9), x_ticks)
    plot = Plot(x_axis, y, 480, 280)
    shapes = plot.ground(title)
    for curve in curves:
        shapes += plot.curve(curve)
    shapes += legend(plot, curves)
    return Drawing(plot.w, plot.h, tuple(shapes), title)


def interval_bar(value: float, low: float, high: float, floor: float) -> Drawing:
    """A share with its interval, small enough to stand in a table; the left end is `floor`."""
    wide, tall = 120.0, 16.0

    def at(share: float) -> float:
        return wide * (max(floor, share) - floor) / (1 - floor)

    shapes = (
        Line(((0, tall / 2), (wide, tall / 2)), "line", 1),
        Rect(at(low), tall / 2 - 3, max(1.0, at(high) - at(low)), 6, "main", 0.4),
        Rect(at(value) - 1, tall / 2 - 6, 2, 12, "main"),
    )
    return Drawing(wide, tall, shapes, f"{value:.2%}, between {low:.2%} and {high:.2%}")


def legend(plot: Plot, curves: Sequence[Curve]) -> list[Shape]:
    """The curves' names, in the lower right corner of the axes."""
    shapes: list[Shape] = []
    named = [c for c in curves if c.name]
    for i, curve in enumerate(named):
        y = plot.h - plot.bottom - 12 - 16 * (len(named) - 1 - i)
        x = plot.w - plot.right - 8
        shapes.append(Line(((x - 18, y - 4), (x, y - 4)), curve.paint, 2, curve.is_dashed))
        shapes.append(Text(x - 24, y, curve.name, "soft", 11, "end"))
    return shapes


def _round_ticks(low: float, high: float) -> list[float]:
    """Up to six values of 1, 2 or 5 times a power of ten, within the bounds."""
    span = max(high - low, 1e-9)
    powers = [m * 10.0**e for e in range(-6, 7) for m in (1, 2, 5)]
    step = next((s for s in powers if span / s <= 5), powers[-1])
    first = int(low / step) - 1
    values = [(first + i) * step for i in range(12)]
    return [round(v, 9) for v in values if low - 1e-9 <= v <= high + 1e-9]
