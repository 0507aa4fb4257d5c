"""`python -m model.training FOLDER [FD]`: a training process; see `model.training.job`.

FOLDER holds an order.json. FD is an open file through which whoever starts this holds the lock of
the installation already; there is no moment then at which nobody does.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from model.training.order import training_lock

NICENESS = 15


def give_way() -> None:
    """Leave the processor to whoever answers people: take only what nobody else wants.

    A process with a session of its own is a scheduling group of its own on many Linux systems, and
    there niceness counts within the group alone: the group's own must be set as well. Not where the
    session is the shell's of whoever typed the command: all that they do would be slow ever after.
    https://man7.org/linux/man-pages/man7/sched.7.html
    """
    os.nice(NICENESS)
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    if os.getsid(0) != os.getpid():
        return
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(f"{NICENESS}", encoding="ascii")


def main() -> int:
    """Run the order in the folder named on the command line; return the exit code."""
    folder, *held = sys.argv[1:]
    lock = training_lock(Path(folder).parent)
    if not held and not lock.try_acquire(f"{os.getpid()}"):
        print("Another training is running.", file=sys.stderr)
        return 3
    give_way()
    from model.training.job import run  # noqa: PLC0415 - TensorFlow, only after stepping back

    return run(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
