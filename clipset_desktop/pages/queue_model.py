"""How a job of the queue looks as a row, and what it says of itself in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QLocale

from clipset_desktop.widgets.rows import Action, Badge, Row, RowsModel
from clipset_desktop.words import ago, remaining, sentence, span, tr
from server.values.jobs import Action as Treatment
from server.values.jobs import Job, JobState

CANCEL = "cancel"
RETRY = "retry"
PAUSE = "pause"
RESUME = "resume"
NEXT = "next"
#: With a bar: something of it is done, or is being undone.
_BEGUN = (JobState.RUNNING, JobState.PAUSING, JobState.CANCELLING, JobState.PAUSED)
_OVER = (JobState.FAILED, JobState.CANCELLED)


class QueueModel(RowsModel[Job]):
    """Jobs, the running ones first, then those that wait in their order, then what is over, newest first."""

    def __init__(self) -> None:
        super().__init__(lambda job: job.id, _row)

    def replace(self, values: Sequence[Job]) -> None:
        """Show `values`; progress heard by events is newer than what the list was read with, so it stays."""
        super().replace([self._newer(job) for job in values])

    def _newer(self, job: Job) -> Job:
        known = self.get(job.id)
        if known is None or known.attempts != job.attempts or {known.state, job.state} != {JobState.RUNNING}:
            return job
        if known.progress <= job.progress:
            return job
        return msgspec.structs.replace(job, progress=known.progress, speed=known.speed, eta_ms=known.eta_ms)


def _row(job: Job) -> Row:
    return Row(
        strong=job.video_title,
        quiet=" · ".join(filter(None, (state_line(job), job.uploader_name))),
        trailing=trailing(job),
        icon="video",
        picture=job.video_id,
        wide_picture=True,
        badges=badges(job),
        progress=job.progress if job.state in _BEGUN else None,
        progress_tone="accent" if job.state is JobState.RUNNING else "line-strong",
        movable=job.state is JobState.QUEUED,
        tone="bad" if job.state is JobState.FAILED else "plain",
        actions=actions(job),
    )


def in_order(jobs: list[Job]) -> list[Job]:
    """Running, waiting by place, paused, then finished by when they ended."""

    def rank(job: Job) -> tuple[int, float]:
        if job.state in (JobState.RUNNING, JobState.PAUSING, JobState.CANCELLING):
            return 0, job.created_at.timestamp()
        if job.state is JobState.QUEUED:
            return 1, float(job.place or 0)
        if job.state is JobState.PAUSED:
            return 2, job.created_at.timestamp()
        return 3, -(job.finished_at or job.created_at).timestamp()

    return sorted(jobs, key=rank)


def actions(job: Job) -> tuple[Action, ...]:
    """What can be done to a job as it stands."""
    cancel = Action(key=CANCEL, text=tr("Cancel"), icon="cancel", shortcut="Del", danger=True)
    pause = Action(key=PAUSE, text=tr("Pause"), icon="pause", shortcut="P")
    if job.state is JobState.QUEUED:
        soonest = Action(key=NEXT, text=tr("Make it the next"), icon="arrow-up", shortcut="N")
        return (soonest, pause, cancel) if job.place != 1 else (pause, cancel)
    if job.state is JobState.RUNNING:
        return (pause, cancel)
    if job.state is JobState.PAUSED:
        return (Action(key=RESUME, text=tr("Go on"), icon="play", shortcut="P"), cancel)
    if job.state in _OVER:
        return (Action(key=RETRY, text=tr("Try again"), icon="retry", shortcut="R"),)
    return ()


def badges(job: Job) -> tuple[Badge, ...]:
    """A word for a state that asks for attention."""
    if job.state is JobState.FAILED:
        return (Badge(text=tr("Failed"), tone="bad"),)
    if job.state is JobState.CANCELLED:
        return (Badge(text=tr("Cancelled")),)
    if job.state is JobState.PAUSED:
        return (Badge(text=tr("Paused"), tone="warn"),)
    return ()


def state_line(job: Job) -> str:
    """Where a job stands, in a few words."""
    if job.state is JobState.QUEUED:
        return tr("Waiting, number {place} in line", place=job.place) if job.place else tr("Waiting")
    if job.state is JobState.RUNNING:
        return tr("Getting ready, {percent} %", percent=int(job.progress * 100))
    if job.state in (JobState.CANCELLING, JobState.PAUSING):
        return tr("Stopping")
    if job.state is JobState.PAUSED:
        return tr("Paused at {percent} %", percent=int(job.progress * 100))
    if job.state is JobState.FAILED:
        return sentence(job.error) if job.error else tr("It could not be made ready.")
    ended = ago(job.finished_at) if job.finished_at else ""
    return (tr("Ready {when}", when=ended) if job.state is JobState.DONE else ended).strip()


def trailing(job: Job) -> str:
    """Speed and time left of a running job, and the forecast of one that waits."""
    if job.state is JobState.QUEUED and job.eta_ms is not None:
        return tr("ready in about {span}", span=span(job.eta_ms / 1000))
    if job.state is not JobState.RUNNING:
        return ""
    parts = []
    if job.speed:
        parts.append(tr("{speed}× speed", speed=QLocale().toString(job.speed, "f", 1)))
    if job.eta_ms is not None:
        parts.append(remaining(job.eta_ms))
    return " · ".join(parts)


def treatment(job: Job) -> str:
    """What is done with the file."""
    if job.action is None:
        return ""
    return {
        Treatment.KEEP: tr("Kept as it is"),
        Treatment.REMUX: tr("Repacked, picture and sound untouched"),
        Treatment.TRANSCODE: tr("Converted"),
    }[job.action]
