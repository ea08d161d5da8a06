"""The JSON of the events that open streams carry."""

from __future__ import annotations

from uuid import UUID

import msgspec

from server.events import JobProgressed
from server.values.jobs import JobState, VideoProgress
from server.values.videos import Video, VideoStatus
from server.web.shapes.paging import percent


class LiveVideo(msgspec.Struct, frozen=True, kw_only=True):
    """A video that appeared or changed; `progress` in percent, `watchable_ms` how much of it plays by now."""

    id: UUID
    status: VideoStatus
    progress: float
    watchable_ms: int

    @classmethod
    def of(cls, video: Video) -> LiveVideo:
        return cls(
            id=video.id,
            status=video.status,
            progress=percent(video.progress),
            watchable_ms=video.watchable_ms,
        )


class LiveJob(msgspec.Struct, frozen=True, kw_only=True):
    """How far a video is: what `/progress` answers, and whose progress it is."""

    video_id: UUID
    state: JobState
    percent: float
    speed: float | None
    eta_ms: int | None
    place: int | None
    error: str | None
    watchable_ms: int

    @classmethod
    def of(cls, video_id: UUID, stored: VideoProgress, latest: JobProgressed | None) -> LiveJob:
        """From what the database says, which lags behind a running job by seconds, and the latest word of that job."""
        running = latest if stored.state is JobState.RUNNING else None
        return cls(
            video_id=video_id,
            state=stored.state,
            percent=percent(running.progress if running else stored.progress),
            speed=running.speed if running else stored.speed,
            eta_ms=running.eta_ms if running else stored.eta_ms,
            place=stored.place,
            error=stored.error,
            watchable_ms=stored.watchable_ms,
        )
