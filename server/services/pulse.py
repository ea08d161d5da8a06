"""The last half hour in figures, for plots: what goes out, how fast is encoded, how much room is left. In memory."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from server.events import Event, JobChanged, JobProgressed, Publish, Sampled
from server.values.clock import Clock
from server.values.jobs import JobState
from server.values.stats import Sample

EVERY = timedelta(seconds=5)
KEPT = 360


class Pulse:
    """Takes a sample whenever the scheduler asks, and publishes it."""

    def __init__(
        self,
        *,
        bytes_served: Callable[[], int],
        free_bytes: Callable[[], int],
        viewers_now: Callable[[], int],
        publish: Publish,
        clock: Clock,
    ) -> None:
        self._bytes_served = bytes_served
        self._free_bytes = free_bytes
        self._viewers_now = viewers_now
        self._publish = publish
        self._clock = clock
        self._lock = threading.Lock()
        self._samples: deque[Sample] = deque(maxlen=KEPT)
        self._speeds: dict[UUID, float] = {}
        self._last = (time.monotonic(), 0)

    def heard(self, event: Event) -> None:
        """Follow the speed of each running job."""
        with self._lock:
            if isinstance(event, JobProgressed):
                self._speeds[event.job_id] = event.speed or 0.0
            elif isinstance(event, JobChanged) and event.state is not JobState.RUNNING:
                self._speeds.pop(event.job_id, None)

    def sample(self) -> None:
        """Take one now."""
        now_s, served, free = time.monotonic(), self._bytes_served(), self._free_bytes()
        with self._lock:
            before_s, before = self._last
            self._last = (now_s, served)
            taken = Sample(
                at=self._clock(),
                sent_bytes_per_s=max(0.0, (served - before) / max(now_s - before_s, 0.001)),
                encode_speed=sum(self._speeds.values(), 0.0),
                bytes_free=free,
                viewers_now=self._viewers_now(),
            )
            self._samples.append(taken)
        self._publish(Sampled(sample=taken))

    def history(self) -> tuple[Sample, ...]:
        """What is kept, oldest first."""
        with self._lock:
            return tuple(self._samples)
