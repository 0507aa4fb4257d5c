"""The command line as a process of its own, for tests."""

import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Self


class BotProcess:
    """`python -m bot COMMAND` with these settings and nothing else from outside.

    It runs as long as the context it starts with: what a test leaves running is killed.
    """

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        self._folder = folder
        self._arguments = arguments
        kept = ("PATH", "HOME", "LD_LIBRARY_PATH", "COVERAGE_PROCESS_START")
        self._environment = {name: os.environ[name] for name in kept if name in os.environ}
        self._environment |= {"DATA_DIR": str(folder / "data"), **settings}
        self.process: asyncio.subprocess.Process

    async def __aenter__(self) -> Self:
        """Start it; what it writes can be read once it has ended."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *self._arguments,
            cwd=self._folder,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Kill it, unless it has ended."""
        if self.process.returncode is None:
            self.process.kill()
            await self.ended()

    async def ended(self) -> tuple[int, str]:
        """Wait for its end; return the exit code and what it wrote to stderr."""
        async with asyncio.timeout(120):
            _, stderr = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, stderr.decode()

    async def stop(self) -> tuple[int, str]:
        """Ask it to end, as Docker does."""
        if self.process.returncode is None:
            self.process.terminate()
        return await self.ended()


async def run_bot(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """Run a command to its end; return the exit code and what it wrote to stderr."""
    async with BotProcess(folder, *arguments, **settings) as process:
        return await process.ended()


def free_port() -> int:
    """Return one that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
