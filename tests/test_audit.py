"""What is made of pip-audit's report; whether there is one depends on the network."""

import subprocess
from typing import Any

import pytest

from scripts import audit

SOUND = {"name": "pillow", "version": "13.0", "vulns": []}
FLAWED = {
    "name": "aiohttp",
    "version": "3.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"]}, {"id": "PYSEC-2", "fix_versions": []}],
}
UNKNOWN = {"name": "typer", "skip_reason": "Dependency not found on PyPI"}


def test_a_vulnerability_is_a_failure_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(lambda _: {"dependencies": [SOUND, FLAWED, UNKNOWN]}) == 1
    told = capsys.readouterr().out
    assert "aiohttp 3.0: PYSEC-1 (fixed in 3.1)" in told
    assert "PYSEC-2 (fixed in no version yet)" in told
    assert "2 vulnerabilities in 2 packages, 1 are not known" in told


def test_an_index_that_knows_nothing_is_not_taken_for_a_clean_bill(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert audit.main(lambda _: {"dependencies": [UNKNOWN]}) == 0
    assert "AUDIT SKIPPED" in capsys.readouterr().out


@pytest.mark.parametrize("error", [OSError("no route"), subprocess.TimeoutExpired("pip", 300)])
def test_without_a_network_it_says_that_it_was_skipped(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: str) -> dict[str, Any]:
        raise error

    assert audit.main(fail) == 0
    assert "AUDIT SKIPPED" in capsys.readouterr().out
