"""Looks ahead while all workers are busy: what will have to be done with the next files, and how long they are.

From that come their places (what takes seconds goes first) and the forecast. It only reads files, and settles nothing.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import structlog

from server.errors import OutOfSpace, Unavailable
from server.events import ConfigChanged, Event, JobChanged, Publish
from server.jobs.store import JobStore
from server.media.messages import Decided
from server.media.order import Order
from server.values.jobs import JobState

_log = structlog.get_logger(__name__)

#: What a look at one file answers; None when the file cannot be read, which its job will find out and say.
Look = Callable[[Order, Callable[[], bool]], Decided | None]
#: The order for a look at a video's source: whether its picture is encoded in any case, and a folder for its traces.
MakeLook = Callable[[UUID, bool, Path], Order]


class Scout:
    """One thread. `wake` and `stop` may be called from any thread."""

    def __init__(
        self,
        *,
        store: JobStore,
        look: Look,
        make_look: MakeLook,
        choices: Callable[[], Order],
        is_needed: Callable[[], bool],
        publish: Publish,
    ) -> None:
        self._store = store
        self._look = look
        self._make_look = make_look
        self._choices = choices
        self._chosen = choices()
        self._is_needed = is_needed
        self._publish = publish
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._seen: set[UUID] = set()
        self._thread = threading.Thread(target=self._work, name="scout", daemon=True)

    def start(self) -> None:
        """Begin to wait for something to look at."""
        self._thread.start()

    def stop(self) -> None:
        """End a look under way, and the thread."""
        self._stopping.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Something waits, or a worker has become busy."""
        self._awake.set()

    def heard(self, event: Event) -> None:
        """Settings may have changed what has to be done with what waits."""
        if isinstance(event, ConfigChanged):
            self.wake()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._awake.wait()
            self._awake.clear()
            try:
                self._forget_what_was_chosen_otherwise()
                while not self._stopping.is_set() and self._is_needed() and self._look_at_next():
                    pass
            except (Unavailable, OutOfSpace, OSError) as error:
                # a forecast less; whoever adds the next job wakes this thread again
                _log.warning("scout_unavailable", reason=str(error))
            except Exception:
                _log.exception("scout_failed")

    def _forget_what_was_chosen_otherwise(self) -> None:
        chosen = self._choices()
        if chosen != self._chosen:
            self._store.forget_looks()
            self._seen.clear()
            self._chosen = chosen  # only now: where the database was busy, it is done at the next wake

    def _look_at_next(self) -> bool:
        found = next((each for each in self._store.to_look_at() if each.job_id not in self._seen), None)
        if found is None:
            return False
        job_id, video_id = found.job_id, found.video_id
        self._seen.add(job_id)
        with tempfile.TemporaryDirectory(prefix="clipset-look-", ignore_cleanup_errors=True) as folder:
            decision = self._look(
                self._make_look(video_id, found.always_transcode, Path(folder)), self._stopping.is_set
            )
        if decision is not None:
            self._store.looked_at(job_id, decision)
            self._publish(JobChanged(job_id=job_id, video_id=video_id, state=JobState.QUEUED))
        return True
