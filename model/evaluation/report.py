"""An evaluation as one page that holds all it shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from model.drawing.charts import Curve, interval_bar, roc_chart, severity_chart
from model.drawing.matrix import confusion_matrix
from model.drawing.shapes import Drawing, Paint
from model.drawing.sheets import Tile
from model.drawing.svg import as_svg, data_uri
from model.drawing.themes import THEMES
from model.evaluation.answer import Answer
from model.evaluation.compare import Comparison
from model.evaluation.evaluation import Damage, Evaluation
from model.evaluation.figures import Figures
from model.evaluation.gallery import (
    SIDE,
    both_confusions,
    change_tile,
    mistakes,
    reliability_of,
    tile,
)
from model.evaluation.statistics import Share, together
from model.labels import NONE

SHOWN = 60  # mistakes of a set that are shown as pictures


def as_page(
    measured: Evaluation, comparison: Comparison | None = None, charts: Sequence[Drawing] = ()
) -> bytes:
    """Write an HTML page that needs nothing but itself.

    Args:
        measured: what is reported.
        comparison: with another model; its second is the one in `measured`.
        charts: further drawings, such as learning curves.
    """
    environment = Environment(
        loader=PackageLoader("model.evaluation", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "svg": lambda drawing: Markup(as_svg(drawing)),  # noqa: S704 - as_svg escapes
        "percent": lambda value, places=2: f"{value:.{places}%}",
        "interval": _interval,
        "tiles": lambda answers: [_Shown.of(tile(a)) for a in answers[:SHOWN]],
        "change_tiles": lambda changes: [_Shown.of(change_tile(c)) for c in changes[:SHOWN]],
        "by_digit": _by_digit,
        "bar": _bar,
    }
    page = environment.get_template("report.html").render(
        measured=measured,
        comparison=comparison,
        charts=charts,
        themes=THEMES,
        written=datetime.now(UTC),
        mistakes={part.name: mistakes(part.answers) for part in measured.sets},
        reliability=reliability_of,
        matrix=confusion_matrix,
        both_confusions=both_confusions,
        roc=_roc(measured, comparison),
        severities=_severities(measured),
        floor=_floor(part.figures.right.interval[0] for part in measured.sets),
    )
    return page.encode()


@dataclass(frozen=True, slots=True)
class _Shown:
    """A tile as the page shows it."""

    title: str
    detail: str
    paint: str
    picture: str  # addresses of themselves
    glyphs: tuple[str, ...]
    is_small: bool  # few pixels, to be shown as such
    is_large: bool  # more to see than one digit

    @classmethod
    def of(cls, tile: Tile) -> "_Shown":
        small = max(tile.picture.shape[:2]) <= 64
        picture = data_uri(tile.picture, "png" if small else "jpg")
        glyphs = tuple(data_uri(glyph) for glyph in tile.glyphs[:4])
        large = max(tile.picture.shape[:2]) > SIDE
        return cls(tile.title, tile.detail, tile.paint, picture, glyphs, small, large)


@dataclass(frozen=True, slots=True)
class _Digit:
    """A line of the table by digit."""

    name: str
    right: Share
    taken_for: str


def _by_digit(figures: Figures) -> list[_Digit]:
    lines = []
    for digit in (*range(10), NONE):
        row = figures.confusion[digit]
        if row.sum():
            wrong = sorted(
                ((int(n), i) for i, n in enumerate(row) if n and i != digit), reverse=True
            )
            taken = ", ".join(f"{_name(i)} ×{n}" for n, i in wrong)
            share = Share(int(row[digit]), int(row.sum()))
            lines.append(_Digit(_name(digit), share, taken))
    return lines


def _name(digit: int) -> str:
    return "none" if digit == NONE else f"{digit}"


def _interval(share: Share) -> str:
    low, high = share.interval
    return f"{low:.1%} to {high:.1%}"


def _bar(share: Share, floor: float) -> Drawing:
    return interval_bar(share.value, *share.interval, floor)


def _roc(measured: Evaluation, comparison: Comparison | None) -> Drawing | None:
    """Pictures with digits against those without; the reader's threshold as a mark."""
    now = measured.rejection
    if now is None:
        return None
    curves = [Curve(measured.card.version if comparison else "", now.points, "main")]
    marks = [_mark(measured.photos)]
    if comparison and (before := comparison.before.rejection):
        name = comparison.before.card.version
        curves.insert(0, Curve(name, before.points, "other", is_dashed=True))
    return roc_chart(curves, marks, f"Digit or none? Area under the curve {now.area:.4f}")


def _mark(answers: Sequence[Answer]) -> tuple[float, float]:
    """The share of photos without a digit that are given one, and of digits that are read."""
    accepted = [not a.refused for a in answers if not a.label]
    read = [not a.refused for a in answers if a.label]
    return float(np.mean(accepted)), float(np.mean(read))


@dataclass(frozen=True, slots=True)
class _Severities:
    """One kind of damage."""

    kind: str
    chart: Drawing
    digits: tuple[tuple[str, Share], ...]  # severity, and what is right of photos of digits
    sets: tuple[tuple[str, tuple[Share, ...]], ...]  # and of each set


def _severities(measured: Evaluation) -> list[_Severities]:
    damages = measured.damages
    floor = _floor(share.value for damage in damages for share in damage.right)
    result = []
    for kind in dict.fromkeys(d.kind for d in damages):
        digits, others = (measured.damages_to(kind, digits=has) for has in (True, False))
        curves = [Curve(d.set, _points(d.right), "faint", width=1) for d in digits]
        pooled = [_together(digits), _together(others)]
        paints: tuple[Paint, ...] = ("main", "other")
        for name, shares, paint in zip(("digits", "others"), pooled, paints, strict=True):
            curves.append(Curve(name, _points(shares), paint, has_dots=True))
        names = (digits or others)[0].severities
        chart = severity_chart(kind, names, curves, floor)
        sets = tuple((d.set, d.right) for d in (*digits, *others))
        result.append(_Severities(kind, chart, tuple(zip(names, pooled[0], strict=False)), sets))
    return result


def _together(damages: Sequence[Damage]) -> list[Share]:
    return [together(shares) for shares in zip(*(d.right for d in damages), strict=True)]


def _floor(values: Iterable[float]) -> float:
    """A round share below all values, to see their differences by."""
    lowest = min(values, default=0.0)
    return max(v for v in (0.0, 0.25, 0.5, 0.75, 0.9) if v <= lowest)


def _points(shares: Iterable[Share]) -> tuple[tuple[float, float], ...]:
    return tuple((float(i), share.value) for i, share in enumerate(shares))
