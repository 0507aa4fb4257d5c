"""The last question to a model: one that cannot read a plain digit is not served."""

from dataclasses import replace

import numpy as np
import pytest

from model import ArtifactError, DigitReader
from model.artifact import load_artifact
from model.classifier import Classifier, Scores
from model.litert import Glyphs
from model.pipeline.params import DEFAULT
from model.proof import known_image, prove


class Parrot(Classifier):
    """Says 3 to everything, beyond doubt."""

    def __call__(self, glyphs: Glyphs) -> Scores:
        return Scores(np.tile(np.eye(10)[3], (len(glyphs), 1)), np.ones(len(glyphs)))


def test_the_shipped_model_is_let_through() -> None:
    reader = DigitReader.load()
    assert reader.read(known_image()).number == "7"
    prove(reader)


def test_a_model_that_reads_a_plain_seven_as_something_else_is_not() -> None:
    artifact = load_artifact()
    reader = DigitReader(Parrot(artifact), replace(artifact.card, version="parrot"), DEFAULT)
    with pytest.raises(ArtifactError, match="parrot cannot be served: it reads a plain 7 as 3"):
        prove(reader)
