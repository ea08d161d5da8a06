"""The work of making videos playable, as the queue, the uploader and the admin see it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class JobState(StrEnum):
    """queued → running → done | failed | cancelled; a pause leads from queued or running to paused, and back to queued.

    `cancelling` and `pausing` are asked for, not yet true: the child is still being stopped. Only `queued` jobs are
    claimed; `failed` and `cancelled` go back to `queued` by a retry, `paused` by a resume, which a restart does not do.
    `running`, `cancelling` and `pausing` are settled when the server starts.
    """

    QUEUED = "queued"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What is done with a file: served as it is, rewrapped without touching the picture, or encoded anew."""

    KEEP = "keep"
    REMUX = "remux"
    TRANSCODE = "transcode"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One job with what the queue page shows. `progress` is 0 to 1, `speed` a multiple of playing time."""

    id: UUID
    video_id: UUID
    video_title: str
    uploaded_by: UUID | None
    uploader_name: str | None
    state: JobState
    action: Action | None
    reasons: tuple[str, ...]
    progress: float
    speed: float | None
    eta_ms: int | None
    place: int | None
    attempts: int
    error: str | None
    detail: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class VideoProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a video is; `place` counts from 1 while it waits, `watchable_ms` says how much can be watched already."""

    state: JobState
    progress: float
    speed: float | None
    eta_ms: int | None
    place: int | None
    error: str | None
    watchable_ms: int
