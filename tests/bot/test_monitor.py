"""/healthz, /readyz and /metrics: what machines are told, over HTTP."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import CannotStart, DownloadFailed, FileTooLarge, ReaderFailed
from bot.services.health import PATIENCE, HealthCheck
from bot.services.heartbeat import MAX_AGE, Heartbeat
from bot.services.meter import Meter
from bot.services.reader import ReaderAnswer
from bot.services.trainer import Trainer
from bot.services.training import State
from bot.settings import Address
from bot.storage import Run, RunStatus
from bot.web.monitor import monitoring
from model import UnreadableImage
from tests.bot.readings import FixedModel, make_digit, make_reading


@dataclass
class Counted:
    """Stands for the inbox and for the readers."""

    waiting: int = 0
    retried: int = 0
    poisonous: int = 0
    restarts: int = 0


@dataclass
class FakeDatabase:
    """Answers, or fails, or hangs."""

    problem: Exception | None = None
    hangs: bool = False

    async def ping(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.problem is not None:
            raise self.problem


@dataclass
class Monitored:
    """What is looked after, and the page's address."""

    heartbeat: Heartbeat
    data_dir: Path
    port: int = 0
    database: FakeDatabase = field(default_factory=FakeDatabase)
    counted: Counted = field(default_factory=Counted)
    trainer: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(state=None))
    meter: Meter = field(default_factory=Meter)

    async def get(self, path: str, status: int = 200) -> str:
        found, body = await self.answer(path)
        assert found == status
        return body

    async def answer(self, path: str) -> tuple[int, str]:
        """The status and the body."""
        url = f"http://127.0.0.1:{self.port}{path}"
        async with ClientSession() as session, session.get(url) as answer:
            return answer.status, await answer.text()

    async def metrics(self) -> dict[tuple[str, ...], float]:
        """All samples, by their name and the values of their labels, those in the labels' order."""
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(await self.get("/metrics"))
            for sample in family.samples
        }


@pytest.fixture
async def monitored(tmp_path: Path) -> AsyncIterator[Monitored]:
    async with monitored_in(tmp_path) as it:
        yield it


@asynccontextmanager
async def monitored_in(folder: Path, patience: float = PATIENCE) -> AsyncIterator[Monitored]:
    it = Monitored(Heartbeat(folder), folder)
    check = HealthCheck(
        it.database,
        FixedModel(),
        it.counted,
        it.counted,
        it.heartbeat,
        cast(Trainer, it.trainer),
        patience,
    )
    async with monitoring(Address("127.0.0.1", 0), check, it.meter) as port:
        it.port = port
        it.heartbeat.beat()
        yield it


async def test_it_is_ready_when_everything_is_there(monitored: Monitored) -> None:
    assert await monitored.get("/healthz") == "ok\n"
    told = json.loads(await monitored.get("/readyz"))
    assert told.pop("heard_seconds_ago") >= 0
    assert told == {
        "ready": True,
        "model": FixedModel().card.version,
        "database": "ok",
        "telegram": "ok",
    }


async def test_it_is_alive_but_not_ready_without_telegram(monitored: Monitored) -> None:
    long_ago = time.time() - MAX_AGE - 5
    os.utime(monitored.data_dir / "heartbeat", (long_ago, long_ago))
    told = json.loads(await monitored.get("/readyz", 503))
    assert (told["ready"], told["telegram"]) == (False, "not heard from")
    monitored.heartbeat.stop()
    assert json.loads(await monitored.get("/readyz", 503))["heard_seconds_ago"] is None
    await monitored.get("/healthz")
    monitored.heartbeat.beat()
    await monitored.get("/readyz")


async def test_it_is_not_ready_without_its_database(monitored: Monitored) -> None:
    monitored.database.problem = ConnectionRefusedError("postgresql://anna:secret@host")
    page = await monitored.get("/readyz", 503)
    assert json.loads(page)["database"] == "ConnectionRefusedError"
    assert "secret" not in page
    assert (await monitored.metrics())["digitbot_ready",] == 0


