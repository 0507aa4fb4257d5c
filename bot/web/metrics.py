"""What Prometheus is told: https://prometheus.io/docs/instrumenting/exposition_formats.

Nothing is counted here, and nothing global is used: numbers that the bot keeps anyway are written
down at each scrape.
"""

import itertools
import time
from collections.abc import Iterator
from typing import get_args

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    StateSetMetricFamily,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from bot.services.health import Health
from bot.services.meter import BOUNDS, Meter
from model.training.events import Phase

__all__ = ["CONTENT_TYPE_LATEST", "exposition"]

_LIMITS = [*map(str, BOUNDS), "+Inf"]
_PROCESS = ProcessCollector(registry=CollectorRegistry())


def exposition(health: Health, meter: Meter) -> bytes:
    """Return all metrics as text."""
    return generate_latest(_Metrics(health, meter))


class _Metrics(Collector):
    """All there is at one scrape."""

    def __init__(self, health: Health, meter: Meter) -> None:
        self._health = health
        self._meter = meter

    def collect(self) -> Iterator[Metric]:
        yield from _PROCESS.collect()
        yield from self._work()
        yield from self._state()

    def _work(self) -> Iterator[Metric]:
        photos = CounterMetricFamily(
            "digitbot_photos", "Pictures by what came of them.", labels=["result"]
        )
        for result, count in self._meter.photos.items():
            photos.add_metric([result], count)
        yield photos
        stages = HistogramMetricFamily(
            "digitbot_stage_seconds",
            "How long answering took: by stage, and as a whole.",
            labels=["stage"],
        )
        for stage, latency in self._meter.stages.items():
            buckets = zip(_LIMITS, itertools.accumulate(latency.counts), strict=True)
            stages.add_metric([stage], list(buckets), latency.total)
        yield stages
        health = self._health
        yield CounterMetricFamily(
            "digitbot_updates_retried", "Updates that were tried again.", health.retried
        )
        yield CounterMetricFamily(
            "digitbot_reader_restarts", "Reader workers that were replaced.", health.restarts
        )

    def _state(self) -> Iterator[Metric]:
        health = self._health
        yield GaugeMetricFamily("digitbot_ready", "Whether /readyz says so.", int(health.is_ready))
        yield GaugeMetricFamily(
            "digitbot_updates_waiting", "Updates that are not done.", health.waiting
        )
        yield GaugeMetricFamily(
            "digitbot_updates_poisonous",
            "Updates that were given up after three tries.",
            health.poisonous,
        )
        if health.heard is not None:
            yield GaugeMetricFamily(
                "digitbot_heard_timestamp_seconds",
                "When Telegram last answered.",
                time.time() - health.heard,
            )
        yield InfoMetricFamily(
            "digitbot_model", "The model that answers.", {"version": health.model}
        )
        phase = health.training.phase if health.training else None
        phases = {name: name == phase for name in get_args(Phase)}
        yield StateSetMetricFamily(
            "digitbot_training", "What a training does, if one runs.", phases
        )
