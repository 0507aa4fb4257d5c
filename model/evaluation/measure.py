"""How right and how honest a model or a reader is on labelled images."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.card import Metric
from model.classifier import Classifier
from model.datasets import LabelledImage, Labels, Pictures
from model.errors import UnreadableImage
from model.pipeline.normalise import DEFAULT, NormaliseParams, normalise
from model.reader import ACCEPT, DigitReader

BINS = 15  # of confidence, for the calibration error


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to one labelled image."""

    name: str
    truth: str
    answer: str  # "" for no digit
    confidence: float  # of the answer; 0 for none
    refused: bool = False  # taken for no digit


def read_images(reader: DigitReader, images: Iterable[LabelledImage]) -> Iterator[Answer]:
    """Read each image the way a user's photo is read; an unreadable one counts as no digit."""
    for image in images:
        try:
            reading = reader.read(image.path.read_bytes())
        except UnreadableImage:
            yield Answer(image.path.name, image.label, "", 0.0, refused=True)
            continue
        confidence = (
            float(np.prod([d.confidence for d in reading.digits])) if reading.digits else 0.0
        )
        refused = not reading.digits
        yield Answer(image.path.name, image.label, reading.number, confidence, refused)


def read_pictures(
    classifier: Classifier, pictures: Pictures, labels: Labels, params: NormaliseParams = DEFAULT
) -> list[Answer]:
    """Answer small pictures that are one digit's ink already: they enter at stage 4.

    The question put is which digit, so each gets one for an answer; `refused` tells of those that
    the reader would not have taken for a digit.
    """
    answers = []
    for start in range(0, len(pictures), 500):
        inks = pictures[start : start + 500].astype(np.float32) / np.float32(255)
        scores = classifier(np.stack([normalise(ink, params) for ink in inks]))
        for i, (row, digitness) in enumerate(zip(scores.digits, scores.digitness, strict=True)):
            name, truth = f"#{start + i}", str(int(labels[start + i]))
            refused = bool(digitness < ACCEPT)
            answers.append(Answer(name, truth, str(row.argmax()), float(row.max()), refused))
    return answers


def metric(name: str, answers: list[Answer]) -> Metric:
    """Accuracy and calibration of `answers`; raises ValueError when there are none."""
    if not answers:
        raise ValueError(f"{name}: nothing was answered, so there is nothing to measure")
    right = np.array([a.answer == a.truth for a in answers])
    return Metric(name, len(answers), float(right.mean()), calibration_error(answers))


def calibration_error(answers: list[Answer]) -> float:
    """Expected calibration error (Naeini et al. 2015) over the answers that name a digit."""
    named = [a for a in answers if a.answer]
    if not named:
        return 0.0
    confidence = np.array([a.confidence for a in named])
    right = np.array([a.answer == a.truth for a in named], float)
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def confusion(answers: list[Answer]) -> NDArray[np.int64]:
    """Counts of single digits, (11, 11): row the truth, column the answer, 10 for none."""
    table = np.zeros((11, 11), np.int64)
    for a in answers:
        if len(a.truth) <= 1 and len(a.answer) <= 1:
            table[int(a.truth or 10), int(a.answer or 10)] += 1
    return table
