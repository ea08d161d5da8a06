"""What the queue and the machine under it owe each other: encodes give way to viewers and to the battery, and the
machine stays awake while it works for somebody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from server.events import Event, UploadProgressed, ViewersChanged
from server.jobs import pace
from server.jobs.workers import Workers
from server.power import Power
from server.services.viewers import Viewers

_log = structlog.get_logger(__name__)

#: An upload that has said nothing for so long may be over, or its sender asleep.
_UPLOAD_LINGERS_S = 60.0


class Machine:
    """Asked by the workers before each job, told by events, and looked after by the scheduler. Thread-safe."""

    def __init__(
        self,
        *,
        power: Power,
        viewers: Viewers,
        workers: Callable[[], Workers],
        worker_count: int,
        wait_on_battery: bool,
        stay_awake: bool,
    ) -> None:
        self._power = power
        self._viewers = viewers
        self._workers = workers
        self._worker_count = worker_count
        self._wait_on_battery = wait_on_battery
        self._stay_awake = stay_awake
        self._looking = threading.Lock()
        self._on_battery = False
        self._uploaded_at_s: float | None = None

    def workers_allowed(self) -> int:
        """How many jobs may run now."""
        now = pace.Circumstances(viewers=self._viewers.count(), on_battery=self._on_battery)
        return pace.allowed(self._worker_count, now, wait_on_battery=self._wait_on_battery)

    def heard(self, event: Event) -> None:
        """Let the queue look up when viewers come or go, and remember that somebody is uploading."""
        if isinstance(event, ViewersChanged):
            self._workers().wake()
        elif isinstance(event, UploadProgressed):
            self._uploaded_at_s = time.monotonic()

    def look(self) -> None:
        """See to the battery and to staying awake; the scheduler calls this every few seconds."""
        with self._looking:
            self._see_to_battery()
            self._power.keep_awake(self._stay_awake and self._is_busy())

    def _see_to_battery(self) -> None:
        if not self._wait_on_battery:
            return
        before, self._on_battery = self._on_battery, self._power.on_battery()
        if self._on_battery and not before:
            _log.info("waiting_for_mains")
            self._workers().interrupt()
        elif before and not self._on_battery:
            _log.info("back_on_mains")
            self._workers().wake()

    def _is_busy(self) -> bool:
        uploading = (
            self._uploaded_at_s is not None and time.monotonic() - self._uploaded_at_s < _UPLOAD_LINGERS_S
        )
        return uploading or self._viewers.count() > 0 or self._workers().any_busy()
