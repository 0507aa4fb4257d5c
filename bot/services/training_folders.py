"""What runs of the training keep on the disk: a folder each, and when what goes."""

import shutil
from pathlib import Path
from typing import Final

from bot.storage import Run
from model.training.order import CHECKPOINTS

RUNS: Final = "training"  # in DATA_DIR
KEPT: Final = 20  # folders of runs; the rows stay


class TrainingFolders:
    """The folders of all runs, and what is shared by them."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir.resolve()

    def of(self, run: Run) -> Path:
        """Where a run keeps its files."""
        return self._root / RUNS / f"{run.id}"

    def can_go_on(self, run: Run) -> bool:
        """Whether a run has kept something to go on from."""
        folder = self.of(run)
        return any(folder.glob(CHECKPOINTS)) or any(folder.glob("candidate/*/metadata.json"))

    def remove(self, run: Run) -> None:
        """Leave nothing of a run."""
        shutil.rmtree(self.of(run), ignore_errors=True)

    def tidy(self, run: Run) -> None:
        """Remove what a run that has ended needs no more, and the oldest runs."""
        folder = self.of(run)
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
        for path in folder.glob(CHECKPOINTS):
            path.unlink()
        runs = [f for f in folder.parent.iterdir() if f.is_dir() and f.name.isdecimal()]
        for old in sorted(runs, key=lambda f: int(f.name))[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    def environment(self, run: Run, threads: int) -> dict[str, str]:
        """What the process that trains is to know of them, and how many threads it may use."""
        return {
            "TMPDIR": f"{self.of(run)}",  # what a kill leaves there goes with the folder
            "KERAS_HOME": f"{self._root / 'keras'}",  # where MNIST is kept
            "OMP_NUM_THREADS": f"{threads}",
            "TF_NUM_INTRAOP_THREADS": f"{threads}",
            "TF_NUM_INTEROP_THREADS": "1",
            "OPENCV_FOR_THREADS_NUM": "1",
        }
