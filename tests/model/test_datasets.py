"""Labelled images on disk: those that are as they should be, and those that are amiss."""

from pathlib import Path

import numpy as np
import pytest

from model.datasets import GlyphSet, MissingData, PhotoSet, labelled_sets, load_pictures, load_sets


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def collection(path: Path, inverted: bool = False, keys: tuple[str, str] = ("x", "y")) -> Path:
    x = np.zeros((4, 28, 28), np.uint8)
    x[:, 4:24, 12:16] = 255
    arrays = {keys[0]: 255 - x if inverted else x, keys[1]: np.array([1, 1, 1, 1])}
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def test_a_folder_is_read_by_its_table(tmp_path: Path) -> None:
    put(tmp_path, "photos/a.png", "photos/c.png", "b.png")
    table = "file,label,notes\nphotos/a.png,7,x\nphotos/c.png,12 | 34,\nb.png,,\n"
    (tmp_path / "labels.csv").write_text(table)
    sets = labelled_sets(tmp_path)
    assert set(sets) == {"photos", tmp_path.name}
    assert [i.label for i in sets["photos"]] == ["7", "12|34"]
    assert sets[tmp_path.name][0].label == ""


@pytest.mark.parametrize("text", ["\ufefffile,label\na.png,7\n", "file;label\na.png;7\n"])
def test_a_table_may_come_from_a_spreadsheet(tmp_path: Path, text: str) -> None:
    put(tmp_path, "a.png")
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    (images,) = labelled_sets(tmp_path).values()
    assert images[0].label == "7"


def test_images_may_be_sorted_into_folders_instead(tmp_path: Path) -> None:
    put(tmp_path, "7/a.JPG", "7/b.png", "7/notes.txt", "none/c.webp", "other/d.png")
    (images,) = labelled_sets(tmp_path).values()
    assert [(i.path.name, i.label) for i in images] == [
        ("a.JPG", "7"),
        ("b.png", "7"),
        ("c.webp", ""),
    ]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (None, "needs a labels.csv"),
        ("name,label\na.png,1\n", "columns file and label"),
        ("file,label\ngone.png,1\n", r"gone\.png"),
        ("file,label\n", "names no images"),
        ("file,label\na.png,seven\n", "labels a.png with 'seven'"),
    ],
)
def test_a_folder_without_a_proper_table_is_told_what_it_needs(
    tmp_path: Path, table: str | None, says: str
) -> None:
    put(tmp_path, "a.png")
    if table is not None:
        (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(MissingData, match=says):
        labelled_sets(tmp_path)


def test_sets_of_several_folders_have_a_name_each(tmp_path: Path) -> None:
    for folder in ("mine", "yours"):
        put(tmp_path / folder, "photos/a.png")
        (tmp_path / folder / "labels.csv").write_text("file,label\nphotos/a.png,7\n")
    first, second, third = load_sets(
        [tmp_path / "mine", tmp_path / "yours", collection(tmp_path / "small.npz")]
    )
    assert isinstance(first, PhotoSet)
    assert isinstance(third, GlyphSet)
    assert (first.name, third.name) == ("photos", "small")
    assert second.name.endswith("photos")
    assert second.name != first.name
    assert [len(s) for s in (first, second, third)] == [1, 1, 4]


@pytest.mark.parametrize("keys", [("x", "y"), ("x_test", "y_test")])
@pytest.mark.parametrize("inverted", [False, True])
def test_small_pictures_come_with_bright_ink(
    tmp_path: Path, keys: tuple[str, str], inverted: bool
) -> None:
    pictures, labels = load_pictures(collection(tmp_path / "d.npz", inverted, keys))
    assert pictures[0, 10, 13] == 255
    assert pictures[0, 0, 0] == 0
    assert labels.tolist() == [1, 1, 1, 1]


def test_a_file_that_is_no_collection_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"no")
    np.savez(tmp_path / "b.npz", x=np.zeros((2, 28, 28)), y=np.zeros(2))
    np.savez(tmp_path / "c.npz", x=np.zeros((2, 28, 28), np.uint8), y=np.array([1, 11]))
    for name in ("a", "b", "c", "gone"):
        with pytest.raises(MissingData):
            load_pictures(tmp_path / f"{name}.npz")


@pytest.mark.parametrize("damage", ["cut off", "overwritten", "empty", "an array", "a scalar"])
def test_a_damaged_collection_is_said_to_be_none(tmp_path: Path, damage: str) -> None:
    path = collection(tmp_path / "small.npz")
    whole = path.read_bytes()
    if damage == "cut off":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "overwritten":
        path.write_bytes(whole[:60] + bytes(200) + whole[260:])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "an array":
        with path.open("wb") as file:
            np.save(file, np.zeros((4, 28, 28), np.uint8))
    else:
        np.savez(path, x=np.zeros((4, 28, 28), np.uint8), y=np.array(1))
    with pytest.raises(MissingData, match=r"small\.npz"):
        load_pictures(path)


def test_a_row_without_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("label,file\n7\n")
    with pytest.raises(MissingData, match=r"labels\.csv"):
        labelled_sets(tmp_path)


def test_folders_without_images_are_told(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    with pytest.raises(MissingData, match="hold no images"):
        labelled_sets(tmp_path)


def test_a_set_that_is_named_twice_is_one(tmp_path: Path) -> None:
    path = collection(tmp_path / "small.npz")
    assert len(load_sets([path, path])) == 1
