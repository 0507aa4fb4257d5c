"""Puts many images to a model with several processes: photos as they are, or damaged on purpose."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import cv2

from model.datasets import LabelledImage
from model.errors import UnreadableImage
from model.evaluation.answer import Answer
from model.evaluation.corruptions import CORRUPTIONS, corrupted
from model.evaluation.measure import read_image
from model.pipeline.image import decode
from model.reader import DigitReader

FULL = 1280  # pixels of the longer side of what is damaged: the largest that Telegram delivers

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_reader: DigitReader  # one for each process, set once by `_start`


@dataclass(frozen=True, slots=True)
class Trial:
    """An image to be damaged and read."""

    image: LabelledImage
    kind: int  # which of CORRUPTIONS
    severity: int  # which of its severities
    seed: int


def processors() -> int:
    """How many processes there is work for."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_all(model: Path | None, images: Sequence[LabelledImage], jobs: int) -> Iterator[Answer]:
    """Read images as users' photos are read, in order; an unreadable one counts as refused."""
    yield from _share_out(model, _read, images, jobs)


def read_damaged(model: Path | None, trials: Sequence[Trial], jobs: int) -> Iterator[bool]:
    """Whether each damaged image is still answered right in full, in order."""
    yield from _share_out(model, _read_damaged, trials, jobs)


def _share_out(
    model: Path | None, work: Callable[[_Task], _Result], tasks: Sequence[_Task], jobs: int
) -> Iterator[_Result]:
    if jobs == 1 or len(tasks) < 50:
        _start(model, alone=True)
        yield from map(work, tasks)
        return
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start, (model, False))
    try:
        yield from pool.map(work, tasks, chunksize=8)
    finally:
        pool.shutdown(cancel_futures=True)


def _start(model: Path | None, alone: bool) -> None:
    global _reader  # noqa: PLW0603 - the process is the object that owns it
    if not alone:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it, ends it
        cv2.setNumThreads(1)
    _reader = DigitReader.load(model)


def _read(image: LabelledImage) -> Answer:
    return read_image(_reader, image, image.path.read_bytes())


def _read_damaged(trial: Trial) -> bool:
    kind = CORRUPTIONS[trial.kind]
    seed = (trial.seed, trial.kind, trial.severity, crc32(trial.image.path.name.encode()))
    try:
        pixels = decode(trial.image.path.read_bytes(), FULL).pixels
    except UnreadableImage:
        return not trial.image.label
    data = corrupted(pixels, kind, kind.severities[trial.severity], seed)
    return read_image(_reader, trial.image, data).is_right
