"""The transcode queue as admins, and uploaders for their own videos, steer it."""

from __future__ import annotations

from uuid import UUID

from server.errors import NotAllowed
from server.events import JobChanged, Publish, VideoChanged
from server.jobs.listing import JobListing
from server.jobs.store import JobStore
from server.jobs.workers import Workers
from server.values.accounts import Caller
from server.values.jobs import Job, JobState
from server.values.paging import Page


class Queue:
    """Lists jobs, and lets them be cancelled, tried again, paused and moved."""

    def __init__(self, store: JobStore, listing: JobListing, workers: Workers, publish: Publish) -> None:
        self._store = store
        self._listing = listing
        self._workers = workers
        self._publish = publish

    def list(self, page: int = 1, page_size: int = 20) -> Page[Job]:
        """All jobs: running, waiting in their order, paused, then ended."""
        return self._listing.list(page, page_size)

    def get(self, job_id: UUID) -> Job:
        """One job. Raises `NotFound`."""
        return self._listing.get(job_id)

    def cancel(self, caller: Caller, job_id: UUID) -> Job:
        """End a job. A running one is `cancelling` until its child has ended. Raises `NotFound`, `Conflict`."""
        self._require_allowed(caller, job_id)
        state, video_id = self._store.cancel(job_id)
        if state is JobState.CANCELLING:
            self._workers.stop_video(video_id)
        else:
            self._workers.discard_work(video_id)
        return self._changed(job_id)

    def retry(self, caller: Caller, job_id: UUID) -> Job:
        """Queue a failed or cancelled job again. Raises `NotFound`, `Conflict`."""
        self._require_allowed(caller, job_id)
        self._store.retry(job_id)
        self._workers.wake()
        return self._changed(job_id)

    def pause(self, caller: Caller, job_id: UUID) -> Job:
        """Set a job aside, over restarts too, with all that is done of it. Asking twice is harmless.

        A running one is `pausing` until its child has ended. Raises `NotFound`, `Conflict`.
        """
        self._require_allowed(caller, job_id)
        state, video_id = self._store.pause(job_id)
        if state is JobState.PAUSING:
            self._workers.stop_video(video_id)
        return self._changed(job_id)

    def resume(self, caller: Caller, job_id: UUID) -> Job:
        """Let a paused job go on, before all that wait. Raises `NotFound`, `Conflict`."""
        self._require_allowed(caller, job_id)
        self._store.resume(job_id)
        self._workers.wake()
        return self._changed(job_id)

    def move(self, caller: Caller, job_id: UUID, before: UUID | None) -> Job:
        """Let a waiting job go directly before another one, or after all. Raises `NotFound`, `Conflict`."""
        self._require_admin(caller)
        self._store.move(job_id, before)
        return self._changed(job_id)

    def move_next(self, caller: Caller, job_id: UUID) -> Job:
        """Let a waiting job be the next. Raises `NotFound`, `Conflict`."""
        self._require_admin(caller)
        self._store.move_first(job_id)
        return self._changed(job_id)

    def _require_allowed(self, caller: Caller, job_id: UUID) -> None:
        if not caller.may_edit(self._listing.get(job_id).uploaded_by):
            raise NotAllowed("Only the person who uploaded this video, or an admin, may do that.")

    @staticmethod
    def _require_admin(caller: Caller) -> None:
        if not caller.is_admin:
            raise NotAllowed("Only an admin may change the order of the queue.")

    def _changed(self, job_id: UUID) -> Job:
        job = self._listing.get(job_id)
        self._publish(JobChanged(job_id=job.id, video_id=job.video_id, state=job.state))
        self._publish(VideoChanged(video_id=job.video_id))
        return job
