"""Labelled images on disk: small pictures in an .npz, photos in a folder with a labels.csv."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]  # (n, h, w), ink is 255
Labels = NDArray[np.int64]  # (n,), 0 to 9


class MissingData(Exception):
    """A data set is not where or what it should be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One image file and the number in it; "" when there is none."""

    path: Path
    label: str


def load_pictures(path: Path, part: str = "") -> tuple[Pictures, Labels]:
    """Read small pictures of one digit each from an .npz.

    Args:
        path: a file with the keys `x` and `y`, or, as Keras' mnist.npz, `x_test` and `y_test`.
        part: the suffix of the keys, such as "_train"; "" takes the first that is there of none
            and "_test".

    Returns:
        The pictures with bright ink, whichever way they were stored, and their labels.

    Raises:
        MissingData: there is no such file, or it holds something else.
    """
    try:
        with np.load(path) as file:
            suffix = part if part or "x" in file else "_test"
            x, y = file["x" + suffix], file["y" + suffix]
    except (OSError, KeyError, ValueError) as error:
        raise MissingData(
            f"{path} is not a collection of digits: an .npz with pictures x and labels y, or "
            "x_test and y_test as in Keras' mnist.npz."
        ) from error
    if x.dtype != np.uint8 or x.ndim != 3 or len(x) != len(y) or not np.isin(y, range(10)).all():
        raise MissingData(f"{path}: x must be (n, h, w) uint8 and y n labels from 0 to 9.")
    return (255 - x if np.median(x) > 127 else x), y.astype(np.int64)


def labelled_sets(folder: Path) -> dict[str, list[LabelledImage]]:
    """The images that `folder`/labels.csv names in its columns `file` and `label`.

    Returns:
        The images of each subfolder under its name, those beside the table under `folder`'s.

    Raises:
        MissingData: there is no such table, or it names a file that is not there.
    """
    table = folder / "labels.csv"
    sets: dict[str, list[LabelledImage]] = {}
    try:
        with table.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                name = str(Path(row["file"]).parent)
                image = LabelledImage(folder / row["file"], row["label"])
                sets.setdefault(folder.resolve().name if name == "." else name, []).append(image)
    except (OSError, KeyError, TypeError, csv.Error, UnicodeDecodeError) as error:
        raise MissingData(
            f"{folder} needs a labels.csv with the columns file and label; label is the digit, "
            "or empty for an image without one."
        ) from error
    missing = [i.path for images in sets.values() for i in images if not i.path.is_file()]
    if missing:
        raise MissingData(f"{table} names {missing[0].name}, which is not there.")
    if not sets:
        raise MissingData(f"{table} names no images.")
    return sets
