"""The one way from bytes to a `Reading`: decode, ink, glyphs, normalise, classify."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.artifact import ModelCard, load_artifact
from model.classifier import Classifier, Scores
from model.pipeline.glyphs import Glyph, find_glyphs
from model.pipeline.image import Picture, decode
from model.pipeline.ink import InkMap, ink_maps
from model.pipeline.normalise import Ink, normalise
from model.pipeline.params import DEFAULT, PipelineParams
from model.reading import Box, Digit, Reading, Reason, Timings

SURE = 0.85  # a reading this good ends the search for a better view of the ink
LATER = 0.97  # each further opinion on the ink is believed this much less
IS_DIGIT = 0.5  # less digitness than this, and it is none


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One glyph of one opinion on the ink, and what the network makes of it."""

    ink: InkMap
    glyph: Glyph
    picture: Ink  # (28, 28)
    scores: tuple[float, ...]
    digitness: float
    merit: float  # by which the best is chosen


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
        self._classify = classifier
        self._params = params

    @classmethod
    def load(cls, path: Path | None = None) -> "DigitReader":
        """Load the model in folder `path`, or the shipped one.

        Raises:
            ArtifactError: the model is missing, damaged, or made for another pipeline.
        """
        artifact = load_artifact(path)
        return cls(Classifier(artifact), artifact.card, DEFAULT)

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
        best: Candidate | None = None
        belief = 1.0
        maps = ink_maps(picture.pixels, self._params.ink)
        while True:
            ink = next(maps, None)
            watch.lap("ink")
            if ink is None:
                break
            found = self._best_of(ink, watch)
            if found is not None and (best is None or found.merit * belief > best.merit):
                best = found
            if best is not None and best.merit > SURE:
                break
            belief *= LATER
        return Trace(self._reading(best, picture, watch), picture, best)

    def _best_of(self, ink: InkMap, watch: "_Watch") -> Candidate | None:
        glyphs = find_glyphs(ink, self._params.glyphs)
        watch.lap("glyphs")
        if not glyphs:
            return None
        pictures = np.stack([normalise(g.ink, self._params.normalise) for g in glyphs])
        watch.lap("normalise")
        scores = self._classify(pictures)
        watch.lap("classify")
        merits = _merits(glyphs, scores)
        i = int(np.argmax(merits))
        return Candidate(
            ink,
            glyphs[i],
            pictures[i],
            tuple(float(s) for s in scores.digits[i]),
            float(scores.digitness[i]),
            float(merits[i]),
        )

    def _reading(self, best: Candidate | None, picture: Picture, watch: "_Watch") -> Reading:
        timings = Timings(**watch.laps)
        version = self.card.version
        if best is None or best.digitness < IS_DIGIT:
            reason = Reason.BLANK if best is None else Reason.NOT_A_DIGIT
            return Reading("no_digit", "", (), version, timings, reason)
        value = int(np.argmax(best.scores))
        box = _to_original(best.glyph.box, picture)
        digit = Digit(value, best.scores[value], best.scores, box, best.picture)
        return Reading("ok", str(value), (digit,), version, timings)


def _merits(
    glyphs: tuple[Glyph, ...], scores: Scores
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How good an answer each glyph would be: sure to be a digit, sure which, and prominent."""
    weights = np.array([g.weight for g in glyphs])
    prominence = np.sqrt(weights / weights.max())
    merits: np.ndarray[tuple[int], np.dtype[np.float64]] = (
        scores.digitness * scores.digits.max(axis=1) * prominence
    )
    return merits


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
