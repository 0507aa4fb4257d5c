"""Readers that worker processes of the tests load: top-level names, because workers are spawned."""

import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from model import ArtifactError, DigitReader, Reading
from model.classifier import Classifier, Scores
from model.errors import NotAnImage
from model.pipeline.params import DEFAULT
from tests.bot.readings import (
    make_card,
    make_digit,
    make_reading,
)


def always_seven() -> DigitReader:
    """Return the real pipeline around a network that takes everything for a 7."""

    def classify(glyphs: Any) -> Scores:
        digits = np.full((len(glyphs), 10), 0.001)
        digits[:, 7] = 0.991
        return Scores(digits=digits, digitness=np.ones(len(glyphs)))

    return DigitReader(cast("Classifier", classify), make_card(), DEFAULT)


class Troublemaker:
    """Does to its process what the image says."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def read(self, data: bytes) -> Reading:
        """Read a command."""
        command, _, argument = data.decode().partition(" ")
        if command in DEEDS:
            DEEDS[command]()
        elif command == "crash-once":
            first = not Path(argument).exists()
            Path(argument).touch()
            if first:
                os._exit(3)
        elif command == "keep":
            self._kept.append(b"x" * int(argument))
        elif command == "broken":
            raise NotAnImage("This is no image.")
        elif command == "bug":
            raise RuntimeError("a bug")
        return make_reading(make_digit(os.getpid() % 10))


def _spin() -> None:
    while True:
        pass


def _swallow() -> None:
    swallowed = []
    while True:
        swallowed.append(b"x" * 2**24)


DEEDS: dict[str, Callable[[], object]] = {
    "crash": partial(os._exit, 3),
    "segfault": partial(ctypes.string_at, 0),
    "hang": partial(time.sleep, 600),
    "hang-in-c": lambda: ctypes.PyDLL(None).sleep(600),  # where no signal's handler runs
    "spin": _spin,
    "eat": lambda: bytearray(4 * 2**30),  # as NumPy would, at once
    "swallow": _swallow,  # bit by bit
}


class Pair:
    """Reads 7 above 1 in everything."""

    def read(self, data: bytes) -> Reading:
        """Read it."""
        return make_reading(make_digit(7), make_digit(1), number="7|1")


def seven_one() -> Pair:
    """Load it."""
    return Pair()


def troublemaker() -> Troublemaker:
    """Load it."""
    return Troublemaker()


class Named:
    """Answers with the version of its model, as slowly as the image says."""

    def __init__(self, version: str) -> None:
        self._version = version

    def read(self, data: bytes) -> Reading:
        """Read a number of seconds."""
        time.sleep(float(data or b"0"))
        return replace(make_reading(make_digit(7)), model_version=self._version)


def named(version: str) -> Named:
    """Load the model of that version."""
    return Named(version)


class Busy:
    """Keeps the processor busy for as long as the image says."""

    def read(self, data: bytes) -> Reading:
        """Read a number of seconds."""
        end = time.process_time() + float(data)
        while time.process_time() < end:
            pass
        return make_reading(make_digit(7))


def busy() -> Busy:
    """Load it."""
    return Busy()


def deadly(marker: str) -> Named:
    """Crash while loading, as a model that LiteRT chokes on would."""
    Path(marker).touch()
    os._exit(3)


def missing_model() -> Troublemaker:
    """Fail as a missing model does."""
    raise ArtifactError("There is no model.")
