"""How a command ends that cannot do what it is asked."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import CannotStart
from model import ModelError


@contextmanager
def problems_on_stderr() -> Iterator[None]:
    """End with one sentence a problem and exit code 2 where something has to be set right first."""
    try:
        yield
    except CannotStart as error:
        print(*error.problems, sep="\n", file=sys.stderr)
    except ModelError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        if error.filename is None:
            raise
        print(f"{error.filename}: {error.strerror}.", file=sys.stderr)
    except KeyboardInterrupt:
        raise SystemExit(130) from None  # as shells say it
    else:
        return
    raise SystemExit(2)
