"""Looks for known vulnerabilities in what is pinned: `make audit`.

pip-audit asks the Python Package Index about each requirement. It gets a venv of its own, in
build/, because what it needs is no business of the bot's. Without the network nothing is audited,
which is said, and is no failure: what is pinned has not become worse by it.
"""

import json
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

REQUIREMENTS = ("requirements.txt", "requirements-train.txt")
HOME = Path("build/audit")
PATIENCE = 300  # seconds


def verdict(report: dict[str, Any]) -> tuple[list[str], int, int]:
    """Return what pip-audit found, a line each, how many packages it audited and how many not."""
    packages = report["dependencies"]
    found = [
        f"{package['name']} {package['version']}: {flaw['id']}"
        f" (fixed in {', '.join(flaw['fix_versions']) or 'no version yet'})"
        for package in packages
        for flaw in package.get("vulns", ())
    ]
    audited = sum("vulns" in package for package in packages)
    return found, audited, len(packages) - audited


def audit(requirements: str) -> dict[str, Any]:
    """Return pip-audit's report on a file; raises OSError or SubprocessError if there is none."""
    auditor = HOME / "bin/pip-audit"
    if not auditor.exists():
        venv.create(HOME, with_pip=True)
        _run(HOME / "bin/python", "-m", "pip", "install", "--quiet", "pip-audit")
    done = _run(
        auditor, "--format=json", "--progress-spinner=off", "--disable-pip", "--require-hashes",
        f"--requirement={requirements}", accept=(0, 1),
    )  # fmt: skip
    try:
        report: dict[str, Any] = json.loads(done)
    except ValueError as error:
        raise OSError("pip-audit had no report to give") from error
    return report


def _run(*command: str | Path, accept: Sequence[int] = (0,)) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if done.returncode not in accept:
        last = done.stderr.strip().splitlines()[-1:]
        raise OSError(f"{Path(command[0]).name} ended with {done.returncode}: {' '.join(last)}")
    return done.stdout


def main(ask: Callable[[str], dict[str, Any]] = audit) -> int:
    """Audit each file; return 1 if anything was found."""
    flawed = False
    for requirements in REQUIREMENTS:
        try:
            found, audited, left_out = verdict(ask(requirements))
        except (OSError, subprocess.SubprocessError) as error:
            print(f"{requirements}: AUDIT SKIPPED, the index cannot be asked ({error})")
            continue
        flawed = flawed or bool(found)
        print(*found, sep="\n", end="\n" if found else "")
        if not audited:
            print(f"{requirements}: AUDIT SKIPPED, the index here knows of no vulnerabilities")
        else:
            unknown = f", {left_out} are not known to the index" if left_out else ""
            print(f"{requirements}: {len(found)} vulnerabilities in {audited} packages{unknown}")
    return int(flawed)


if __name__ == "__main__":
    sys.exit(main())
