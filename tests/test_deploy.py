"""What one deploys with: the files name what exists, and agree with the bot and each other.

No container engine takes part: of YAML only what the bot has a say in is looked at.
"""

import itertools
import json
import re
from configparser import ConfigParser
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.cli import app
from bot.services.inbox import GRACE
from bot.services.meter import Meter
from bot.settings import Address, Settings
from bot.web.metrics import exposition
from tests.bot.builders import HEALTHY

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MAKEFILE = (ROOT / "Makefile").read_text()
COMPOSE = (ROOT / "docker-compose.yml").read_text()
YAML = (ROOT / "docker-compose.yml", *DEPLOY.rglob("*.yml"))


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (DEPLOY / "grafana/dashboards/digitbot.json").read_text(encoding="utf-8")
    )
    return found


def exposed() -> set[str]:
    """Return the names of all samples that the bot has for Prometheus."""
    text = exposition(replace(HEALTHY, poisonous=1), Meter()).decode()
    families = text_string_to_metric_families(text)
    return {sample.name for family in families for sample in family.samples}


def test_the_dashboard_asks_for_metrics_that_there_are(dashboard: dict[str, Any]) -> None:
    asked = " ".join(t["expr"] for panel in dashboard["panels"] for t in panel["targets"])
    names = set(re.findall(r"\b(?:digitbot|process)_\w+", asked))
    assert len(names) > 10
    assert names - exposed() == set()


def test_what_the_bot_counts_is_on_the_dashboard(dashboard: dict[str, Any]) -> None:
    asked = " ".join(t["expr"] for panel in dashboard["panels"] for t in panel["targets"])
    ours = {name for name in exposed() if name.startswith("digitbot_")}
    assert {name for name in ours if name.removesuffix("_sum") not in asked} <= {
        "digitbot_stage_seconds_count",
        "digitbot_stage_seconds_sum",
    }


def test_panels_do_not_lie_on_each_other(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        across = range(place["x"], place["x"] + place["w"])
        cells = set(itertools.product(across, range(place["y"], place["y"] + place["h"])))
        assert not cells & taken, panel["title"]
        assert across.stop <= 24
        taken |= cells


def test_the_dashboard_is_drawn_from_the_source_that_is_provisioned(
    dashboard: dict[str, Any],
) -> None:
    source = (DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text()
    (uid,) = re.findall(r"uid: (\w+)", source)
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} == {uid}


def test_compose_mounts_what_is_there() -> None:
    mounts = re.findall(r"- \./([\w./-]+):(/[\w./-]+):ro", COMPOSE)
    assert len(mounts) == 3
    for source, _ in mounts:
        assert (ROOT / source).exists(), source
    targets = [target for _, target in mounts]
    (path,) = re.findall(
        r"path: (\S+)", (DEPLOY / "grafana/provisioning/dashboards/digitbot.yml").read_text()
    )
    assert path in targets


def test_compose_gives_the_bot_settings_that_it_knows() -> None:
    bot = COMPOSE.partition("\n  bot:\n")[2].partition("\n  postgres:\n")[0]
    given = dict(re.findall(r"^      ([A-Z_]+): (\S+)", bot, re.M))
    assert given.keys() <= {name.upper() for name in Settings.model_fields}
    monitor = Address.parse(given["MONITOR_LISTEN"])
    assert f'"bot:{monitor.port}"' in (DEPLOY / "prometheus.yml").read_text()
    assert f":{Address.parse(given['WEBHOOK_LISTEN']).port}" in bot.partition("# ports:")[2]
    assert given["DATA_DIR"] in (ROOT / "Dockerfile").read_text()
    assert f"- data:{given['DATA_DIR']}" in bot


def test_containers_run_as_nobody_who_may_write_elsewhere() -> None:
    stage = (ROOT / "Dockerfile").read_text().partition(" AS runtime\n")[2]
    assert re.findall(r"^USER (.+)$", stage, re.M) == ["1000:1000"], "as a number, and for good"
    assert re.findall(r"^VOLUME (.+)$", stage, re.M) == ["/app/data"]
    bot = COMPOSE.partition("\n  bot:\n")[2].partition("\n  postgres:\n")[0]
    assert re.search(r"^    read_only: true$", bot, re.M)
    assert re.search(r"^    cap_drop: \[ALL\]$", bot, re.M)


def test_compose_lets_the_bot_stop_in_its_own_time() -> None:
    (grace,) = re.findall(r"stop_grace_period: (\d+)s", COMPOSE)
    assert int(grace) > GRACE + 3


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_yaml_is_indented_by_twos(path: Path) -> None:
    for line in path.read_text().splitlines():
        indent = len(line) - len(line.lstrip(" "))
        assert indent % 2 == 0, line
        assert "\t" not in line


def test_the_unit_starts_a_command_that_there_is_and_gives_it_time() -> None:
    unit = ConfigParser(interpolation=None, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string((DEPLOY / "digitbot.service").read_text())
    service = unit["Service"]
    program, *flags, command = service["ExecStart"].split()
    assert program.endswith("/.venv/bin/python")
    assert flags == ["-OO", "-m", "bot"], "as in the Makefile"
    assert f"$(BIN)/python {' '.join(flags)} {command};" in MAKEFILE
    assert command in {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    assert int(service["TimeoutStopSec"]) > GRACE + 3
    assert service["RestartPreventExitStatus"] == "2", "see problems_on_stderr"
    assert service["Environment"].partition("=")[2].endswith(service["StateDirectory"])
