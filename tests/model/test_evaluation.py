"""What is measured, and how: accuracy, calibration, confusion; data sets that are amiss."""

from pathlib import Path

import numpy as np
import pytest

from model.datasets import MissingData, labelled_sets, load_pictures
from model.evaluation.measure import Answer, calibration_error, confusion, metric
from model.evaluation.picture import draw_confusion
from tests.model.pictures import encode, page


def answer(truth: str, said: str, confidence: float = 0.9) -> Answer:
    return Answer("x", truth, said, confidence)


def test_a_refusal_counts_as_wrong_but_not_as_overconfident() -> None:
    answers = [answer("1", "1", 1.0), answer("2", "", 0.0), answer("", "", 0.0)]
    measured = metric("set", answers)
    assert measured.accuracy == pytest.approx(2 / 3)
    assert measured.ece == 0
    assert measured.count == 3


def test_nothing_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="nothing"):
        metric("set", [])


def test_calibration_error_is_the_gap_between_claim_and_truth() -> None:
    honest = [answer("1", "1", 0.75)] * 3 + [answer("1", "2", 0.75)]
    boaster = [answer("1", "1", 0.99)] * 5 + [answer("1", "2", 0.99)] * 5
    assert calibration_error(honest) == pytest.approx(0)
    assert calibration_error(boaster) == pytest.approx(0.49)


def test_confusion_counts_truth_by_row_and_none_last() -> None:
    table = confusion([answer("7", "1"), answer("7", "7"), answer("3", ""), answer("", "8")])
    assert table.sum() == 4
    assert (table[7, 1], table[7, 7], table[3, 10], table[10, 8]) == (1, 1, 1, 1)


def test_a_confusion_matrix_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "confusion.png"
    draw_confusion(confusion([answer("7", "1"), answer("7", "7")]), "two", path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_folder_is_read_by_its_table(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("photos/a.png", "b.png"):
        (tmp_path / name).write_bytes(encode(page()))
    (tmp_path / "labels.csv").write_text("file,label,notes\nphotos/a.png,7,x\nb.png,,\n")
    sets = labelled_sets(tmp_path)
    assert set(sets) == {"photos", tmp_path.name}
    assert sets["photos"][0].label == "7"
    assert sets[tmp_path.name][0].label == ""


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (None, "needs a labels.csv"),
        ("name,label\na.png,1\n", "columns file and label"),
        ("file,label\ngone.png,1\n", r"gone\.png"),
        ("file,label\n", "names no images"),
    ],
)
def test_a_folder_without_a_proper_table_is_told_what_it_needs(
    tmp_path: Path, table: str | None, says: str
) -> None:
    if table is not None:
        (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(MissingData, match=says):
        labelled_sets(tmp_path)


@pytest.mark.parametrize("keys", [("x", "y"), ("x_test", "y_test")])
@pytest.mark.parametrize("inverted", [False, True])
def test_small_pictures_come_with_bright_ink(
    tmp_path: Path, keys: tuple[str, str], inverted: bool
) -> None:
    x = np.zeros((4, 28, 28), np.uint8)
    x[:, 4:24, 12:16] = 255
    arrays = {keys[0]: 255 - x if inverted else x, keys[1]: np.array([1, 1, 1, 1])}
    np.savez(tmp_path / "d.npz", **arrays)  # type: ignore[arg-type]
    pictures, labels = load_pictures(tmp_path / "d.npz")
    assert (pictures == x).all()
    assert labels.tolist() == [1, 1, 1, 1]


def test_a_file_that_is_no_collection_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"no")
    np.savez(tmp_path / "b.npz", x=np.zeros((2, 28, 28)), y=np.zeros(2))
    np.savez(tmp_path / "c.npz", x=np.zeros((2, 28, 28), np.uint8), y=np.array([1, 11]))
    for name in ("a", "b", "c", "gone"):
        with pytest.raises(MissingData):
            load_pictures(tmp_path / f"{name}.npz")
