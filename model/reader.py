"""The one way from bytes to a `Reading`: decode, ink, glyphs, normalise, classify."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import sqrt
from pathlib import Path

from model import compose
from model.artifact import load_artifact
from model.beyond import are_strokes, is_beyond, is_meant, may_be_disc
from model.candidate import Candidate
from model.card import ModelCard
from model.classifier import Classifier
from model.judge import SURE, Judge, JudgedPage
from model.page import Page
from model.pipeline.focus import blur, refocused
from model.pipeline.image import Photo, Picture
from model.pipeline.ink import ink_maps, likeliest
from model.pipeline.params import DEFAULT, PipelineParams
from model.pipeline.pieces import lay_out
from model.pipeline.sheet import Sheet
from model.pipeline.surroundings import without_surroundings
from model.pipeline.within import sheets_within
from model.reading import Reading, Timings
from model.transcribe import LARGE, may_hold_digits
from model.watch import Watch

LATER = 0.97  # each further opinion on the ink is believed this much less
PAGES = 4  # opinions that are read as whole pages, at most; more where rules are taken out
CLEAR = 0.95  # a page of less worth may read better sharpened, if it is out of focus
SHARPENED = 2  # opinions on the ink of a sharpened page
ENOUGH = 0.5  # a page of less merit is not read
HARDLY = 0.5  # a broad glyph of less quality may be digits that touch
ACCEPT = 0.55  # a candidate of less standing is no digit,
CREDIBLE = 0.65  # and one of less credit is none either
UPRIGHT = 0.95  # of this standing it is a digit as it stands, if not clear which
LYING = 0.99  # the quality that a digit on its side needs,
LIKE_M = 0.995  # and a 3, which is an m or a w there,
RIVAL = 0.9  # and that another must not reach, on the other side
EITHER_WAY = (0, 1, 8)  # what on its side looks the same, or like a dash or a loop
BAR = 5  # times as broad as high, it is no digit's size that a piece tells
TURNED = 6  # candidates that are looked at on their side

NO_PAGE = JudgedPage(0.0, Page((), 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A reading with what each stage made on the way, for those who want to look."""

    reading: Reading
    decoded: Picture
    chosen: Candidate | None


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
        classifier.warm_up()  # ready now, not at the first photo
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
        watch = Watch()
        judge = Judge(self.classifier, self._params, watch)
        photo = Photo(data)
        return self._glance(photo, judge, watch) or self._look_closely(photo, judge, watch)

    def _look_closely(self, photo: Photo, judge: Judge, watch: Watch) -> Trace:
        """Look at many pixels, and at a sheet within the picture, if that tells more."""
        whole = photo.at(self._params.image.side)
        found = self._search(self._without_surroundings(whole, watch), judge, watch)
        if len(found.reading.digits) == 1 and not may_be_disc(found.chosen):
            return found
        sheet = sheets_within(whole, self._params.within)
        watch.lap("decode")
        if sheet is None or not is_beyond(found.reading, sheet.box):
            return found
        nearer = self._search(sheet.picture, judge, watch)
        if nearer.chosen is not None and is_meant(
            nearer.reading, nearer.chosen, found.reading, sheet.box
        ):
            return nearer
        timings = Timings(**watch.laps)
        return replace(found, reading=replace(found.reading, timings=timings))

    def _without_surroundings(self, whole: Picture, watch: Watch) -> Picture:
        picture = without_surroundings(whole, self._params.surroundings)
        watch.lap("decode")
        return picture

    def _glance(self, photo: Photo, judge: Judge, watch: Watch) -> Trace | None:
        """Look at few pixels; None unless they show a digit beyond doubt."""
        params = self._params.image
        if max(photo.size) < 1.5 * params.glance:
            return None
        picture = self._without_surroundings(photo.at(params.glance), watch)
        ink = likeliest(picture, self._params.ink)
        watch.lap("ink")
        if ink is None:
            return None
        sheet = lay_out(ink, self._params.glyphs.pieces)
        if _several_pieces(sheet):
            return self._several_at_a_glance(sheet, picture, judge, watch)
        candidates = judge.singles(sheet, 1.0)
        best = _best(candidates)
        if best is None or best.merit(candidates) <= SURE or best.longest < params.legible:
            return None
        if _hides(sheet, best) or may_be_disc(best):  # look closely
            return None
        return self._one(best, picture, watch)

    def _several_at_a_glance(
        self, sheet: Sheet, picture: Picture, judge: Judge, watch: Watch
    ) -> Trace | None:
        legible = self._params.image.legible
        if max(piece.size for piece in sheet.pieces) < legible:
            return None
        judged = judge.page(sheet, 1.0)
        digits = judged.page.digits
        small = sum(digit.longest < legible for digit in digits) > len(digits) / 2
        grain = are_strokes([digit.digit for digit in digits])
        if small or grain or judged.worth <= SURE or self._blur(judged, sheet):
            return None
        return self._several(judged.page, picture, watch)

    def _search(self, picture: Picture, judge: Judge, watch: Watch) -> Trace:
        """Look closely, at one opinion on the ink after another."""
        candidates: list[Candidate] = []
        pages: list[JudgedPage] = []
        best, merit, crowd = None, 0.0, 0
        belief = 1.0
        for ink in ink_maps(picture, self._params.ink):
            watch.lap("ink")
            sheet = lay_out(ink, self._params.glyphs.pieces)
            crowd = max(crowd, len(sheet.pieces))
            several = (len(pages) < PAGES or ink.ruled) and _several_pieces(sheet)
            page = judge.page(sheet, belief) if several else None
            if page is not None and not pages:
                page = self._in_focus(page, sheet, picture, judge)
            if page is None or page.worth <= SURE:
                own = judge.singles(sheet, belief)
                candidates += own
                best = _best(candidates)
                merit = best.merit(candidates) if best else 0.0
                if page is None and len(pages) < PAGES and _may_touch(_best(own)):
                    page = judge.page(sheet, belief)
            if page is not None:
                pages.append(page)
                merit = page.worth or merit
            clear = page.page.clear if page is not None else not _hides(sheet, best)
            if merit > SURE and clear:
                break
            belief *= LATER
        watch.lap("ink")
        written = max(pages, key=lambda page: page.worth, default=NO_PAGE)
        if merit <= SURE and (best is None or best.standing(candidates) < UPRIGHT):
            lying = _lying(candidates, max(merit, written.worth), judge)
            if lying is not None and (written.worth <= ENOUGH or _holds(lying, written.page)):
                return self._one(lying, picture, watch)
        if written.worth > ENOUGH:
            return self._several(written.page, picture, watch)
        if best is not None and best.standing(candidates) >= ACCEPT and best.credit >= CREDIBLE:
            return self._one(best, picture, watch)
        return Trace(compose.none(best, crowd, self.card.version, watch), picture, best)

    def _blur(self, judged: JudgedPage, sheet: Sheet) -> float:
        """How blurred a page is, 0 where it reads well all the same."""
        params = self._params
        return blur(sheet, params.glyphs, params.focus) if judged.worth <= CLEAR else 0.0

    def _in_focus(
        self, judged: JudgedPage, sheet: Sheet, picture: Picture, judge: Judge
    ) -> JudgedPage:
        """Return the page, or the same sharpened, where that reads better."""
        blurred = self._blur(judged, sheet)
        if not blurred:
            return judged
        sharp = refocused(picture, blurred, self._params.focus)
        inks = islice(ink_maps(sharp, self._params.ink), SHARPENED)
        sheets = [lay_out(ink, self._params.glyphs.pieces) for ink in inks]
        pages = [judge.page(other, LATER**later) for later, other in enumerate(sheets)]
        return max([judged, *pages], key=lambda page: page.worth)

    def _one(self, best: Candidate, picture: Picture, watch: Watch) -> Trace:
        return Trace(compose.one(best, picture, self.card.version, watch), picture, best)

    def _several(self, page: Page, picture: Picture, watch: Watch) -> Trace:
        reading = compose.several(page, picture, self.card.version, watch)
        return Trace(reading, picture, page.digits[0])


