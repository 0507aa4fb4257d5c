"""The accuracy benchmarks: the recipe does what everybody does, and each part can be left out."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench import ablation, before_after
from bench.ablation import WITHOUT
from bench.lessons import WITHOUT as LESSONS
from bench.lessons import replaced
from bench.recipe import as_mnist
from bench.scenes import SCENES, right
from model import DigitReader
from model.datasets import GlyphSet, PhotoSet, load_sets
from model.pipeline.normalise import DEFAULT
from model.training.data import Lessons
from tests.model.pictures import encode, page


def test_the_recipe_shrinks_inverts_and_divides() -> None:
    picture = as_mnist(encode(page(7, paper=(255, 255, 255), ink=(0, 0, 0))))
    assert picture.shape == (28, 28)
    assert picture.dtype == np.float32
    assert picture[0, 0] == 0
    assert picture.max() > 0.5


def test_its_patch_makes_strokes_wider() -> None:
    data = encode(page(1, pen=0.02, paper=(255, 255, 255)))
    assert as_mnist(data, erode=True).sum() > 1.3 * as_mnist(data).sum()


def test_what_is_no_image_is_an_empty_picture() -> None:
    assert not as_mnist(b"no").any()


# Of a stem on a line nobody knows whether it is a 1 with a foot.
STEMS_ON_A_LINE = "on a line that it touches"


@pytest.mark.parametrize("name", SCENES)
def test_in_every_scene_most_digits_are_read(name: str) -> None:
    reader, scene = DigitReader.load(), SCENES[name]
    drawn = [as_mnist(encode(page(d, size=(200, 200), height=0.7, pen=0.1))) for d in (1, 4, 7)]
    pictures = np.stack([(255 * ink).astype(np.uint8) for ink in drawn * 4 * scene.digits])
    labels = np.array([1, 4, 7] * 4 * scene.digits)
    assert right(reader, scene, (pictures, labels), 12) >= (4 if name == STEMS_ON_A_LINE else 9)
    assert right(reader, scene, (pictures, (labels + 1) % 10), 12) == 0


def test_every_part_left_out_makes_another_pipeline() -> None:
    whole, *parts = WITHOUT.values()
    assert whole == ablation.Part()
    assert all(part != whole for part in parts)
    assert all(a != b for i, a in enumerate(parts) for b in parts[:i])


def test_every_small_training_has_other_lessons() -> None:
    rng = np.random.default_rng(0)
    digits = rng.integers(0, 256, (165, 28, 28), np.uint8), rng.integers(0, 10, 165)
    batches = []
    for instead in LESSONS.values():
        with replaced(instead):
            batches.append(Lessons(digits, [], DEFAULT, seed=1)[0][0])
    assert len({batch.tobytes() for batch in batches}) == len(LESSONS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for digit in (1, 4, 7):
        (tmp_path / f"{digit}.png").write_bytes(encode(page(digit)))
    (tmp_path / "blank.png").write_bytes(encode(np.full((90, 90, 3), 255, np.uint8)))
    (tmp_path / "labels.csv").write_text("file,label\n1.png,1\n4.png,4\n7.png,7\nblank.png,\n")
    return tmp_path


def test_an_ablation_has_a_line_for_each_part(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ablation.main([folder])
    lines = capsys.readouterr().out
    assert "4/4" in lines
    assert all(name in lines for name in WITHOUT)


def test_the_recipe_is_judged_on_the_same_pictures(folder: Path, tmp_path: Path) -> None:
    def seven(pictures: NDArray[np.float32]) -> NDArray[np.int64]:
        assert pictures.shape[1:] == (28, 28)
        assert 0 <= pictures.min() <= pictures.max() <= 1
        return np.full(len(pictures), 7)

    bars = np.zeros((2, 28, 28), np.uint8)
    cv2.line(bars[0], (14, 4), (14, 23), 255, 2)
    test = GlyphSet("MNIST test", bars, np.array([1, 7]))
    (photos,) = load_sets([folder])
    assert isinstance(photos, PhotoSet)
    cells = before_after.usual_right(test, [photos], seven, False)
    assert cells == ["1/2", "1/4", "100%"]


def test_a_data_set_that_is_missing_ends_in_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"labels\.csv"):
        ablation.main([tmp_path])
