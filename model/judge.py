"""Stages 4 and 5 for what one reading looks at: glyphs become candidates, sheets become pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from model.candidate import Candidate
from model.classifier import Classifier
from model.page import Page
from model.pipeline.evidence import alone, empty, is_circle, is_fold, is_shade, on_one_paper
from model.pipeline.glyphs import Glyph, find_glyphs
from model.pipeline.ink import InkMap
from model.pipeline.normalise import Ink, normalise
from model.pipeline.params import PipelineParams
from model.pipeline.sheet import Sheet, enclosing
from model.transcribe import transcribe
from model.watch import Watch

SURE = 0.85  # a reading this good ends the search for a better view of the ink
FULL = 0.5  # how far to believe in a digit that encloses something else
BROKEN = 6  # pieces that a broken digit may be taken for


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """What a sheet says, read as a page of digits."""

    worth: float  # how good an answer it would be; 0 if it is not to be believed
    page: Page


class Judge:
    """Asks the network about glyphs, and weighs what it says."""

    def __init__(self, classifier: Classifier, params: PipelineParams, watch: Watch) -> None:
        self._classifier, self._params, self._watch = classifier, params, watch

    def __call__(self, ink: InkMap, glyphs: Sequence[Glyph]) -> list[Candidate]:
        """Have glyphs of one opinion on the ink scored, all in one call of the network."""
        self._watch.lap("glyphs")
        pictures = self._pictures([glyph.ink for glyph in glyphs])
        unread = [Candidate(ink, *pair, (), 0.0) for pair in zip(glyphs, pictures, strict=True)]
        return self._scored(unread)

    def singles(self, sheet: Sheet, belief: float) -> list[Candidate]:
        """Return what may be the one digit of a sheet."""
        glyphs = [
            glyph
            for glyph in find_glyphs(sheet, self._params.glyphs)
            if not (sheet.edges(glyph.box) and is_shade(glyph.box, sheet.ink))
        ]
        return [
            replace(candidate, belief=belief * _written(candidate, sheet))
            for candidate in self(sheet.ink, glyphs)
        ]

    def page(self, sheet: Sheet, belief: float) -> JudgedPage:
        """Read a sheet as a page of digits."""
        page, credible = self._transcribed(sheet)
        if not credible and len(marked := sheet.inside_mark()) > 1:
            page, credible = self._transcribed(replace(sheet, pieces=marked))
        self._watch.lap("glyphs")
        return JudgedPage(belief * page.merit if credible else 0.0, page)

    def _transcribed(self, sheet: Sheet) -> tuple[Page, bool]:
        """A sheet as a page, and whether that is to be believed."""
        page = transcribe(sheet, self, self._params.glyphs, self._params.lines)
        return page, page.credible and not self._is_one(page, sheet)

    def turned(self, candidates: Sequence[Candidate], quarters: int) -> list[Candidate]:
        """Look at candidates again, turned by so many quarters counter-clockwise."""
        inks = [np.ascontiguousarray(np.rot90(c.glyph.ink, quarters)) for c in candidates]
        pictures = self._pictures(inks)
        return self._scored(
            [replace(c, picture=p) for c, p in zip(candidates, pictures, strict=True)]
        )

    def _pictures(self, inks: Sequence[Ink]) -> list[Ink]:
        pictures = [normalise(ink, self._params.normalise) for ink in inks]
        self._watch.lap("normalise")
        return pictures

    def _scored(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        if not candidates:
            return []
        scores = self._classifier(np.stack([candidate.picture for candidate in candidates]))
        self._watch.lap("classify")
        return [
            replace(candidate, scores=tuple(row.tolist()), digitness=float(digitness))
            for candidate, row, digitness in zip(
                candidates, scores.digits, scores.digitness, strict=True
            )
        ]

    def _is_one(self, page: Page, sheet: Sheet) -> bool:
        """Whether these digits are the pieces of one: a dry pen's 7 falls into a 7 and a 1."""
        if len(page.digits) > BROKEN or page.turns:
            return False
        whole = enclosing([digit.glyph.box for digit in page.digits])
        if whole.w > 1.5 * whole.h:
            return False
        candidates = self.singles(sheet, 1.0)
        return any(c.glyph.box.contains(whole) and c.merit(candidates) > SURE for c in candidates)


def _written(candidate: Candidate, sheet: Sheet) -> float:
    """How much speaks for a pen having written it, beside its shape."""
    glyph = candidate.glyph
    if not on_one_paper(glyph.box, sheet.ink):
        return 0.0
    if candidate.digit == 1 and is_fold(glyph.box, sheet.ink):
        return 0.0
    if candidate.digit == 0 and is_circle(glyph.ink):
        return 0.0
    return sqrt(alone(glyph.box, glyph.area, sheet)) * (1.0 if empty(glyph.box, sheet) else FULL)