def _several_pieces(sheet: Sheet) -> bool:
    """Whether there is more ink of the size of a digit than one piece."""
    pieces = [p for p in sheet.pieces if p.box.w < BAR * p.box.h]
    sizes = [piece.size for piece in pieces if not sheet.frames(piece.box)]
    clear = [piece.size for piece in pieces if not sheet.edges(piece.box)]
    size = max(clear or sizes, default=0)
    return sum(0.4 * size <= other for other in sizes) > 1


def _hides(sheet: Sheet, best: Candidate | None) -> bool:
    """Whether rules that this digit does not touch may hold more of its height."""
    if best is None:
        return False
    height = best.longest
    large = [p for p in sheet.pieces if p.size > LARGE * height]
    return any(may_hold_digits(p, height) for p in large)


def _may_touch(best: Candidate | None) -> bool:
    """Whether this may be digits that touch, rather than one."""
    if best is None:
        return False
    return best.glyph.box.w > best.glyph.box.h and best.quality < HARDLY


def _lying(candidates: Sequence[Candidate], merit: float, judge: Judge) -> Candidate | None:
    """A digit of a photo that lies on its side, set upright; None unless it is beyond doubt.

    It must be better than what is read as it stands (`merit`). Where a quarter to the left and one
    to the right make different digits of it, as with 6 and 9, nothing tells which is meant.
    """
    likely = sorted(candidates, key=lambda c: c.belief * sqrt(c.glyph.weight))[-TURNED:]
    turned = [judge.turned(likely, quarters) for quarters in (1, 3)]
    ways = [[c for c in way if c.quality >= RIVAL] for way in turned]
    sure = [c for way in ways for c in way if c.quality >= (LIKE_M if c.digit == 3 else LYING)]
    sure = [c for c in sure if c.standing(candidates) >= ACCEPT]
    best = max(sure, key=lambda c: c.merit(candidates), default=None)
    if best is None or best.merit(candidates) <= merit or best.digit in EITHER_WAY:
        return None
    return best if all(c.digit == best.digit for way in ways for c in way) else None


def _holds(one: Candidate, page: Page) -> bool:
    """Whether all digits that a page shows lie within this one: then they may be its pieces."""
    box = one.glyph.box
    return not page.turns and all(box.contains(d.glyph.box) for d in page.digits)


def _best(candidates: Sequence[Candidate]) -> Candidate | None:
    return max(candidates, key=lambda c: c.merit(candidates), default=None)