async def test_a_database_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    async with monitored_in(tmp_path, patience=0.01) as monitored:
        monitored.database.hangs = True
        assert "no answer within" in json.loads(await monitored.get("/readyz", 503))["database"]
        assert (await monitored.metrics())["digitbot_ready",] == 0


async def test_photos_are_counted_by_result(monitored: Monitored) -> None:
    seven = ReaderAnswer.of(make_reading(make_digit(7)))
    for outcome in (
        seven,
        seven,
        ReaderAnswer.of(make_reading()),
        UnreadableImage("broken"),
        FileTooLarge(None, 20),
        DownloadFailed(),
        ReaderFailed(),
    ):
        monitored.meter.count(outcome)
    metrics = await monitored.metrics()
    assert {
        labels[1]: n for labels, n in metrics.items() if labels[0] == "digitbot_photos_total"
    } == {
        "digits": 2,
        "no_digit": 1,
        "unreadable": 1,
        "too_large": 1,
        "not_downloaded": 1,
        "failed": 1,
    }


async def test_stages_are_histograms(monitored: Monitored) -> None:
    for seconds in (0.001, 0.01, 0.3, 100.0):
        monitored.meter.stages["read"].add(seconds)
    with pytest.raises(RuntimeError), monitored.meter.stage("send"):
        raise RuntimeError
    metrics = await monitored.metrics()
    name = "digitbot_stage_seconds"
    assert metrics[f"{name}_bucket", "0.005", "read"] == 1
    assert metrics[f"{name}_bucket", "0.01", "read"] == 2, "a bound belongs to its bucket"
    assert metrics[f"{name}_bucket", "0.25", "read"] == 2
    assert metrics[f"{name}_bucket", "30.0", "read"] == 3
    assert metrics[f"{name}_bucket", "+Inf", "read"] == 4
    assert metrics[f"{name}_sum", "read"] == pytest.approx(100.311)
    assert metrics[f"{name}_count", "send"] == 1, "what fails takes time, too"
    assert metrics[f"{name}_count", "whole"] == 0


async def test_counters_and_gauges_are_what_they_count(monitored: Monitored) -> None:
    monitored.counted.waiting = 3
    monitored.counted.retried = 5
    monitored.counted.poisonous = 1
    monitored.counted.restarts = 2
    metrics = await monitored.metrics()
    assert metrics["digitbot_updates_waiting",] == 3
    assert metrics["digitbot_updates_retried_total",] == 5
    assert metrics["digitbot_updates_poisonous",] == 1
    assert metrics["digitbot_reader_restarts_total",] == 2
    assert metrics["digitbot_ready",] == 1
    assert metrics["digitbot_model_info", FixedModel().card.version] == 1
    assert metrics["digitbot_heard_timestamp_seconds",] == pytest.approx(time.time(), abs=60)
    assert metrics["process_resident_memory_bytes",] > 1_000_000


async def test_the_training_is_a_state(monitored: Monitored) -> None:
    async def phases() -> list[str]:
        metrics = await monitored.metrics()
        return [k[1] for k, n in metrics.items() if k[0] == "digitbot_training" and n]

    assert await phases() == []
    run: dict[str, Any] = {"preset": "quick", "status": RunStatus.RUNNING, "user_name": "Ada"}
    monitored.trainer.state = State(cast(Run, SimpleNamespace(**run)), "comparing")
    assert await phases() == ["comparing"]


async def test_nothing_else_is_there(monitored: Monitored) -> None:
    for path in ("/", "/hook", "/metrics/x"):
        status, _ = await monitored.answer(path)
        assert status == 404


async def test_a_port_that_is_taken_is_a_sentence(monitored: Monitored) -> None:
    check = HealthCheck(
        monitored.database, FixedModel(), monitored.counted, monitored.counted, monitored.heartbeat
    )
    with pytest.raises(CannotStart, match=f"MONITOR_LISTEN: .*:{monitored.port}, address already"):
        async with monitoring(Address("127.0.0.1", monitored.port), check, monitored.meter):
            pass
