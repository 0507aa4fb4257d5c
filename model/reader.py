"""The one way from bytes to a `Reading`: decode, ink, glyphs, normalise, classify."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np

from model.artifact import load_artifact
from model.card import ModelCard
from model.classifier import Classifier
from model.pipeline.glyphs import Glyph, find_glyphs
from model.pipeline.image import Picture, decode
from model.pipeline.ink import InkMap, ink_maps
from model.pipeline.normalise import Ink, normalise
from model.pipeline.params import DEFAULT, PipelineParams
from model.reading import Box, Digit, Reading, Reason, Timings

SURE = 0.85  # a reading this good ends the search for a better view of the ink
LATER = 0.97  # each further opinion on the ink is believed this much less
ACCEPT = 0.4  # a candidate of less standing is no digit


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One glyph of one opinion on the ink, and what the network makes of it."""

    ink: InkMap
    glyph: Glyph
    picture: Ink  # (28, 28)
    scores: tuple[float, ...]
    belief: float  # in the opinion on the ink that it comes from
    digitness: float  # of the network: that it is a digit, whichever

    def standing(self, rivals: Sequence["Candidate"]) -> float:
        """How surely it is a digit, and the one that is meant: what is small beside another piece
        of ink is a part of something, or dirt.
        """
        prominence = sqrt(self.glyph.weight / max(r.glyph.weight for r in rivals))
        return self.belief * self.digitness * prominence

    def merit(self, rivals: Sequence["Candidate"]) -> float:
        """How good an answer this would be: of good standing, and clearly one digit."""
        return self.standing(rivals) * max(self.scores)


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
        picture = decode(data)
        watch.lap("decode")
        candidates: list[Candidate] = []
        best = None
        belief = 1.0
        maps = ink_maps(picture.pixels, self._params.ink)
        while best is None or best.merit(candidates) <= SURE:
            ink = next(maps, None)
            watch.lap("ink")
            if ink is None:
                break
            candidates += self._candidates(ink, belief, watch)
            best = max(candidates, key=lambda c: c.merit(candidates), default=None)
            belief *= LATER
        if best is None:
            reading = self._none(Reason.BLANK, watch)
        elif best.standing(candidates) < ACCEPT:
            reading = self._none(Reason.NOT_A_DIGIT, watch)
        else:
            reading = self._one(best, picture, watch)
        return Trace(reading, picture, best)

    def _candidates(self, ink: InkMap, belief: float, watch: "_Watch") -> list[Candidate]:
        glyphs = find_glyphs(ink, self._params.glyphs)
        watch.lap("glyphs")
        if not glyphs:
            return []
        pictures = np.stack([normalise(g.ink, self._params.normalise) for g in glyphs])
        watch.lap("normalise")
        scores = self.classifier(pictures)
        watch.lap("classify")
        return [
            Candidate(ink, glyph, picture, tuple(row.tolist()), belief, float(digitness))
            for glyph, picture, row, digitness in zip(
                glyphs, pictures, scores.digits, scores.digitness, strict=True
            )
        ]

    def _none(self, reason: Reason, watch: "_Watch") -> Reading:
        return Reading("no_digit", "", (), self.card.version, Timings(**watch.laps), reason)

    def _one(self, best: Candidate, picture: Picture, watch: "_Watch") -> Reading:
        value = int(np.argmax(best.scores))
        box = _to_original(best.glyph.box, picture)
        digit = Digit(value, best.scores[value], best.scores, box, best.picture)
        return Reading("ok", str(value), (digit,), self.card.version, Timings(**watch.laps))


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
