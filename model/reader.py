"""The one way from bytes to a `Reading`: decode, ink, glyphs, normalise, classify."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np

from model.artifact import load_artifact
from model.candidate import Candidate
from model.card import ModelCard
from model.classifier import Classifier
from model.pipeline.evidence import alone, on_one_paper, sharpness
from model.pipeline.glyphs import Glyph, enclosing, find_glyphs
from model.pipeline.image import Photo, Picture
from model.pipeline.ink import InkMap, ink_maps, likeliest
from model.pipeline.normalise import normalise
from model.pipeline.params import DEFAULT, PipelineParams
from model.pipeline.pieces import Sheet, lay_out
from model.pipeline.surroundings import without_surroundings
from model.reading import Box, Digit, Reading, Reason, Timings
from model.transcribe import Judge, Page, set_back, transcribe

SURE = 0.85  # a reading this good ends the search for a better view of the ink
LATER = 0.97  # each further opinion on the ink is believed this much less
PAGES = 4  # opinions that are read as whole pages, at most
ENOUGH = 0.5  # a page of less merit is not read
BROKEN = 6  # pieces that a broken digit may be taken for
HARDLY = 0.5  # a broad glyph of less quality may be digits that touch
CROWD = 150  # pieces of ink
TINY = 16  # pixels of the longest side that a digit needs
BLURRED = 0.25  # edges softer than this are no pen's
ACCEPT = 0.55  # a candidate of less standing is no digit


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A reading with what each stage made on the way, for those who want to look."""

    reading: Reading
    decoded: Picture
    chosen: Candidate | None


class _Judged(NamedTuple):
    worth: float  # how good an answer it would be; 0 if it is not to be believed
    page: Page


NO_PAGE = _Judged(0.0, Page((), 0.0))


class DigitReader:
    """Reads images. Holds no state but the model; threads may share it."""

    def __init__(self, classifier: Classifier, card: ModelCard, params: PipelineParams) -> None:
        self.card = card
        self.classifier = classifier
        self._params = params

    @classmethod
    def load(cls, path: Path | None = None) -> "DigitReader":
        """Load the model in folder `path`, or the shipped one.

        Raises:
            ArtifactError: the model is missing, damaged, or made for another pipeline.
        """
        artifact = load_artifact(path)
        classifier = Classifier(artifact)
        classifier(np.zeros((1, 28, 28), np.float32))  # ready now, not at the first photo
        return cls(classifier, artifact.card, DEFAULT)

    def read(self, data: bytes) -> Reading:
        """Read the digit in an image file.

        Raises:
            UnreadableImage: `data` is not an image that can be read.
        """
        return self.trace(data).reading

    def trace(self, data: bytes) -> Trace:
        """Like `read`, and keep what the stages made.

        Raises:
            UnreadableImage: as for `read`.
        """
        watch = _Watch()
        photo = Photo(data)
        return self._glance(photo, watch) or self._search(photo, watch)

    def _decoded(self, photo: Photo, side: int) -> Picture:
        return without_surroundings(photo.at(side), self._params.surroundings)

    def _glance(self, photo: Photo, watch: "_Watch") -> Trace | None:
        """Look at few pixels; None unless they show a digit beyond doubt."""
        params = self._params.image
        if max(photo.size) < 1.5 * params.glance:
            return None
        picture = self._decoded(photo, params.glance)
        watch.lap("decode")
        ink = likeliest(picture, self._params.ink)
        watch.lap("ink")
        if ink is None:
            return None
        sheet = lay_out(ink, self._params.glyphs.pieces)
        if _several_pieces(sheet):
            return self._several_at_a_glance(sheet, picture, watch)
        candidates = self._candidates(sheet, 1.0, watch)
        best = _best(candidates)
        if best is None or best.merit(candidates) <= SURE or best.longest < params.legible:
            return None
        return Trace(self._one(best, picture, watch), picture, best)

    def _several_at_a_glance(self, sheet: Sheet, picture: Picture, watch: "_Watch") -> Trace | None:
        legible = self._params.image.legible
        if max(piece.size for piece in sheet.pieces) < legible:
            return None
        worth, page = self._judged_page(sheet, 1.0, watch)
        small = sum(digit.longest < legible for digit in page.digits) > len(page.digits) / 2
        if small or worth <= SURE:
            return None
        return Trace(self._several(page, picture, watch), picture, page.digits[0])

    def _search(self, photo: Photo, watch: "_Watch") -> Trace:
        """Look closely, at one opinion on the ink after another."""
        picture = self._decoded(photo, self._params.image.side)
        watch.lap("decode")
        candidates: list[Candidate] = []
        pages: list[_Judged] = []
        best, merit, crowd = None, 0.0, 0
        belief = 1.0
        for ink in ink_maps(picture, self._params.ink):
            watch.lap("ink")
            sheet = lay_out(ink, self._params.glyphs.pieces)
            crowd = max(crowd, len(sheet.pieces))
            several = len(pages) < PAGES and _several_pieces(sheet)
            page = self._judged_page(sheet, belief, watch) if several else None
            if page is None or page.worth <= SURE:
                own = self._candidates(sheet, belief, watch)
                candidates += own
                best = _best(candidates)
                merit = best.merit(candidates) if best else 0.0
                if page is None and len(pages) < PAGES and _may_touch(_best(own)):
                    page = self._judged_page(sheet, belief, watch)
            if page is not None:
                pages.append(page)
                merit = page.worth or merit
            if merit > SURE:
                break
            belief *= LATER
        watch.lap("ink")
        worth, written = max(pages, key=lambda page: page.worth, default=NO_PAGE)
        if worth > ENOUGH:
            return Trace(self._several(written, picture, watch), picture, written.digits[0])
        if best is not None and best.standing(candidates) >= ACCEPT:
            return Trace(self._one(best, picture, watch), picture, best)
        return Trace(self._none(_why(best, crowd), watch), picture, best)

    def _judged_page(self, sheet: Sheet, belief: float, watch: "_Watch") -> "_Judged":
        page = transcribe(sheet, self._judge(watch), self._params.glyphs, self._params.lines)
        credible = page.credible and not self._is_one(page, sheet, watch)
        watch.lap("glyphs")
        return _Judged(belief * page.merit if credible else 0.0, page)

    def _is_one(self, page: Page, sheet: Sheet, watch: "_Watch") -> bool:
        """Whether these digits are the pieces of one: a dry pen's 7 falls into a 7 and a 1."""
        if len(page.digits) > BROKEN or page.turns:
            return False
        whole = enclosing([digit.glyph.box for digit in page.digits])
        if whole.w > 1.5 * whole.h:
            return False
        candidates = self._candidates(sheet, 1.0, watch)
        return any(
            enclosing([c.glyph.box, whole]) == c.glyph.box and c.merit(candidates) > SURE
            for c in candidates
        )

    def _candidates(self, sheet: Sheet, belief: float, watch: "_Watch") -> list[Candidate]:
        glyphs = find_glyphs(sheet, self._params.glyphs)
        return [
            replace(c, belief=belief * _written(c, sheet))
            for c in self._judge(watch)(sheet.ink, glyphs)
        ]

    def _judge(self, watch: "_Watch") -> Judge:
        def judge(ink: InkMap, glyphs: Sequence[Glyph]) -> list[Candidate]:
            watch.lap("glyphs")
            if not glyphs:
                return []
            pictures = np.stack([normalise(g.ink, self._params.normalise) for g in glyphs])
            watch.lap("normalise")
            scores = self.classifier(pictures)
            watch.lap("classify")
            return [
                Candidate(ink, glyph, picture, tuple(row.tolist()), float(digitness))
                for glyph, picture, row, digitness in zip(
                    glyphs, pictures, scores.digits, scores.digitness, strict=True
                )
            ]

        return judge

    def _none(self, reason: Reason, watch: "_Watch") -> Reading:
        return Reading("no_digit", "", (), self.card.version, Timings(**watch.laps), reason)

    def _one(self, best: Candidate, picture: Picture, watch: "_Watch") -> Reading:
        digit = _digit(best, _to_original(best.glyph.box, picture))
        return Reading("ok", str(digit.digit), (digit,), self.card.version, Timings(**watch.laps))

    def _several(self, page: Page, picture: Picture, watch: "_Watch") -> Reading:
        h, w = picture.grey.shape
        rows = [
            [_digit(c, _to_original(set_back(c.glyph.box, page.turns, w, h), picture)) for c in row]
            for row in page.rows
        ]
        number = "|".join("".join(str(digit.digit) for digit in row) for row in rows)
        digits = tuple(digit for row in rows for digit in row)
        return Reading("ok", number, digits, self.card.version, Timings(**watch.laps))


