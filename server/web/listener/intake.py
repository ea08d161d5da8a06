"""Carries a streamed body from the loop to its sink: a bounded queue per upload, drained by a few writer threads.

The loop only ever appends to memory here, so a slow disk stops the uploads that need it and nothing else.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from enum import Enum

import structlog
from structlog.contextvars import bound_contextvars

from server.web.listener.admission import Sink

_log = structlog.get_logger(__name__)

QUEUE_BYTES = 1 << 20
"""Bytes one upload may hold in memory before its socket is no longer read; one more piece may come on top."""

_TURN_BYTES = 1 << 20
"""Bytes written for one upload before the next one has its turn."""


class Writers:
    """A few threads that write for all uploads in turn.

    Daemons: a dead disk must not keep the program alive.
    """

    def __init__(self, threads: int) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._open_intakes = 0
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._run, name=f"upload-writer-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Wait until every intake has ended, at most `timeout_s`, then end the threads.

        False when one had not.
        """
        with self._changed:
            drained = self._changed.wait_for(lambda: self._open_intakes == 0, timeout_s)
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            if drained and thread.is_alive():
                thread.join(timeout_s)
        return drained

    def run(self, job: Callable[[], None]) -> None:
        """Run `job` soon. Any thread."""
        self._jobs.put(job)

    def count(self, change: int) -> None:
        """An intake has begun (1) or ended (-1)."""
        with self._changed:
            self._open_intakes += change
            self._changed.notify_all()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:
                _log.exception("upload_writer_failed")


class _End(Enum):
    COMPLETE = "complete"
    ABORT = "abort"


class Intake:
    """One upload on its way to its sink. `put`, `finish` and `cut` are for the loop; the sink is called by the writers.

    `on_room` is called when a full queue has room again, `on_end(intake)` when the sink has been completed or
    aborted; both on a writer thread. `failure` is then what the sink raised, or None.
    """

    def __init__(
        self,
        sink: Sink,
        writers: Writers,
        *,
        request_id: str,
        on_room: Callable[[], None],
        on_end: Callable[[Intake], None],
    ) -> None:
        self.sink = sink
        self.failure: Exception | None = None
        self.received_bytes = 0
        self._writers = writers
        self._request_id = request_id
        self._on_room = on_room
        self._on_end = on_end
        self._lock = threading.Lock()
        self._pieces: deque[bytes] = deque()
        self._queued_bytes = 0
        self._end: _End | None = None
        self._settled = False
        self._running = False
        writers.count(1)

    @property
    def full(self) -> bool:
        """Whether the queue holds all it may."""
        return self._queued_bytes >= QUEUE_BYTES

    @property
    def paused(self) -> bool:
        """Whether the socket should not be read: the queue is full, or the sink has ended."""
        return self.full or self._settled

    def put(self, data: bytes) -> None:
        """Queue bytes for the sink; dropped once the sink has failed."""
        with self._lock:
            if self._settled or self._end is not None:
                return
            self.received_bytes += len(data)
            self._pieces.append(data)
            self._queued_bytes += len(data)
            self._wake_writer()

    def finish(self) -> None:
        """The body is whole: complete the sink once everything queued is written."""
        self._end_with(_End.COMPLETE)

    def cut(self) -> None:
        """No more will come: abort the sink once everything queued is written.

        After `finish` it changes nothing.
        """
        self._end_with(_End.ABORT)

    def _end_with(self, end: _End) -> None:
        with self._lock:
            if self._end is None and not self._settled:
                self._end = end
                self._wake_writer()

    def _wake_writer(self) -> None:
        if not self._running:
            self._running = True
            self._writers.run(self._turn)

    def _turn(self) -> None:
        with bound_contextvars(request_id=self._request_id):
            self._drain()

    def _drain(self) -> None:
        """Write up to a turn's bytes. Never runs twice at a time, which keeps the order."""
        written = 0
        while written < _TURN_BYTES:
            with self._lock:
                piece = self._pieces.popleft() if self._pieces else None
                if piece is None and self._end is None:
                    self._running = False
                    return
            if piece is None:
                self._settle()
                return
            try:
                self.sink.write(piece)
            except Exception as error:
                self._fail(error)
                return
            written += len(piece)
            self._release(len(piece))
        self._writers.run(self._turn)

    def _release(self, size: int) -> None:
        with self._lock:
            was_full = self.full
            self._queued_bytes -= size
            has_room = was_full and not self.full
        if has_room:
            self._on_room()

    def _settle(self) -> None:
        self._settled = True
        if self._end is _End.COMPLETE:
            try:
                self.sink.complete()
            except Exception as error:
                self.failure = error
        else:
            self._abort()
        self._leave()

    def _fail(self, error: Exception) -> None:
        with self._lock:
            self._settled = True
            self.failure = error
            self._pieces.clear()
            self._queued_bytes = 0
        self._abort()
        self._leave()

    def _leave(self) -> None:
        try:
            self._on_end(self)
        finally:
            self._writers.count(-1)

    def _abort(self) -> None:
        try:
            self.sink.abort()
        except Exception:
            _log.exception("sink_abort_failed", sink=type(self.sink).__name__)
