"""A throw-away PostgreSQL on a socket in a temporary folder, for tests."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

REQUIRED = "REQUIRE_ALL"  # set in the environment, to fail where something is not installed
DEBIAN = Path("/usr/lib/postgresql")  # keeps the server's programs off the PATH


class NotInstalled(Exception):
    """This machine has no PostgreSQL server."""


class Cluster:
    """A running server, and new databases in it."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._numbers = count(1)

    def create_database(self) -> str:
        """Make an empty database; return its URL."""
        name = f"test{next(self._numbers)}"
        where = ("-h", self._folder, "-U", "postgres")
        subprocess.run([self._programs / "createdb", *where, name], check=True)
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def accepts_connections(self) -> bool:
        """Whether it has started."""
        ready = (self._programs / "pg_isready", "-q", "-h", self._folder)
        return subprocess.run(ready, check=False).returncode == 0


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server, as an ordinary user even if we are root: it would refuse to serve that one.

    Raises `NotInstalled`.
    """
    programs = _programs()
    user = _user()
    with tempfile.TemporaryDirectory(prefix="pg-") as name:  # not pytest's: others must get there
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            user=user,
            cwd=folder,
        )
        options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "log_min_messages=fatal"]
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *options],
            stderr=subprocess.DEVNULL,
            user=user,
            cwd=folder,
        )
        try:
            running = Cluster(programs, folder)
            deadline = time.monotonic() + 120
            while not running.accepts_connections():
                assert server.poll() is None, "PostgreSQL does not start"
                assert time.monotonic() < deadline, "PostgreSQL takes two minutes to start"
                time.sleep(0.05)
            yield running
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing is worth keeping
            server.wait()


def _programs() -> Path:
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = shutil.which("initdb") or (versions[-1] if versions else None)
    if found is None:
        raise NotInstalled("PostgreSQL is not installed (Debian: apt install postgresql)")
    return Path(found).resolve().parent


def _user() -> str | None:
    """Return whom to become, None to stay who we are."""
    return "nobody" if os.name == "posix" and os.geteuid() == 0 else None
