"""The threads that do the queue's work: each claims a job, has a child process do it, and has the outcome
settled.

A worker only waits and writes small things down; the media work happens in the child, so a crash of it costs one job.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from uuid import UUID

import msgspec
import structlog

from server.errors import OutOfSpace, Unavailable
from server.events import JobChanged, JobProgressed, Publish
from server.jobs.outcomes import FULL_SENTENCE, Outcomes
from server.jobs.store import Claimed, JobStore
from server.media.messages import Crashed, Decided, Finished, Progressed, Refused
from server.media.order import Order
from server.storage import Storage
from server.values.jobs import JobState

_log = structlog.get_logger(__name__)

#: Progress goes to listeners as it comes, and to the database this often.
_WRITE_EVERY_S = 2.0
#: A crash can leave at most one job of each worker done and not tidied up after, and those are the last ones.
_UNTIDY_AT_MOST = 64
#: How long a worker waits before it looks again after the database or the disk failed it.
_BACK_OFF_S = 5.0

RunChild = Callable[
    [Order, Callable[[Decided | Progressed], None], Callable[[], bool]], Finished | Refused | Crashed
]
MakeOrder = Callable[[UUID, bool], Order]


class Workers:
    """`count` threads over one store. All methods but `start` may be called from any thread.

    `allowed` says how many may work now, and is asked before each job; `on_busy` is told whenever one was begun.
    """

    def __init__(
        self,
        *,
        store: JobStore,
        storage: Storage,
        run_child: RunChild,
        make_order: MakeOrder,
        publish: Publish,
        count: int,
        keep_originals: bool,
        allowed: Callable[[], int] | None = None,
        on_busy: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._storage = storage
        self._run_child = run_child
        self._make_order = make_order
        self._publish = publish
        self._keep_originals = keep_originals
        self._allowed = allowed or (lambda: count)
        self._on_busy = on_busy
        self._wake = threading.Condition()
        self._signals = 0
        self._stopping = threading.Event()
        self._running: dict[UUID, threading.Event] = {}
        self._unsettled: list[Claimed] = []
        self._outcomes = Outcomes(
            store=store, storage=storage, publish=publish, keep_originals=keep_originals
        )
        self._threads = [threading.Thread(target=self._work, name=f"worker-{n}") for n in range(count)]

    def start(self) -> None:
        """Take up what the last process left, then begin."""
        resumed = self._store.recover()
        if resumed:
            _log.info("jobs_resumed", count=resumed)
        for video_id in self._store.lately_done(_UNTIDY_AT_MOST):
            if self._storage.has_work(video_id):
                self._storage.tidy(video_id, keep_source=self._keep_originals)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the children and the threads. Jobs under way go on at the next start."""
        self._stopping.set()
        with self._wake:
            for stop in self._running.values():
                stop.set()
            self._wake.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def wake(self) -> None:
        """Look at the queue: something was added."""
        with self._wake:
            self._signals += 1
            self._wake.notify_all()
        self._on_busy()

    def all_busy(self) -> bool:
        """Whether a further job would have to wait."""
        with self._wake:
            return len(self._running) >= min(self._allowed(), len(self._threads))

    def any_busy(self) -> bool:
        """Whether a job is being done."""
        with self._wake:
            return bool(self._running)

    def interrupt(self) -> None:
        """End all children; their jobs wait again at the front, until `allowed` lets them go on."""
        with self._wake:
            for stop in self._running.values():
                stop.set()

    def discard_work(self, video_id: UUID) -> None:
        """Remove what a job that is over has left in its work folder, unless another try has begun."""
        with self._wake:
            if video_id not in self._running:
                self._storage.tidy(video_id, keep_source=True)

    def stop_video(self, video_id: UUID) -> bool:
        """End the child that works on a video. False when none does; then nobody else touches its files."""
        with self._wake:
            stop = self._running.get(video_id)
            if stop is not None:
                stop.set()
            return stop is not None

    def _work(self) -> None:
        seen = -1
        while not self._stopping.is_set():
            with self._wake:
                # asked again under the lock: `stop` may have come between the loop's question and here
                if seen == self._signals and not self._stopping.is_set():
                    self._wake.wait()
                seen = self._signals
            try:
                while not self._stopping.is_set() and self._do_next():
                    pass
            except (Unavailable, OutOfSpace) as error:
                _log.warning("queue_unavailable", reason=error.sentence)
                self._retry_later()
            except Exception:
                _log.exception("worker_failed")
                self._retry_later()

    def _retry_later(self) -> None:
        if not self._stopping.wait(_BACK_OFF_S):
            self.wake()

    def _do_next(self) -> bool:
        self._requeue_unsettled()
        if self._outcomes.waits_for_room():
            raise OutOfSpace(FULL_SENTENCE)
        with self._wake:
            if len(self._running) >= self._allowed():
                return False
            claimed = self._store.claim()
            if claimed is None:
                return False
            stop = threading.Event()
            self._running[claimed.video_id] = stop
        self._on_busy()
        try:
            self._run_or_fail(claimed, stop)
        except (Unavailable, OutOfSpace):
            # the outcome could not be written down; the job is taken up again when the database is back
            with self._wake:
                self._unsettled.append(claimed)
            raise
        finally:
            with self._wake:
                # a retry may have given the video to another worker already
                if self._running.get(claimed.video_id) is stop:
                    del self._running[claimed.video_id]
            # deleted while the outcome was settled: `stop_video` left the files to this thread
            if stop.is_set() and not self._store.exists(claimed.job_id):
                self._storage.remove(claimed.video_id)
        return True

    def _requeue_unsettled(self) -> None:
        with self._wake:
            while self._unsettled:
                self._store.again(self._unsettled[-1].job_id, crashed=False, detail="The database was away.")
                self._unsettled.pop()

    def _run_or_fail(self, claimed: Claimed, stop: threading.Event) -> None:
        try:
            self._run(claimed, stop)
        except Unavailable:
            raise
        except OutOfSpace:
            self._outcomes.full_disk(claimed, "no room on the disk")
        except Exception:
            _log.exception("job_failed", job_id=str(claimed.job_id))
            self._outcomes.bug(claimed)

    def _run(self, claimed: Claimed, stop: threading.Event) -> None:
        self._outcomes.announce(claimed, JobState.RUNNING)
        order = self._make_order(claimed.video_id, claimed.always_transcode)
        if claimed.attempts:
            # what ended the child may have been the driver of the graphics card
            order = msgspec.structs.replace(order, encoder="software")
        outcome = self._run_child(order, _Listener(claimed, self._store, self._publish), stop.is_set)
        if stop.is_set() and not isinstance(outcome, Finished):
            self._settle_stop(claimed, stop)
        else:
            self._outcomes.settle(claimed, outcome)

    def _settle_stop(self, claimed: Claimed, stop: threading.Event) -> None:
        detail = "Clipset was stopped; it goes on at the next start." if self._stopping.is_set() else ""
        state = self._outcomes.stopped(claimed, detail)
        if state is JobState.CANCELLED:  # asked for while it was settled; a retry may have begun since
            with self._wake:
                if self._running.get(claimed.video_id) is stop:
                    self._storage.tidy(claimed.video_id, keep_source=True)
        if state is not None and not self._stopping.is_set():
            self._outcomes.announce(claimed, state)


