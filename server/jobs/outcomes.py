"""What becomes of a job once its child has gone. Files first, then the row, then the news: a crash between two of them
only repeats the job. Called by the worker that claimed it, and by nobody else.
"""

from __future__ import annotations

import time

import structlog

from server.events import JobChanged, Publish, VideoChanged
from server.jobs.store import CANCELLED_SENTENCE, Claimed, JobStore
from server.media.messages import Crashed, Finished, Refused
from server.storage import Storage
from server.values.jobs import JobState

_log = structlog.get_logger(__name__)

#: A file whose child died this often is given up.
MAX_CRASHES = 3
_CRASH_SENTENCE = "This file stops the converter each time. It may be damaged; try another copy of it."
_BUG_SENTENCE = "Something went wrong in Clipset itself. The log says more."
FULL_SENTENCE = "The server's disk is full. This goes on by itself when there is room."
#: After a full disk the queue waits until this much has become free, or this long: a folder's quota shows in no figure.
_MORE_ROOM_BYTES = 64 * 1024**2
_NO_ROOM_S = 300.0


class Outcomes:
    """Settles claimed jobs. Thread-safe; every method raises `Unavailable` or `OutOfSpace` when it could not."""

    def __init__(self, *, store: JobStore, storage: Storage, publish: Publish, keep_originals: bool) -> None:
        self._store = store
        self._storage = storage
        self._publish = publish
        self._keep_originals = keep_originals
        self._waits_for: tuple[int, float] | None = None

    def announce(self, claimed: Claimed, state: JobState) -> None:
        """Tell what a job is now, and that its video has changed with it."""
        self._publish(JobChanged(job_id=claimed.job_id, video_id=claimed.video_id, state=state))
        self._publish(VideoChanged(video_id=claimed.video_id))

    def settle(self, claimed: Claimed, outcome: Finished | Refused | Crashed) -> None:
        """The child has ended by itself."""
        match outcome:
            case Finished():
                self._finished(claimed, outcome)
            case Refused(code="out_of_space"):
                self.full_disk(claimed, outcome.detail)
            case Refused():
                self._ended(claimed, outcome.sentence, outcome.detail)
            case Crashed():
                self._crashed(claimed, outcome)

    def bug(self, claimed: Claimed) -> None:
        """Something of ours raised, and the log has it."""
        self._ended(claimed, _BUG_SENTENCE, "internal error")

    def stopped(self, claimed: Claimed, detail: str) -> JobState | None:
        """The child was ended by us: somebody wants it paused, cancelled or deleted, or the machine needs a rest.

        Returns what the job is now, for the caller to announce; None when that is done or its video was deleted.
        """
        if self._store.is_cancelling(claimed.job_id):
            self._ended(claimed, CANCELLED_SENTENCE, "cancelled", JobState.CANCELLED)
            return None
        return self._store.again(claimed.job_id, crashed=False, detail=detail)

    def full_disk(self, claimed: Claimed, detail: str) -> None:
        """No fault of the file: it waits, and the queue with it, until there is more room than there was for it."""
        self._storage.tidy(claimed.video_id, keep_source=True)
        self._waits_for = (self._storage.free_bytes() + _MORE_ROOM_BYTES, time.monotonic() + _NO_ROOM_S)
        state = self._store.again(claimed.job_id, crashed=False, detail=detail, sentence=FULL_SENTENCE)
        if state is not None:
            self.announce(claimed, state)

    def waits_for_room(self) -> bool:
        """Whether a job found the disk full, and there is no more room since."""
        waits_for = self._waits_for
        if waits_for is None:
            return False
        wanted_bytes, until_s = waits_for
        if self._storage.free_bytes() < wanted_bytes and time.monotonic() < until_s:
            return True
        self._waits_for = None
        return False

    def _finished(self, claimed: Claimed, result: Finished) -> None:
        self._storage.publish(claimed.video_id, result.video, result.thumbnail, result.beside)
        if not self._store.finished(claimed.job_id, result):
            return
        self._storage.tidy(claimed.video_id, keep_source=self._keep_originals)
        self.announce(claimed, JobState.DONE)

    def _crashed(self, claimed: Claimed, crash: Crashed) -> None:
        _log.warning(
            "child_crashed", job_id=str(claimed.job_id), detail=crash.detail, attempt=claimed.attempts + 1
        )
        if claimed.attempts + 1 >= MAX_CRASHES:
            self._ended(claimed, _CRASH_SENTENCE, crash.detail)
            return
        if claimed.attempts:
            # what the first try left may be what the second one died of
            self._storage.tidy(claimed.video_id, keep_source=True)
        state = self._store.again(claimed.job_id, crashed=True, detail=crash.detail)
        if state is not None:
            self.announce(claimed, state)

    def _ended(self, claimed: Claimed, sentence: str, detail: str, state: JobState = JobState.FAILED) -> None:
        # first the files: once the row says so a retry may begin, and its folder is not ours to remove
        self._storage.tidy(claimed.video_id, keep_source=True)
        if self._store.ended(claimed.job_id, state, sentence, detail):
            self.announce(claimed, state)
