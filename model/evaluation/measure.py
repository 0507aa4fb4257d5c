"""Puts labelled pictures to a reader and notes what it answers."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from model.candidate import credit
from model.card import Metric
from model.classifier import Classifier
from model.datasets import GlyphSet, LabelledImage, Labels, PhotoSet, Pictures
from model.errors import UnreadableImage
from model.evaluation.answer import Answer, Claim, Small
from model.evaluation.figures import figures
from model.labels import NONE
from model.pipeline.normalise import DEFAULT, Ink, NormaliseParams, normalise
from model.reader import CREDIBLE, DigitReader, Trace

BATCH = 500  # pictures scored in one call


def answers(
    reader: DigitReader,
    part: PhotoSet | GlyphSet,
    on_answers: Callable[[int], None] = lambda _: None,
) -> tuple[Answer, ...]:
    """Put all pictures of a set to `reader`; `on_answers` is told how many more are answered.

    It is told often, so that what it raises stops the work soon.
    """
    said: list[Answer] = []
    if isinstance(part, GlyphSet):
        for batch in _batches(reader.classifier, part.pictures, part.labels, DEFAULT):
            said += batch
            on_answers(len(batch))
        return tuple(said)
    for answer in read_images(reader, part.images):
        said.append(answer)
        on_answers(1)
    return tuple(said)


def read_images(reader: DigitReader, images: Iterable[LabelledImage]) -> Iterator[Answer]:
    """Read each image as a user's photo is read; an unreadable one counts as refused."""
    for image in images:
        yield read_image(reader, image, image.path.read_bytes())


def read_image(reader: DigitReader, image: LabelledImage, data: bytes) -> Answer:
    """Read `data`, which is `image`'s file or was made of it."""
    name = image.path.name
    try:
        trace = reader.trace(data)
    except UnreadableImage as error:
        return Answer(
            name, image.label, "", refused=True, picture=image.path, unreadable=str(error)
        )
    reading, chosen = trace.reading, trace.chosen
    claims = tuple(Claim(d.digit, d.confidence, _small(d.glyph), d.box) for d in reading.digits)
    doubted = _small(chosen.picture) if chosen and not claims else None
    return Answer(
        name, image.label, reading.number, claims, not claims, _score(trace), image.path, doubted
    )


def _score(trace: Trace) -> float:
    """How surely the reader takes it for a picture of a digit.

    That is the credit of the glyph it chose. What it accepts for all of its reasons, what
    else is on the page among them, stands above what it refuses.
    """
    belief = trace.chosen.credit if trace.chosen else 0.0
    if trace.reading.status == "no_digit":
        return CREDIBLE * belief
    return CREDIBLE + (1 - CREDIBLE) * belief


def read_pictures(
    classifier: Classifier, pictures: Pictures, labels: Labels, params: NormaliseParams = DEFAULT
) -> list[Answer]:
    """Answer small pictures that are one glyph's ink already: they enter at stage 4.

    Where there is a digit, the question put is which, so each gets one for an answer; `refused`
    tells of those that the reader would not have taken for one. Where there is none (label 10),
    the question is whether there is.
    """
    return list(chain.from_iterable(_batches(classifier, pictures, labels, params)))


def _batches(
    classifier: Classifier, pictures: Pictures, labels: Labels, params: NormaliseParams
) -> Iterator[list[Answer]]:
    for start in range(0, len(pictures), BATCH):
        part = pictures[start : start + BATCH]
        inks = part.astype(np.float32) / np.float32(255)
        glyphs = np.stack([normalise(ink, params) for ink in inks])
        scores = classifier(glyphs)
        yield [
            _to_picture(start + i, int(labels[start + i]), picture, glyph, row, float(digitness))
            for i, (picture, glyph, row, digitness) in enumerate(
                zip(part, glyphs, scores.digits, scores.digitness, strict=True)
            )
        ]


def _to_picture(
    place: int, label: int, picture: Small, glyph: Ink, row: NDArray[np.float64], digitness: float
) -> Answer:
    """The answer to one small picture."""
    belief = credit(digitness, float(row.max()))
    refused = belief < CREDIBLE
    is_silent = refused and label == NONE
    claim = Claim(int(row.argmax()), float(row.max()), _small(glyph))
    return Answer(
        f"#{place}",
        "" if label == NONE else str(label),
        "" if is_silent else str(claim.digit),
        () if is_silent else (claim,),
        refused,
        belief,
        picture,
    )


def _small(glyph: Ink) -> Small:
    return np.round(glyph * 255).astype(np.uint8)


def metric(name: str, answers: list[Answer]) -> Metric:
    """Accuracy and calibration of `answers`, for a card.

    Raises:
        ValueError: there are none.
    """
    if not answers:
        raise ValueError(f"{name}: nothing was answered, so there is nothing to measure")
    measured = figures(name, answers)
    return Metric(name, measured.right.total, measured.right.value, measured.ece)
