"""The pictures a network is trained on: of the right form, varied, and the same for a seed."""

import numpy as np
import pytest
from numpy.typing import NDArray

from model.classifier import scores
from model.datasets import Labels
from model.pipeline.normalise import Ink, normalise
from model.training.augment import gentle, photographed
from model.training.calibration import REFUSED, calibrate, fit_temperature, forgiving
from model.training.outliers import outlier
from model.training.printing import print_text
from model.training.strokes import FORMS, NOT_A_DIGIT, SHAPES, draw_digit, draw_nonsense
from model.training.things import load_things


def digit_picture() -> Ink:
    picture = np.zeros((28, 28), np.float32)
    picture[4:7, 6:20] = 1
    picture[4:24, 16:19] = 1
    return picture


@pytest.mark.parametrize("distort", [gentle, photographed])
def test_distorted_pictures_are_glyphs_and_differ(distort: object) -> None:
    assert callable(distort)
    rng = np.random.default_rng(0)
    made = [distort(digit_picture(), rng) for _ in range(40)]
    for glyph in made:
        assert glyph.shape == (28, 28)
        assert glyph.dtype == np.float32
        assert 0 <= glyph.min() <= glyph.max() <= 1
        assert glyph.sum() > 10
    assert np.std([g.sum() for g in made]) > 1
    again = distort(digit_picture(), np.random.default_rng(0))
    assert (again == made[0]).all()


def test_the_pen_knows_the_forms_that_mnist_lacks() -> None:
    digits = {form.digit for form in FORMS}
    assert digits == set(range(10))
    assert all(form.digit == NOT_A_DIGIT for form in SHAPES)
    crossed = [form for form in FORMS if form.digit == 7 and len(form.strokes) == 2]
    hooked = [form for form in FORMS if form.digit == 1 and len(form.strokes[0]) >= 3]
    assert crossed
    assert hooked


def test_everything_drawn_has_ink_and_leaves_paper() -> None:
    rng = np.random.default_rng(0)
    digits = np.zeros((3, 28, 28), np.uint8)
    digits[:, 4:24, 12:16] = 255
    made = [draw_digit(rng)[0] for _ in range(60)]
    made += [draw_nonsense(rng) for _ in range(60)]
    things = load_things()
    made += [outlier(digits, things, rng) for _ in range(150)]
    made += [print_text(str(d), rng) for d in range(10)]
    for ink in made:
        glyph = normalise(np.clip(ink, 0, 1).astype(np.float32))
        assert 0 < glyph.mean() < 0.75


def rather_right() -> tuple[NDArray[np.float32], Labels]:
    """Logits of a network that is mostly right, and what is right."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 4000)
    logits = rng.normal(0, 1, (4000, 11)).astype(np.float32)
    logits[np.arange(4000), labels] += 2.0
    logits[:, 10] = -9
    return logits, labels


def test_the_temperature_makes_overconfident_logits_honest() -> None:
    logits, labels = rather_right()
    honest = fit_temperature(logits, labels)
    boasting = fit_temperature(logits * 3, labels)
    assert boasting == pytest.approx(3 * honest, rel=0.05)


def test_biases_take_back_what_the_lessons_had_too_many_of() -> None:
    logits, labels = rather_right()
    logits[:, 1] += 1.0  # it has seen too many ones
    found = calibrate(logits, labels)
    assert found.biases[1] == min(found.biases)
    plain = scores(logits, fit_temperature(logits, labels)).digits.argmax(axis=1)
    better = scores(logits, found.temperature, found.biases).digits.argmax(axis=1)
    assert (better == labels).sum() > (plain == labels).sum()
    assert found.biases[1] == pytest.approx(-1.0, abs=0.25)
    # However far off they are at first, and where every answer is right, nothing runs away.
    assert all(np.isfinite(calibrate(logits * 40, labels).biases))
    assert calibrate(9 * np.eye(11)[labels], labels).biases == pytest.approx([0] * 10, abs=0.01)


def test_no_more_than_a_few_of_a_thousand_digits_are_refused() -> None:
    logits, labels = rather_right()
    lenient = calibrate(logits, labels)
    assert forgiving(lenient, logits).biases == (*lenient.biases, 0)  # it refuses none
    logits[:, 10] = np.random.default_rng(1).normal(0, 2, len(logits))
    strict = calibrate(logits, labels)
    mended = forgiving(strict, logits)
    assert (mended.temperature, mended.biases[:10]) == (strict.temperature, strict.biases)

    def refused(biases: tuple[float, ...]) -> float:
        found = scores(logits, mended.temperature, biases)
        return float((found.digitness < 0.5).mean())

    assert refused(strict.biases) > 2 * REFUSED
    assert refused(mended.biases) == pytest.approx(REFUSED, abs=5e-4)
