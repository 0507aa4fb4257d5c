"""Labelled images on disk: small pictures in an .npz, photos in a folder with a labels.csv."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.labels import clean_label

Pictures = NDArray[np.uint8]  # (n, h, w), ink is 255
Labels = NDArray[np.int64]  # (n,), 0 to 9
IMAGES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")


class MissingData(Exception):
    """A data set is not where or what it should be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One image file and the digits in it, written as `model.labels` says; "" for none."""

    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Image files, to be read as a user's photos are."""

    name: str
    images: tuple[LabelledImage, ...]

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True, eq=False)
class GlyphSet:
    """Small pictures of one digit's ink each, as MNIST's: they enter the pipeline at stage 4."""

    name: str
    pictures: Pictures
    labels: Labels  # and 10 for what is no digit

    def __len__(self) -> int:
        return len(self.pictures)


def load_sets(paths: Sequence[Path]) -> tuple[PhotoSet | GlyphSet, ...]:
    """Read collections of pictures and folders of images, each under a name of its own.

    Raises:
        MissingData: one of them is not there, or is something else.
    """
    sets: list[PhotoSet | GlyphSet] = []
    for path in dict.fromkeys(path.resolve() for path in paths):
        for part in _sets_in(path):
            twice = any(part.name == other.name for other in sets)
            sets.append(replace(part, name=f"{path}: {part.name}") if twice else part)
    return tuple(sets)


def _sets_in(path: Path) -> Iterator[PhotoSet | GlyphSet]:
    if not path.exists():
        raise MissingData(f"{path} is not there.")
    if path.is_dir():
        for name, images in labelled_sets(path).items():
            yield PhotoSet(name, tuple(images))
    else:
        yield GlyphSet(path.stem, *load_pictures(path))


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
    if not path.exists():
        raise MissingData(f"{path} is not there: name an .npz of digits, such as Keras' mnist.npz.")
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            suffix = part if part or "x" in arrays else "_test"
            x, y = arrays["x" + suffix], arrays["y" + suffix]
    except Exception as error:  # zip and pickle meet a damaged file with exceptions of every kind
        raise MissingData(
            f"{path} is not a collection of digits: an .npz with pictures x and labels y, or "
            "x_test and y_test as in Keras' mnist.npz."
        ) from error
    if (
        x.dtype != np.uint8
        or x.ndim != 3
        or y.shape != x.shape[:1]
        or not np.isin(y, range(10)).all()
    ):
        raise MissingData(f"{path}: x must be (n, h, w) uint8 and y n labels from 0 to 9.")
    return (255 - x if np.median(x) > 127 else x), y.astype(np.int64)


def labelled_sets(folder: Path) -> dict[str, list[LabelledImage]]:
    """The images in `folder` with their labels.

    They are those that `folder`/labels.csv names in its columns `file` and `label`; without one,
    those in the subfolders that are named as their label, such as `7`, or `none`.

    Returns:
        The images of each subfolder that the table names under its name, others under `folder`'s.

    Raises:
        MissingData: there is nothing of the kind, it names a file that is not there, or a label is
            none.
    """
    if not folder.is_dir():
        raise MissingData(f"{folder} is no folder.")
    table = folder / "labels.csv"
    rows = _rows(table) if table.is_file() else _sorted_images(folder)
    sets: dict[str, list[LabelledImage]] = {}
    for file, text in rows:
        try:
            image = LabelledImage(folder / file, clean_label(text))
        except ValueError as error:
            raise MissingData(
                f"{table} labels {file} with {text!r}. A label is the digits, such as 7 or 2024, "
                "with | between rows, or empty for an image without a digit."
            ) from error
        if not image.path.is_file():
            raise MissingData(f"{table} names {file}, which is not there.")
        own = str(Path(file).parent) if table.is_file() else "."
        sets.setdefault(folder.resolve().name if own == "." else own, []).append(image)
    if not sets:
        where = f"{table} names" if table.is_file() else f"The folders in {folder} hold"
        raise MissingData(f"{where} no images.")
    return sets


def _rows(table: Path) -> Iterator[tuple[str, str]]:
    """The files and labels of a table; spreadsheets mark its encoding, and some use semicolons."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            semicolons = ";" in file.readline()
            file.seek(0)
            for row in csv.DictReader(file, delimiter=";" if semicolons else ","):
                yield row["file"] or "", row["label"] or ""
    except (OSError, KeyError, TypeError, csv.Error, UnicodeDecodeError) as error:
        raise MissingData(
            f"{table} needs the columns file and label, in UTF-8; label is the digits, or empty "
            "for an image without any."
        ) from error


def _sorted_images(folder: Path) -> Iterator[tuple[str, str]]:
    """The images in subfolders that are named as the digits in them, or `none`."""
    named = [p for p in sorted(folder.iterdir()) if p.is_dir() and _is_label(p.name)]
    if not named:
        raise MissingData(
            f"{folder} needs a labels.csv with the columns file and label; label is the digits, or "
            "empty for an image without any. Or sort the images into folders named 0 to 9 and none."
        )
    for part in named:
        for file in sorted(part.iterdir()):
            if file.suffix.lower() in IMAGES:
                yield f"{part.name}/{file.name}", "" if part.name == "none" else part.name


def _is_label(name: str) -> bool:
    return name == "none" or (name.isascii() and name.isdigit())
