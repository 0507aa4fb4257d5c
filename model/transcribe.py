"""Reads a whole page: which pieces of ink make which digits, in rows, as the network judges best.

A row's pieces can be grouped in many ways: a broken stroke joins its digit, digits that touch are
cut. Each grouping is a path through the row; the network scores every glyph that may be on one, and
the best path is found by dynamic programming, as readers of whole numbers do (LeCun et al. 1998,
section V).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from statistics import median

import numpy as np

from model.candidate import Candidate
from model.page import Page
from model.pipeline.frames import filled
from model.pipeline.glyphs import Glyph, GlyphParams, around, cut
from model.pipeline.ink import InkMap
from model.pipeline.lines import LineParams, rows, spans, split
from model.pipeline.pieces import breadth, lay_out
from model.pipeline.sheet import Piece, Sheet, edges, enclosing

GOOD = 0.5  # the quality from which on a piece tells how tall digits are here
TOUCHING = 0.6  # a broad piece of less quality may be digits that touch
CROWDED = 24  # pieces of the size of a digit; of so many,
LEGIBLE = 0.4  # this share at least are digits as they stand, or the page is of something else
REJECT = 0.35  # the worth of leaving out a piece as large as a digit
JOIN = 0.75  # and of joining two such pieces
DASH = 2  # a stroke so many times as broad as high is a dash, which is worth nothing
SMALL = 0.55  # a digit under this share of the others' height is doubted
PALER = 0.9  # a piece too pale for ink is a digit nevertheless if it is one of this quality,
ALIKE = (0.6, 1.6)  # and as large as the others, by these factors
FAINT = 0.5  # ink this much paler than that of the other digits is of another pen, or shows through
DIM = 0.3  # unless it is light: then it may be in shadow, if it is not paler than this
TURN = 0.75  # a page read worse than this may lie on its side
TURNABLE = 3  # if it has so many digits

BOXED = 0.9  # digits and what they enclose leave more empty of the smallest box, askew as they are
LARGE = 2.4  # times a digit's height, a piece is something else,
HOLDS = 0.8  # but one this high and broad, in digits' heights, may hold some,
SPARSE = 0.3  # if less than this share of its box is ink: then it is made of lines

Scorer = Callable[[InkMap, Sequence[Glyph]], list[Candidate]]


def transcribe(sheet: Sheet, score: Scorer, glyphs: GlyphParams, lines: LineParams) -> Page:
    """Read the digits on a sheet, turned by a quarter where the writing shows it."""
    page = _transcribe(sheet, score, glyphs, lines)
    if page.merit >= TURN or len(sheet.pieces) < TURNABLE:
        return page
    for turns in (1, 3):
        turned = lay_out(_turned(sheet.ink, turns), glyphs.pieces)
        other = replace(_transcribe(turned, score, glyphs, lines), turns=turns)
        if len(other.digits) >= TURNABLE and other.merit > page.merit + 0.1:
            page = other
    return page


def may_hold_digits(piece: Piece, height: float) -> bool:
    """Whether a large piece may be rules with the digits that touch them, `height` pixels high."""
    _, _, w, h = piece.box
    return min(w, h) >= HOLDS * height and piece.area < SPARSE * w * h


def _turned(ink: InkMap, turns: int) -> InkMap:
    return replace(
        ink,
        depth=np.ascontiguousarray(np.rot90(ink.depth, turns)),
        mask=np.ascontiguousarray(np.rot90(ink.mask, turns)),
        page=np.ascontiguousarray(np.rot90(ink.page, turns)),
    )


def _transcribe(sheet: Sheet, score: Scorer, glyphs: GlyphParams, lines: LineParams) -> Page:
    whole = [p for p in sheet.pieces if not sheet.frames(p.box)]
    judged = score(sheet.ink, [cut([p], 1.0, sheet, glyphs) for p in whole])
    scored = {_key([p]): candidate for p, candidate in zip(whole, judged, strict=True)}
    quality = {p.label: c.quality for p, c in zip(whole, judged, strict=True)}
    height = _height(whole, quality)
    for piece, candidate in _in_paler_pens(sheet, height, score, glyphs):
        whole.append(piece)
        scored[_key([piece])], quality[piece.label] = candidate, candidate.quality
    if _is_text([quality[p.label] for p in whole if p.size >= 0.4 * height]):
        return Page((), 0.0)
    whole = [p for p in whole if not _is_bar(p, sheet, height)]
    pieces = [p for p in whole if p.size >= 0.1 * height and p.box.h <= LARGE * height]
    large = [p for p in sheet.pieces if sheet.frames(p.box) or p.box.h > LARGE * height]
    broad = [p for p in pieces if p.box.w > lines.broad * height]
    touching = [p for p in broad if quality[p.label] < TOUCHING or p.box.w > lines.wide * height]
    touching = [p for p in touching if not _is_boxed(p, sheet)]
    if touching:
        sheet, parts = split(sheet, touching, height, lines)
        pieces = [p for p in pieces if p not in touching] + parts
    lined = rows(pieces, height, lines)
    ways = [[tuple(row[i] for i in span) for span in spans(row, height, lines)] for row in lined]
    fresh = [group for row_ways in ways for group in row_ways if _key(group) not in scored]
    for group, candidate in zip(
        fresh, score(sheet.ink, [cut(g, 1.0, sheet, glyphs) for g in fresh]), strict=True
    ):
        scored[_key(group)] = candidate
    read = [
        _best_path(row, row_ways, scored, height) for row, row_ways in zip(lined, ways, strict=True)
    ]
    aside = [p for p in pieces if sheet.edges(p.box) and p.size > 1.3 * height]
    written = [p for p in pieces if p not in aside]
    digits = [[scored[_key(group)] for group in path] for path in read]
    page = _page([row for row in digits if not _is_edge(row)], written, height)
    unclear = _clouded(page, large, sheet) or any(may_hold_digits(p, height) for p in large)
    return replace(page, clear=not aside and not unclear)


def _in_paler_pens(
    sheet: Sheet, height: float, score: Scorer, glyphs: GlyphParams
) -> list[tuple[Piece, Candidate]]:
    """Digits among the others that are paler: where each is of another colour, or a pen ran dry."""
    least, most = ALIKE
    pale = [p for p in sheet.pale if least * height <= p.size <= most * height]
    judged = score(sheet.ink, [cut([p], 1.0, sheet, glyphs) for p in pale])
    return [(p, c) for p, c in zip(pale, judged, strict=True) if c.quality >= PALER]


def _is_text(qualities: Sequence[float]) -> bool:
    """Whether so many pieces are so few digits that trying to group them is a waste of time."""
    return len(qualities) >= CROWDED and sum(q >= GOOD for q in qualities) < LEGIBLE * len(
        qualities
    )


def _is_bar(piece: Piece, sheet: Sheet, height: float) -> bool:
    """Whether this is the bar of a fraction or a sum, or an underline: broad, flat and thin."""
    _, _, w, h = piece.box
    if w <= max(h, 2.5 * height) or piece.area >= 0.5 * height * w:
        return False
    width, _ = breadth(sheet.own(piece).astype(np.uint8))  # it may slant a little
    return width < 0.5 * height


def _is_boxed(piece: Piece, sheet: Sheet) -> bool:
    """Whether this is a box and what touches it, rather than digits that touch."""
    own = sheet.own(piece).astype(np.uint8)
    width, length = breadth(own)
    return int(filled(own).sum()) >= BOXED * (width + 1) * (length + 1)


def _clouded(page: Page, large: Sequence[Piece], sheet: Sheet) -> bool:
    """Whether one of these large pieces has ink among the digits."""
    if not page.digits:
        return False
    x, y, w, h = enclosing([digit.glyph.box for digit in page.digits])
    among = sheet.labels[y : y + h, x : x + w]
    return any(bool((among == p.label).any()) for p in large)


def _is_edge(row: Sequence[Candidate]) -> bool:
    """Whether a row is but a stroke at an edge of the picture: that is the paper's own edge."""
    return len(row) == 1 and row[0].digit == 1 and edges(row[0].glyph.box, row[0].ink) > 0


