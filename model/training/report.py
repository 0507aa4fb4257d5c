"""What came of a run, drawn: for the album in the chat, and as one HTML page."""

from collections.abc import Sequence
from pathlib import Path

from model.drawing.charts import Curve, learning_curves
from model.drawing.png import as_png
from model.drawing.shapes import Drawing
from model.evaluation.compare import Comparison
from model.evaluation.gallery import both_confusions, changed_answers
from model.evaluation.report import as_page
from model.training.events import Step
from model.training.order import REPORT_FILE

POINTS = 300  # on a curve


def write_report(
    comparison: Comparison, steps: Sequence[Step], folder: Path
) -> tuple[tuple[Path, ...], Path]:
    """Draw a run into its folder; return the pictures in the order of the album, and the page."""
    loss, accuracy = _curves(steps)
    drawings = {"1-loss": loss, "2-accuracy": accuracy}
    for n, part in enumerate(comparison.sets[:4], start=3):
        drawings[f"{n}-confusion"] = both_confusions(comparison, part)
    drawings["8-changed"] = changed_answers(comparison)
    pictures = []
    for name, drawing in drawings.items():
        path = folder / f"{name}.png"
        path.write_bytes(as_png(drawing))
        pictures.append(path)
    page = folder / REPORT_FILE
    page.write_bytes(as_page(comparison.after, comparison, (loss, accuracy)))
    return tuple(pictures), page


def _curves(steps: Sequence[Step]) -> tuple[Drawing, Drawing]:
    """Loss and accuracy as they went."""
    loss, accuracy = [], []
    for step in steps[:: max(1, len(steps) // POINTS)]:
        epochs = step.epoch - 1 + step.batch / step.batches
        loss.append((epochs, step.loss))
        accuracy.append((epochs, step.accuracy))
    return (
        learning_curves("Loss on training pictures", [Curve("", tuple(loss))]),
        learning_curves(
            "Accuracy on training pictures", [Curve("", tuple(accuracy))], as_percent=True
        ),
    )
