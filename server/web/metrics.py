"""Measurements for Prometheus: what was answered, what moved, and what the services say when asked."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.events import Event, JobChanged
from server.services.stats import StatsService
from server.services.uploads import Uploads
from server.values.jobs import JobState
from server.web.listener import Answered, Listener

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counts answers and ended jobs as they come; everything else is asked when somebody looks. Thread-safe."""

    def __init__(
        self, *, stats: StatsService, uploads: Uploads, listener: Callable[[], Listener], token: str
    ) -> None:
        self._token = token
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "clipset_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._durations = Histogram(
            "clipset_http_request_duration_seconds",
            "Time until the answer was ready to be sent.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._jobs_ended = Counter(
            "clipset_jobs_ended", "Jobs that ended since the start.", ("state",), registry=self._registry
        )
        self._registry.register(_Figures(stats, uploads, listener))
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)

    def admits(self, authorization: str | None) -> bool:
        """Whether an `Authorization` header holds the monitoring program's token."""
        expected = f"bearer {self._token}".encode()
        scheme, _, token = (authorization or "").partition(" ")
        given = f"{scheme.lower()} {token.strip()}".encode()
        return bool(self._token) and hmac.compare_digest(given, expected)

    def answered(self, answer: Answered) -> None:
        """Count an answer. Routes and methods are of known names alone, so that nobody can make up new ones."""
        method = answer.method if answer.method in _METHODS else "other"
        route = answer.route or "none"
        self._requests.labels(method, route, str(answer.status)).inc()
        self._durations.labels(method, route).observe(answer.duration_s)

    def heard(self, event: Event) -> None:
        """Count a job that has ended."""
        if isinstance(event, JobChanged) and event.state in _ENDED:
            self._jobs_ended.labels(event.state.value).inc()

    def text(self) -> bytes:
        """All of it, in Prometheus' text format. Asks the database."""
        return generate_latest(self._registry)


class _Figures(Collector):
    """What is asked when somebody looks."""

    def __init__(self, stats: StatsService, uploads: Uploads, listener: Callable[[], Listener]) -> None:
        self._stats = stats
        self._uploads = uploads
        self._listener = listener

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not ask a database that is not there yet."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The figures as they are now."""
        stats, listener = self._stats.snapshot(), self._listener()
        yield CounterMetricFamily("clipset_sent_bytes", "Bytes sent.", value=listener.bytes_sent)
        yield CounterMetricFamily("clipset_received_bytes", "Bytes received.", value=listener.bytes_received)
        for name, about, value in (
            ("clipset_connections", "Connections open now.", listener.open_connections),
            ("clipset_viewers", "People who are watching now.", stats.viewers_now),
            ("clipset_uploads_receiving", "Uploads whose bytes are arriving now.", self._uploads.receiving),
            ("clipset_jobs_queued", "Jobs that wait.", stats.jobs_queued),
            ("clipset_jobs_running", "Jobs that run.", stats.jobs_running),
            ("clipset_users", "Accounts.", stats.users),
            ("clipset_active_users", "Accounts that may sign in.", stats.active_users),
            ("clipset_stored_bytes", "Bytes of all videos.", stats.bytes_stored),
            ("clipset_free_bytes", "Bytes free on the disk of the videos.", stats.bytes_free),
            ("clipset_uptime_seconds", "Time since the start.", stats.uptime_s),
        ):
            yield GaugeMetricFamily(name, about, value=value)
        videos = GaugeMetricFamily("clipset_videos", "Videos by their status.", labels=("status",))
        for status, count in stats.videos_by_status.items():
            videos.add_metric((status,), count)
        yield videos
