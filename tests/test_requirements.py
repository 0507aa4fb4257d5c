"""The locked requirements: complete, of one mind, and checked by hash. `make lock` writes them."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVE, TRAIN, DEV = "requirements.txt", "requirements-train.txt", "requirements-dev.txt"


@cache
def pins(file: str) -> dict[str, set[str]]:
    """Return the versions of each package that a file pins; platforms may differ."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.+-]+)", (ROOT / file).read_text(), re.M):
        found.setdefault(name, set()).add(version)
    return found


def asked_for(*extras: str) -> set[str]:
    """Return the names that pyproject.toml asks for, as a lock file spells them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in wanted}


@pytest.mark.parametrize(
    ("file", "extras"),
    [(SERVE, ("postgres",)), (TRAIN, ("train",)), (DEV, ("train", "dev", "postgres"))],
)
def test_everything_asked_for_is_pinned(file: str, extras: tuple[str, ...]) -> None:
    assert asked_for(*extras) <= pins(file).keys()


def test_the_files_agree() -> None:
    for smaller, larger in ((SERVE, TRAIN), (TRAIN, DEV)):
        differing = {
            name for name, version in pins(smaller).items() if pins(larger)[name] != version
        }
        assert not differing


def test_serving_does_not_install_tensorflow() -> None:
    assert not {"tensorflow", "keras"} & pins(SERVE).keys()


@pytest.mark.parametrize("file", [SERVE, TRAIN, DEV])
def test_every_package_has_a_hash(file: str) -> None:
    requirements = re.split(r"^(?=[\w.-]+==)", (ROOT / file).read_text(), flags=re.M)[1:]
    assert requirements
    assert [text.split()[0] for text in requirements if "--hash=sha256:" not in text] == []