def _several_pieces(sheet: Sheet) -> bool:
    """Whether there is more ink of the size of a digit than one piece."""
    sizes = [piece.size for piece in sheet.pieces if not sheet.frames(piece.box)]
    clear = [piece.size for piece in sheet.pieces if not sheet.edges(piece.box)]
    size = max(clear or sizes, default=0)
    return sum(0.4 * size <= other for other in sizes) > 1


def _may_touch(best: Candidate | None) -> bool:
    """Whether this may be digits that touch, rather than one."""
    if best is None:
        return False
    return best.glyph.box.w > best.glyph.box.h and best.quality < HARDLY


def _written(candidate: Candidate, sheet: Sheet) -> float:
    """How much speaks for a pen having written it, beside its shape."""
    glyph = candidate.glyph
    if not on_one_paper(glyph.box, sheet.ink):
        return 0.0
    return sqrt(alone(glyph.box, glyph.area, sheet))


def _why(best: Candidate | None, crowd: int) -> Reason:
    """Why there is no digit: what a person might mend first."""
    if best is None:
        return Reason.BLANK
    if best.quality > HARDLY and best.longest < TINY:
        return Reason.TOO_MANY if crowd >= CROWD else Reason.TOO_SMALL
    return Reason.TOO_BLURRED if sharpness(best.glyph.ink) < BLURRED else Reason.NOT_A_DIGIT


def _digit(candidate: Candidate, box: Box) -> Digit:
    value = int(np.argmax(candidate.scores))
    return Digit(value, candidate.scores[value], candidate.scores, box, candidate.picture)


def _best(candidates: Sequence[Candidate]) -> Candidate | None:
    return max(candidates, key=lambda c: c.merit(candidates), default=None)


def _to_original(box: Box, picture: Picture) -> Box:
    k, (width, height) = picture.scale, picture.original
    x, y = min(width - 1, round(box.x * k)), min(height - 1, round(box.y * k))
    return Box(
        x, y, max(1, min(width - x, round(box.w * k))), max(1, min(height - y, round(box.h * k)))
    )


class _Watch:
    """Adds up milliseconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage] = self.laps.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now
