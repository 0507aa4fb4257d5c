"""What the reader finds in pictures of things, gathered for the network to learn from."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from model.card import model_folder
from model.training import gather as module
from model.training.gather import Found, gather, worth_learning
from model.training.things import load_things
from tests.model.pictures import encode, written


def a_house() -> np.ndarray:
    picture = np.full((300, 300, 3), 255, np.uint8)
    cv2.polylines(picture, [np.array([[60, 140], [150, 60], [240, 140]])], True, (0, 0, 0), 6)
    cv2.rectangle(picture, (80, 140), (220, 250), (0, 0, 0), 6)
    cv2.rectangle(picture, (130, 190), (165, 250), (0, 0, 0), 4)
    return picture


def found(likely: list[float], digits: list[int]) -> Found:
    glyphs = np.random.default_rng(0).integers(0, 256, (len(likely), 28, 28)).astype(np.uint8)
    return Found(glyphs, np.array(digits, int), np.array(likely))


def test_what_is_looked_at_in_pictures_is_gathered_with_what_was_thought_of_it() -> None:
    of_a_digit = gather([encode(written("4"))])
    both = gather([encode(written("4")), b"no image", encode(a_house())])
    assert len(both.glyphs) > len(of_a_digit.glyphs) > 0
    assert both.glyphs.shape[1:] == (28, 28)
    assert both.glyphs.dtype == np.uint8
    assert of_a_digit.digits[0] == 4
    assert of_a_digit.likely[0] > 0.9
    assert (np.diff(of_a_digit.likely) <= 0).all()
    assert len(gather([]).glyphs) == 0


def test_only_what_might_be_taken_for_a_digit_is_worth_learning() -> None:
    rng = np.random.default_rng(0)
    things = found([0.05, 0.5, 0.9, 0.9, 0.5, 0.5], [3, 3, 3, 0, 1, 7])
    kept = worth_learning(things, None, rng)
    assert np.abs(kept.astype(int) - things.glyphs[[1, 2, 5]]).max() <= 255 / 15 / 2 + 1
    assert len(np.unique(kept)) == module.LEVELS
    twice = Found(
        np.concatenate([things.glyphs] * 2), np.tile(things.digits, 2), np.tile(things.likely, 2)
    )
    assert len(worth_learning(twice, None, rng)) == 3
    assert len(worth_learning(found([], []), None, rng)) == 0


def test_there_are_no_more_than_a_file_should_hold() -> None:
    things = found([0.5] * 8, [4] * 8)
    assert len(worth_learning(things, None, np.random.default_rng(0), most=5)) == 5


def test_a_folder_becomes_a_file_from_which_a_judge_leaves_out_what_may_be_digits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "pictures", tmp_path / "things.npz"
    (folder / "more").mkdir(parents=True)
    (folder / "four.png").write_bytes(encode(written("4")))
    (folder / "more" / "house.png").write_bytes(encode(a_house()))

    def gathered(*more: str) -> int:
        module.main([str(folder), str(out), *more])
        assert f"{len(load_things(out))} of " in capsys.readouterr().out
        return len(load_things(out))

    assert gathered() > gathered("--judge", str(model_folder(None)))


def test_the_shipped_ones_are_glyphs() -> None:
    things = load_things()
    assert things.shape == (len(things), 28, 28)
    assert things.dtype == np.uint8
    assert len(things) >= 10_000
    ink = things.reshape(len(things), -1).max(axis=1)
    assert (ink > 100).mean() > 0.99
