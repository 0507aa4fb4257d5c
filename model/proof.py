"""The last question to a model before it is served: one known image, and what it says of it."""

import cv2
import numpy as np

from model.errors import ArtifactError
from model.reader import DigitReader

ANSWER = "7"


def prove(reader: DigitReader) -> None:
    """Let a reader read a large, plain 7.

    Raises `ArtifactError` if it does not: such a model may be whole and fit this pipeline, and is
    yet not one to answer people with.
    """
    answer = reader.read(known_image()).number
    if answer != ANSWER:
        raise ArtifactError(
            f"The model {reader.card.version} cannot be served: it reads a plain {ANSWER} as"
            f" {answer or 'no digit'}."
        )


def known_image() -> bytes:
    """The image, as a PNG: dark ink on light paper."""
    page = np.full((240, 240), 235, np.uint8)
    seven = np.array([(75, 50), (165, 50), (110, 195)], np.int32)
    cv2.polylines(page, [seven], False, 40, 14, cv2.LINE_AA)
    return cv2.imencode(".png", page)[1].tobytes()
