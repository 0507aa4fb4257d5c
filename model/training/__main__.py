"""`python -m model.training FOLDER`: a training process; see `model.training.job`."""

import os
import sys
from contextlib import suppress
from pathlib import Path

NICENESS = 15


def give_way() -> None:
    """Leave the processor to whoever answers people.

    A process with a session of its own is a scheduling group of its own on many Linux systems, and
    there niceness counts within the group alone: the group's own must be set as well.
    """
    os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(f"{NICENESS}", encoding="ascii")


def main() -> int:
    """Run the order in the folder named on the command line; return the exit code."""
    give_way()
    from model.training.job import run  # noqa: PLC0415 - TensorFlow, only after stepping back

    return run(Path(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
