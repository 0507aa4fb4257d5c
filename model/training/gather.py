"""Gathers what the reader might take for digits in pictures that show none.

    python -m model.training.gather FOLDER OUT.npz [--judge MODEL]

The hard examples are worth most (Felzenszwalb et al. 2010, "hard negatives"), and what the reader
itself looks at is the hardest. A picture may hold digits all the same: a judge, a model which was
taught with an earlier gathering, leaves out what it still takes for one.
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.artifact import Artifact, load_artifact
from model.classifier import Classifier, Scores
from model.datasets import Labels, Pictures
from model.errors import UnreadableImage
from model.litert import Glyphs
from model.pipeline.params import DEFAULT
from model.reader import DigitReader

PER_PICTURE = 25  # glyphs, the likeliest first
MAYBE = 0.1  # what is less likely a digit is known well enough
MOST = 14_000  # glyphs in all: of these the file has a bit over a megabyte
LIKE_SOME = {0: 0.7, 1: 0.0, 7: 0.7}  # rings and angles likelier than this, and strokes, are digits
STILL = 0.6  # what the judge finds likelier than this may be one
LEVELS = 16  # of ink that are kept: they compress twice as well as 256


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Glyphs, and what the network made of them."""

    glyphs: Pictures  # (n, 28, 28) uint8
    digits: Labels  # (n,)
    likely: NDArray[np.float64]  # (n,), the probability that it is this digit


class _Noting(Classifier):
    """Notes what it was asked about."""

    def __init__(self, artifact: Artifact) -> None:
        super().__init__(artifact)
        self.noted: list[tuple[Glyphs, Scores]] = []

    def __call__(self, glyphs: Glyphs) -> Scores:
        found = super().__call__(glyphs)
        self.noted.append((glyphs, found))
        return found


def gather(images: Iterable[bytes]) -> Found:
    """What the shipped model might take for digits in images, unreadable ones left out."""
    artifact = load_artifact(None)
    classifier = _Noting(artifact)
    reader = DigitReader(classifier, artifact.card, DEFAULT)
    parts = []
    for image in images:
        classifier.noted.clear()
        try:
            reader.read(image)
        except UnreadableImage:
            continue
        parts += [_likeliest(_together(classifier.noted))] if classifier.noted else []
    if not parts:
        return Found(np.empty((0, 28, 28), np.uint8), np.empty(0, np.int64), np.empty(0))
    return _joined(parts)


def worth_learning(
    found: Found, judge: Classifier | None, rng: np.random.Generator, most: int = MOST
) -> Pictures:
    """The glyphs that are no digits and might be taken for some, each kind of them once."""
    limits = np.array([LIKE_SOME.get(digit, 1.0) for digit in range(10)])
    chosen = np.flatnonzero((found.likely > MAYBE) & (found.likely <= limits[found.digits]))
    if judge is not None and len(chosen):
        digitness = judge(found.glyphs[chosen].astype(np.float32) / np.float32(255)).digitness
        chosen = chosen[digitness < STILL]
    coarse = found.glyphs[chosen].reshape(len(chosen), 7, 4, 7, 4).mean(axis=(2, 4)) // 32
    _, first = np.unique(coarse.reshape(len(chosen), 49), axis=0, return_index=True)
    chosen = chosen[np.sort(first)]
    if len(chosen) > most:
        chances = found.likely[chosen] / found.likely[chosen].sum()
        chosen = np.sort(rng.choice(chosen, most, replace=False, p=chances))
    step = 255 / (LEVELS - 1)
    return (np.round(found.glyphs[chosen] / step) * step).astype(np.uint8)


def _together(noted: Sequence[tuple[Glyphs, Scores]]) -> Found:
    glyphs = np.concatenate([glyphs for glyphs, _ in noted])
    digits = np.concatenate([scores.digits for _, scores in noted])
    digitness = np.concatenate([scores.digitness for _, scores in noted])
    levels = np.round(255 * glyphs).astype(np.uint8)
    return Found(levels, digits.argmax(axis=1), digits.max(axis=1) * digitness)


def _likeliest(found: Found) -> Found:
    order = np.argsort(-found.likely)
    _, first = np.unique(found.glyphs[order], axis=0, return_index=True)  # opinions often agree
    order = order[np.sort(first)][:PER_PICTURE]
    return Found(found.glyphs[order], found.digits[order], found.likely[order])


def _joined(parts: Sequence[Found]) -> Found:
    return Found(
        np.concatenate([part.glyphs for part in parts]),
        np.concatenate([part.digits for part in parts]),
        np.concatenate([part.likely for part in parts]),
    )


def main(words: Sequence[str] | None = None) -> None:
    """Gather from a folder, and from those in it; `words` are those of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="pictures without digits")
    parser.add_argument("out", type=Path, help="the file to write, such as things.npz")
    parser.add_argument("--judge", type=Path, help="a model taught with an earlier gathering")
    arguments = parser.parse_args(words)
    files = sorted(path for path in arguments.folder.rglob("*") if path.is_file())
    found = gather(path.read_bytes() for path in files)
    judge = None if arguments.judge is None else Classifier(load_artifact(arguments.judge))
    things = worth_learning(found, judge, np.random.default_rng(1))
    np.savez_compressed(arguments.out, x=things)
    print(f"{arguments.out}: {len(things)} of {len(found.glyphs)} glyphs in {len(files)} files")


if __name__ == "__main__":
    main()