def _page(read: list[list[Candidate]], pieces: Sequence[Piece], height: float) -> Page:
    """Leave out what is of another pen, and weigh what was read against what was not."""
    digits = [digit for row in read for digit in row]
    pen = median(d.glyph.full for d in digits) if digits else 0.0
    kept = tuple(
        tuple(row)
        for row in (
            [d for d in row if d.glyph.full >= (DIM if d.ink.light else FAINT) * pen]
            for row in read
        )
        if row
    )
    ink = sum(d.glyph.area for row in kept for d in row)
    return Page(
        kept, min(1.0, ink / max(1.0, sum(p.area for p in pieces if p.size >= 0.45 * height)))
    )


def _key(group: Sequence[Piece]) -> tuple[int, ...]:
    return tuple(piece.label for piece in group)


def _height(pieces: Sequence[Piece], quality: dict[int, float]) -> float:
    """Pixels of an ordinary digit here: the size that most good digits have, large ones first."""
    good = [(p.size, quality[p.label]) for p in pieces if quality[p.label] >= GOOD]
    if not good:
        return float(max((p.box.h for p in pieces), default=1))

    def support(size: float) -> float:
        alike = sum(q for other, q in good if 0.5 * size <= other <= 1.6 * size)
        return float(np.sqrt(size)) * alike

    likely = max((size for size, _ in good), key=support)
    return float(median(size for size, _ in good if 0.5 * likely <= size <= 1.6 * likely))


def _is_dash(piece: Piece, row: Sequence[Piece]) -> bool:
    """Whether this is a level stroke beside the others of a row, not above or below one of them."""
    x, _, w, h = piece.box
    others = (p.box for p in row if p is not piece)
    common = (min(x + w, b.x + b.w) - max(x, b.x) for b in others)
    return w >= DASH * h and max(common, default=0) <= 0.3 * w


def _best_path(
    row: Sequence[Piece],
    ways: Sequence[tuple[Piece, ...]],
    scored: dict[tuple[int, ...], Candidate],
    height: float,
) -> list[tuple[Piece, ...]]:
    """The groups of a row's pieces that are best read as digits; what is in none is left out."""
    at = {piece.label: place for place, piece in enumerate(row)}
    worth = [0.0]
    step: list[tuple[int, tuple[Piece, ...] | None]] = [(0, None)]
    for end, piece in enumerate(row, start=1):
        size = 0.0 if _is_dash(piece, row) else min(1.0, piece.size / height / SMALL)
        worth.append(worth[-1] + log(REJECT) * size**2)
        step.append((end - 1, None))
        for group in ways:
            if at[group[-1].label] != end - 1:
                continue
            start = at[group[0].label]
            joins = max(0, sum(p.size > 0.5 * height for p in group) - 1)
            box = around(group)
            small = min(1.0, max(box.w, box.h) / height / SMALL)
            quality = scored[_key(group)].quality
            value = worth[start] + log(max(quality, 1e-9)) + joins * log(JOIN) + 2 * log(small)
            if value > worth[end]:
                worth[end], step[end] = value, (start, group)
    path: list[tuple[Piece, ...]] = []
    end = len(row)
    while end:
        end, chosen = step[end]
        if chosen is not None:
            path.append(chosen)
    return path[::-1]
