"""The queue: what is being made ready, how fast, what waits, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from clipset_desktop.bridge import Throttle
from clipset_desktop.context import Context
from clipset_desktop.pages import queue_model
from clipset_desktop.pages.list_page import ListPage, every
from clipset_desktop.pages.queue_model import QueueModel
from clipset_desktop.widgets.empty import EmptyState
from clipset_desktop.words import ago, tr, trn
from server.events import JobChanged, JobProgressed, VideoChanged, VideoDeleted
from server.values.accounts import HOST
from server.values.jobs import Job, JobState

#: Rows are painted anew at most this often, however many jobs report.
_PROGRESS_MS = 100
#: Finished jobs are of interest for a while; older ones are in the log.
_SHOWN = 200


class QueuePage(ListPage[Job]):
    """Live by events: a change of state asks for the list, progress moves one row."""

    def __init__(self, ctx: Context) -> None:
        empty = EmptyState(
            ctx.theme,
            "queue",
            tr("Nothing is waiting"),
            tr("When someone uploads a video, you can watch here how it is made ready."),
        )
        super().__init__(ctx, tr("Queue"), QueueModel(), empty)
        self._progress = Throttle(_PROGRESS_MS, self._show_progress, self)
        self.listen(JobChanged, lambda _: self.load())
        self.listen(JobProgressed, lambda event: self._progress.put(event.job_id, event))
        self.listen(VideoChanged, lambda _: self.load())
        self.listen(VideoDeleted, lambda _: self.load())

    def fetch(self) -> Sequence[Job]:
        """Every job the page shows, in its order."""
        jobs = every(lambda page, size: self.ctx.core.queue.list(page=page, page_size=size), _SHOWN)
        return queue_model.in_order(jobs)

    def listed(self, values: Sequence[Job]) -> None:
        """Sum up under the heading."""
        running = sum(job.state is JobState.RUNNING for job in values)
        waiting = sum(job.state is JobState.QUEUED for job in values)
        parts = [
            trn("{n} being made ready", "{n} being made ready", running) if running else "",
            trn("{n} waiting", "{n} waiting", waiting) if waiting else "",
        ]
        self.say(" · ".join(filter(None, parts)))

    def act(self, action: str, value: Any) -> None:
        """Cancel or retry a job."""
        job_id: UUID = value.id
        queue = self.ctx.core.queue
        if action == queue_model.CANCEL:
            self.run(lambda: queue.cancel(HOST, job_id), lambda _: self.load())
        elif action == queue_model.RETRY:
            self.run(lambda: queue.retry(HOST, job_id), lambda _: self.load())

    def show_details(self, value: Job) -> None:
        """Where it stands, what is done with it and why, and what went wrong."""
        pairs = [
            (tr("State"), queue_model.state_line(value)),
            (tr("Speed"), queue_model.trailing(value)),
            (tr("Uploaded by"), value.uploader_name or ""),
            (tr("Uploaded"), ago(value.created_at)),
            (tr("What is done"), queue_model.treatment(value)),
            (tr("Why"), "\n".join(value.reasons)),
            (tr("Tries"), str(value.attempts) if value.attempts > 1 else ""),
            (tr("For the log"), value.detail or ""),
        ]
        self.show_facts(value.video_title, pairs, queue_model.actions(value))

    def _show_progress(self, event: JobProgressed) -> None:
        job = self.model.get(event.job_id)
        if job is None or job.state is not JobState.RUNNING:
            return
        moved = msgspec.structs.replace(job, progress=event.progress, speed=event.speed, eta_ms=event.eta_ms)
        self.model.update(moved)
        if self.list.value is not None and self.list.value.id == event.job_id:
            self.show_details(moved)
