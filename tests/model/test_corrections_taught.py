"""Which corrections are learned from: not everybody's, not all of one's, none twice."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from model.artifact import load_artifact
from model.classifier import Classifier, Scores
from model.pipeline.normalise import normalise
from model.training.corrections import (
    PER_PERSON_AND_LABEL,
    Choice,
    choose,
    load_glyphs,
)
from model.training.events import Measured, SetResult
from model.training.gate import judge
from model.training.order import Correction
from model.training.strokes import draw_digit

ANNA, BEN, MALLORY = 1, 2, 666
NOT_A_DIGIT = 10


def correction(number: int, person: int, label: int, *, is_reviewed: bool = False) -> Correction:
    return Correction(number, person, Path(f"{number}.png"), label, is_reviewed)


def glyphs(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Pictures of which no two are alike."""
    return np.random.default_rng(seed).integers(0, 256, (count, 28, 28), np.uint8)


def opinions(answers: list[int], confidence: float) -> Scores:
    """What a model says that is so sure of these answers."""
    digits = np.full((len(answers), 10), (1 - confidence) / 9)
    digits[np.arange(len(answers)), answers] = confidence
    return Scores(digits, np.full(len(answers), 0.99))


def used(choice: Choice) -> int:
    return len(choice.taught) + len(choice.held_back)


def test_what_contradicts_a_sure_model_waits_for_an_admin() -> None:
    given = [
        correction(1, ANNA, 1),
        correction(2, ANNA, 7),
        correction(3, ANNA, 3),
        correction(4, ANNA, 1, is_reviewed=True),
    ]
    sure = opinions([7, 7, 3, 7], 0.99)
    choice = choose(given, glyphs(4), sure)
    assert choice.suspects == (1,)
    assert used(choice) == 3
    assert not choose(given, glyphs(4), opinions([7, 7, 3, 7], 0.6)).suspects


def test_no_digit_is_a_class_to_learn_and_to_doubt() -> None:
    given = [correction(1, ANNA, NOT_A_DIGIT), correction(2, BEN, NOT_A_DIGIT)]
    scores = Scores(opinions([7, 7], 0.99).digits, np.array([0.5, 0.99]))
    choice = choose(given, glyphs(2), scores)
    assert choice.suspects == (2,)
    assert [*choice.taught.labels, *choice.held_back.labels] == [NOT_A_DIGIT]


def test_one_person_counts_only_so_much() -> None:
    given = [correction(n, ANNA, 5) for n in range(60)] + [correction(99, BEN, 5)]
    choice = choose(given, glyphs(61), opinions([5] * 61, 0.5))
    assert used(choice) == PER_PERSON_AND_LABEL + 1
    assert choice.over_cap == 60 - PER_PERSON_AND_LABEL


def test_the_same_glyph_counts_once_and_not_while_people_disagree() -> None:
    pictures = np.repeat(glyphs(2), 2, axis=0)
    given = [
        correction(1, ANNA, 3),
        correction(2, BEN, 3),
        correction(3, ANNA, 4),
        correction(4, BEN, 9),
    ]
    choice = choose(given, pictures, opinions([3, 3, 4, 4], 0.5))
    assert choice.duplicates == 1
    assert choice.suspects == (3, 4)
    assert used(choice) == 1


def test_a_fifth_is_held_back_and_always_the_same() -> None:
    given = [correction(n, ANNA, n % 10, is_reviewed=True) for n in range(200)]
    scores = opinions([0] * 200, 0.5)
    choice, again = choose(given, glyphs(200), scores), choose(given, glyphs(200), scores)
    assert 20 <= len(choice.held_back) <= 60
    assert (choice.held_back.pictures == again.held_back.pictures).all()
    assert len(choice.taught) + len(choice.held_back) == 200


def test_200_wrong_sevens_of_one_person_do_not_get_through() -> None:
    """With the shipped model's own opinion of drawn digits, 0 to 6, that somebody calls 7."""
    rng = np.random.default_rng(7)
    drawn: list[NDArray[np.float32]] = []
    while len(drawn) < 200:
        ink, label = draw_digit(rng)
        if label not in (7, NOT_A_DIGIT):
            drawn.append(normalise(np.clip(ink, 0, 1).astype(np.float32)))
    pictures = np.round(np.stack(drawn) * 255).astype(np.uint8)
    scores = Classifier(load_artifact())(np.stack(drawn))
    choice = choose([correction(n, MALLORY, 7) for n in range(200)], pictures, scores)
    assert used(choice) == 0
    assert len(choice.suspects) == 200


def test_no_corrections_are_no_trouble() -> None:
    choice = choose((), glyphs(0), Scores(np.empty((0, 10)), np.empty(0)))
    assert used(choice) == 0


def test_files_that_are_gone_or_no_glyphs_are_passed_over(tmp_path: Path) -> None:
    import cv2  # noqa: PLC0415

    for number, shape in ((1, (28, 28)), (2, (20, 20))):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full(shape, 200, np.uint8))
    (tmp_path / "3.png").write_bytes(b"broken")
    paths = [tmp_path / f"{number}.png" for number in (1, 2, 3, 4)]
    found, pictures = load_glyphs(
        [Correction(n, ANNA, path, 1, False) for n, path in enumerate(paths)]
    )
    assert [c.id for c in found] == [0]
    assert pictures.shape == (1, 28, 28)


def result(name: str, verdict: str, right: int = 0, wrong: int = 0) -> SetResult:
    figures = Measured(0.9, 0.8, 1.0, 0.0, None, None)
    assert verdict in ("better", "worse", "no clear difference")
    return SetResult(name, 10, figures, figures, right, wrong, 0.5, verdict)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sets", "passed", "reason"),
    [
        ([result("MNIST test", "no clear difference", 9, 1)], False, "not better"),
        ([result("MNIST test", "better")], True, "better"),
        ([result("corrections", "no clear difference", 2, 0)], True, "better"),
        ([result("corrections", "no clear difference", 2, 2)], False, "not better"),
        ([result("corrections", "better"), result("MNIST test", "worse")], False, "worse"),
    ],
)
def test_the_gate(sets: list[SetResult], passed: bool, reason: str) -> None:
    judgement = judge(sets)
    assert (judgement.passed, judgement.reason) == (passed, reason)


def test_a_suspect_takes_nothing_of_others_along() -> None:
    """A liar may send the very glyph that another person has corrected, later."""
    pictures = np.concatenate([glyphs(1), glyphs(3, seed=7), glyphs(1)])
    given = [
        correction(1, BEN, 1),
        *(correction(n, MALLORY, 1) for n in (2, 3, 4)),
        correction(5, MALLORY, 1),
    ]
    doubtful, sure = opinions([1], 0.6), opinions([7, 7, 7, 1], 0.99)
    scores = Scores(
        np.concatenate([doubtful.digits, sure.digits]),
        np.concatenate([doubtful.digitness, sure.digitness]),
    )
    choice = choose(given, pictures, scores)
    assert choice.suspects == (2, 3, 4, 5), "who is mostly contradicted is not believed at all"
    assert used(choice) == 1
    assert choice.duplicates == 0