class _Listener:
    """Hears one child: writes its decision and, now and then, its progress; publishes every message."""

    def __init__(self, claimed: Claimed, store: JobStore, publish: Publish) -> None:
        self._claimed = claimed
        self._store = store
        self._publish = publish
        self._written_s = time.monotonic()

    def __call__(self, message: Decided | Progressed) -> None:
        if isinstance(message, Decided):
            self._store.decided(self._claimed.job_id, message)
            self._publish(
                JobChanged(
                    job_id=self._claimed.job_id, video_id=self._claimed.video_id, state=JobState.RUNNING
                )
            )
        else:
            self._publish(
                JobProgressed(
                    job_id=self._claimed.job_id,
                    video_id=self._claimed.video_id,
                    progress=message.progress,
                    speed=message.speed,
                    eta_ms=message.eta_ms,
                    watchable_ms=message.watchable_ms,
                )
            )
            now = time.monotonic()
            if now - self._written_s >= _WRITE_EVERY_S:
                self._written_s = now
                self._write(message)

    def _write(self, message: Progressed) -> None:
        try:
            self._store.progressed(self._claimed.job_id, message.progress, message.speed, message.eta_ms)
        except Unavailable as error:
            # the next one will do; a busy database must not cost the encode
            _log.warning("progress_not_written", reason=error.sentence)
