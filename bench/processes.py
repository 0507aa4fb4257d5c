"""A process started for the benchmark: when it is ready, and what it and its children take."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.settings import Settings

PATIENCE = 120.0  # seconds for a process to get ready
ROOT = Path(__file__).parent.parent  # where `bench` is; it is not installed

# Under this one, our modules would be compiled anew at every start, and a rival's that pip compiled
# would not.
UNUSUAL = ("PYTHONDONTWRITEBYTECODE",)


def environment(**settings: str) -> dict[str, str]:
    """What a bot that is started here knows of the world: these settings, and nobody's own."""
    own = {*UNUSUAL, *(name.upper() for name in Settings.model_fields)}
    inherited = {name: value for name, value in os.environ.items() if name not in own}
    return {**inherited, "PYTHONPATH": f"{ROOT}", **settings}


@dataclass(frozen=True, slots=True)
class Ready:
    """A process that is ready for work."""

    pid: int
    seconds: float  # that took

    def memory(self) -> float:
        """Return the MB that it and its children hold; what they share counts once.

        Only Linux tells what is shared; elsewhere it counts once for each process.
        """
        if not hasattr(psutil.Process, "memory_maps"):
            return sum(process.memory_info().rss for process in self._family()) / 1e6
        private, shared = 0, dict[str, int]()
        for process in self._family():
            for mapped in process.memory_maps():
                private += mapped.private_clean + mapped.private_dirty
                common = mapped.shared_clean + mapped.shared_dirty
                shared[mapped.path] = max(common, shared.get(mapped.path, 0))
        return (private + sum(shared.values())) / 1e6

    def processor_seconds(self) -> tuple[float, float]:
        """Return the processor time used so far: its own, and that of all its children."""
        own, *children = (sum(process.cpu_times()[:2]) for process in self._family())
        return own, sum(children)

    def _family(self) -> list[psutil.Process]:
        process = psutil.Process(self.pid)
        return [process, *process.children(recursive=True)]


@asynccontextmanager
async def python(
    *arguments: str,
    ready: str,
    folder: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Ready]:
    """Run Python until the block is left; it is ready when it prints a line with `ready` in it.

    Raises `RuntimeError`, with what the process said, if it ends before.
    """
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=folder,
        env=environment(**(settings or {})),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None  # it is a pipe
    draining = None
    try:
        async with asyncio.timeout(PATIENCE):
            await _wait_for(ready, process.stdout)
        seconds = time.perf_counter() - start
        draining = asyncio.create_task(process.stdout.read())
        yield Ready(process.pid, seconds)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        if draining is not None:
            await draining


async def _wait_for(ready: str, output: asyncio.StreamReader) -> None:
    said: Sequence[str] = ()
    while line := (await output.readline()).decode(errors="replace"):
        if ready in line:
            return
        said = (*said[-9:], line)
    raise RuntimeError(f"The process ended before it was ready. It said:\n{''.join(said)}")
