"""Writes corrections as data sets: the glyphs as one .npz, the crops as a folder with a table."""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from bot.services.correction_files import CorrectionFiles
from bot.storage import Correction

SIDE = 28


@dataclass(frozen=True, slots=True)
class Exported:
    """How many there were."""

    digits: int
    others: int  # pictures of no digit
    missing: int  # whose files are gone


def write(folder: Path, corrections: Sequence[Correction], files: CorrectionFiles) -> Exported:
    """Fill a folder.

    corrections.npz has `x`, (n, 28, 28) uint8 with bright ink, and `y`, (n,) int64 from 0 to 9; in
    `none`, (m, 28, 28), are those of no digit. labels.csv has the columns file and label, empty for
    no digit; its files are in crops/.
    """
    crops = folder / "crops"
    crops.mkdir(parents=True)
    glyphs: dict[str, list[np.ndarray]] = {"x": [], "none": []}
    labels, rows, missing = [], [], 0
    for correction in corrections:
        try:
            glyph = _glyph(files.glyph(correction.picture))
            name = f"{correction.picture}.jpg"
            shutil.copyfile(files.crop(correction.picture), crops / name)
        except FileNotFoundError:
            missing += 1
            continue
        truth = correction.verdict.truth
        glyphs["none" if truth is None else "x"].append(glyph)
        if truth is not None:
            labels.append(truth)
        rows.append((f"{crops.name}/{name}", "" if truth is None else truth))
    x, none = (np.array(glyphs[name], np.uint8).reshape(-1, SIDE, SIDE) for name in ("x", "none"))
    np.savez_compressed(folder / "corrections.npz", x=x, y=np.array(labels, np.int64), none=none)
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("file", "label"), *rows])
    return Exported(len(labels), len(glyphs["none"]), missing)


def _glyph(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("L"))
