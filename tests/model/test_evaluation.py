"""What is measured, and how: figures of answers, photos and small pictures put to a reader."""

from pathlib import Path

import numpy as np
import pytest

from model.datasets import GlyphSet, LabelledImage, PhotoSet
from model.evaluation.compare import compare, side_by_side
from model.evaluation.crowd import read_all
from model.evaluation.evaluation import Answered, Evaluation, evaluate
from model.evaluation.figures import figures, rejection
from model.evaluation.measure import BATCH, metric
from model.evaluation.statistics import Share
from model.reader import DigitReader
from tests.model.answers import answer
from tests.model.pictures import encode, page


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader.load()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> PhotoSet:
    """A seven, a four that is labelled 9, blank paper, and a file that is no picture."""
    folder = tmp_path_factory.mktemp("photos")
    files = {
        "7.png": (encode(page(7)), "7"),
        "4.png": (encode(page(4)), "9"),
        "blank.png": (encode(np.full((90, 90, 3), 255, np.uint8)), ""),
        "broken.png": (b"no", "1"),
    }
    for name, (data, _) in files.items():
        (folder / name).write_bytes(data)
    return PhotoSet(
        "photos", tuple(LabelledImage(folder / n, label) for n, (_, label) in files.items())
    )


def glyphs(label: int, count: int = 3) -> GlyphSet:
    """Upright bars."""
    x = np.zeros((count, 28, 28), np.uint8)
    x[:, 4:24, 13:16] = 255
    return GlyphSet("bars", x, np.full(count, label))


def test_a_refusal_counts_as_wrong_but_not_as_overconfident() -> None:
    measured = figures("set", [answer("1", "1", 1.0), answer("2", ""), answer("", "")])
    assert measured.right == Share(2, 3)
    assert measured.refused == Share(1, 2)
    assert measured.accepted == Share(0, 1)
    assert measured.ece == 0


def test_a_digit_read_in_nothing_counts_as_a_claim_that_is_wrong() -> None:
    measured = figures("set", [answer("", "8", 0.9)])
    assert measured.accepted == Share(1, 1)
    assert measured.ece == pytest.approx(0.9)


def test_numbers_count_in_full_and_by_digits() -> None:
    answers = [
        answer("12|34", "12|34"),
        answer("2024", "224"),
        answer("1 2", "21"),
        answer("7", "7"),
    ]
    measured = figures("set", answers)
    assert measured.right == Share(3, 4)
    assert measured.numbers == Share(2, 3)
    assert measured.digits == Share(10, 11)
    assert measured.confusion[0, 10] == 1


def test_digits_beyond_those_of_the_label_cost_as_much_as_missed_ones() -> None:
    assert figures("set", [answer("12", "1234")]).digits == Share(0, 2)
    assert figures("set", [answer("12", "1234567")]).digits == Share(0, 2)


def test_confusion_counts_truth_by_row_and_none_last() -> None:
    table = figures(
        "set",
        [answer("7", "1"), answer("7", "7"), answer("3", ""), answer("", "8"), answer("", "")],
    ).confusion
    assert table.sum() == 5
    assert (table[7, 1], table[7, 7], table[3, 10], table[10, 8], table[10, 10]) == (1, 1, 1, 1, 1)


def test_rejection_is_judged_by_the_readers_score() -> None:
    curve = rejection([answer("1", "1", 0.9), answer("2", "2", 0.3)], [answer("", "5", 0.6)])
    assert curve is not None
    assert curve.area == 0.5


def test_a_card_takes_accuracy_and_calibration() -> None:
    measured = metric("set", [answer("1", "1", 1.0), answer("2", "3", 0.5)])
    assert (measured.set, measured.count, measured.accuracy) == ("set", 2, 0.5)
    assert measured.ece == pytest.approx(0.25)
    with pytest.raises(ValueError, match="nothing"):
        metric("set", [])


