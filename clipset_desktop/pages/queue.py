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
from clipset_desktop.widgets.fields import Choice
from clipset_desktop.words import ago, sentence, tr, trn
from server.events import JobChanged, JobProgressed, VideoChanged, VideoDeleted
from server.values.accounts import HOST
from server.values.jobs import Job, JobState

#: Rows are painted anew at most this often, however many jobs report.
_PROGRESS_MS = 100
#: Finished jobs are of interest for a while; older ones are in the log.
_SHOWN = 200


class QueuePage(ListPage[Job]):
    """Live by events: a change of state asks for the list, progress moves one row."""

    _kind = "all"

    def __init__(self, ctx: Context) -> None:
        empty = EmptyState(
            ctx.theme,
            "queue",
            tr("Nothing is waiting"),
            tr("When someone uploads a video, you can watch here how it is made ready."),
        )
        super().__init__(ctx, tr("Queue"), QueueModel(), empty, movable=True)
        self._filtered_out = EmptyState(
            ctx.theme, "filter", tr("None of these"), tr("There is nothing of this kind at the moment.")
        )
        self._stack.addWidget(self._filtered_out)
        self.which = Choice[str](ctx.theme, [(key, text) for key, text, _ in _kinds()], "all")
        self.which.setAccessibleName(tr("Which videos to show"))
        self.add_header_tool(self.which)
        self.which.currentIndexChanged.connect(self.load)
        self.list.moved.connect(self._move)
        self._progress = Throttle(_PROGRESS_MS, self._show_progress, self)
        self.listen(JobChanged, lambda _: self.load())
        self.listen(JobProgressed, lambda event: self._progress.put(event.job_id, event))
        self.listen(VideoChanged, lambda _: self.load())
        self.listen(VideoDeleted, lambda _: self.load())

    def fetch(self) -> Sequence[Job]:
        """Every job the page shows, in its order."""
        jobs = every(lambda page, size: self.ctx.core.queue.list(page=page, page_size=size), _SHOWN)
        states = next(states for key, _, states in _kinds() if key == self._kind)
        return queue_model.in_order([job for job in jobs if not states or job.state in states])

    def load(self) -> None:
        """Ask for the list, of the kind that is chosen."""
        self._kind = self.which.value
        super().load()

    def empty_place(self) -> int:
        """An empty queue, or none of the kind that is chosen."""
        return 1 if self._kind == "all" else 2

    def listed(self, values: Sequence[Job]) -> None:
        """Sum up under the heading."""
        running = sum(job.state is JobState.RUNNING for job in values)
        waiting = sum(job.state is JobState.QUEUED for job in values)
        parts = [
            trn("{n} being made ready", "{n} being made ready", running) if running else "",
            trn("{n} waits", "{n} wait", waiting) if waiting else "",
        ]
        self.say(" · ".join(filter(None, parts)))

    def act(self, action: str, value: Any) -> None:
        """Cancel, retry, pause, resume a job, or make it the next."""
        job_id: UUID = value.id
        queue = self.ctx.core.queue
        do = {
            queue_model.CANCEL: queue.cancel,
            queue_model.RETRY: queue.retry,
            queue_model.PAUSE: queue.pause,
            queue_model.RESUME: queue.resume,
            queue_model.NEXT: queue.move_next,
        }[action]
        self.run(lambda: do(HOST, job_id), lambda _: self.load())

    def show_details(self, value: Job) -> None:
        """Where it stands, what is done with it and why, and what went wrong."""
        pairs = [
            (tr("State"), queue_model.state_line(value)),
            (tr("Speed"), queue_model.trailing(value)),
            (tr("Uploaded by"), value.uploader_name or ""),
            (tr("Uploaded"), ago(value.created_at)),
            (tr("What is done"), queue_model.treatment(value)),
            (tr("Why"), "\n".join(map(sentence, value.reasons))),
            (tr("Tries"), str(value.attempts) if value.attempts > 1 else ""),
            (tr("For the log"), value.detail or ""),
        ]
        self.show_facts(value.video_title, pairs, queue_model.actions(value))

    def _move(self, job: Job, before: Job | None) -> None:
        target = before.id if before is not None else None
        self.run(lambda: self.ctx.core.queue.move(HOST, job.id, target), lambda _: self.load())

    def _show_progress(self, event: JobProgressed) -> None:
        job = self.model.get(event.job_id)
        if job is None or job.state is not JobState.RUNNING:
            return
        moved = msgspec.structs.replace(job, progress=event.progress, speed=event.speed, eta_ms=event.eta_ms)
        self.model.update(moved)
        if self.list.value is not None and self.list.value.id == event.job_id:
            self.show_details(moved)


def _kinds() -> tuple[tuple[str, str, tuple[JobState, ...]], ...]:
    """What can be shown alone: a key, its words, and the states; no states for all."""
    live = (JobState.RUNNING, JobState.QUEUED, JobState.PAUSING, JobState.PAUSED, JobState.CANCELLING)
    return (
        ("all", tr("Everything"), ()),
        ("live", tr("Not ready yet"), live),
        ("failed", tr("Failed"), (JobState.FAILED, JobState.CANCELLED)),
        ("done", tr("Ready"), (JobState.DONE,)),
    )