def test_photos_are_read_from_their_files(reader: DigitReader, photos: PhotoSet) -> None:
    told: list[int] = []
    (part,) = evaluate(reader, [photos], told.append).sets
    seven, four, blank, broken = part.answers
    assert (seven.number, seven.is_right, four.number, four.is_right) == ("7", True, "4", False)
    (claim,) = seven.claims
    assert claim.glyph.shape == (28, 28)
    assert claim.box is not None
    assert seven.score > 0.5
    assert blank.refused
    assert blank.is_right
    assert broken.refused
    assert not broken.is_right
    assert sum(told) == 4
    assert not part.is_of_glyphs


def test_small_pictures_are_asked_which_digit_and_others_whether(reader: DigitReader) -> None:
    ones, nothing = evaluate(reader, [glyphs(1), glyphs(10)]).sets
    assert ones.is_of_glyphs
    assert ones.figures.right == Share(3, 3)
    assert nothing.figures.right == Share(0, 3)
    assert nothing.figures.accepted == Share(3, 3)
    assert evaluate(reader, [glyphs(1)]).rejection is None, "they are no photos"


def test_many_small_pictures_can_be_stopped_between_batches(reader: DigitReader) -> None:
    told: list[int] = []

    def stop(count: int) -> None:
        told.append(count)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(reader, [glyphs(1, 5 * BATCH)], stop)
    assert told == [BATCH, BATCH]


def test_several_processes_answer_as_one_does(reader: DigitReader, photos: PhotoSet) -> None:
    images = photos.images * 13  # enough to be shared out
    together = list(read_all(None, images, jobs=2))
    alone = evaluate(reader, [photos]).sets[0].answers
    assert [a.name for a in together] == [i.path.name for i in images]
    assert [(a.number, a.score) for a in together] == [(a.number, a.score) for a in alone] * 13


def evaluation(reader: DigitReader, *answers: str) -> Evaluation:
    """What was answered to 7, 7, 1, 1, …"""
    given = tuple(answer("71"[i // 2 % 2], said) for i, said in enumerate(answers))
    return Evaluation(reader.card, (Answered("set", given),))


def test_two_models_are_compared_on_each_picture(reader: DigitReader) -> None:
    before, after = evaluation(reader, "7", "1", "7", ""), evaluation(reader, "1", "7", "1", "1")
    (part,) = side_by_side(before, after).sets
    assert [c.before.number for c in part.newly_right] == ["1", "7", ""]
    assert [(c.before.number, c.after.number) for c in part.newly_wrong] == [("7", "1")]
    assert part.p == 0.625
    assert part.verdict == "no clear difference"


@pytest.mark.parametrize(
    ("first", "second", "verdict"), [("1", "7", "better"), ("7", "1", "worse")]
)
def test_a_difference_is_called_one_from_six_to_none_on(
    reader: DigitReader, first: str, second: str, verdict: str
) -> None:
    def seven_times(said: str, times: int) -> Evaluation:
        return Evaluation(reader.card, (Answered("set", tuple([answer("7", said)] * times)),))

    for times, expected in ((5, "no clear difference"), (6, verdict)):
        (part,) = side_by_side(seven_times(first, times), seven_times(second, times)).sets
        assert part.verdict == expected


def test_a_reader_beside_itself_is_no_different(reader: DigitReader, photos: PhotoSet) -> None:
    told: list[int] = []
    comparison = compare(reader, reader, [photos, glyphs(1)], told.append)
    assert [part.p for part in comparison.sets] == [1.0, 1.0]
    assert not any(part.newly_right or part.newly_wrong for part in comparison.sets)
    assert sum(told) == 2 * (4 + 3)
    assert comparison.after.rejection is not None


def test_an_unreadable_photo_still_has_a_place(tmp_path: Path, reader: DigitReader) -> None:
    (tmp_path / "7.png").write_bytes(b"no")
    images = (LabelledImage(tmp_path / "7.png", "7"),)
    (part,) = evaluate(reader, [PhotoSet("set", images)]).sets
    assert part.figures.refused == Share(1, 1)
    assert [(a.name, "not a picture" in a.unreadable) for a in part.unreadable] == [("7.png", True)]
