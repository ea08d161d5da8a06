"""The JSON of categories, videos and uploads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.values.accounts import Caller
from server.values.jobs import JobState, VideoProgress
from server.values.sidecars import Subtitle
from server.values.uploads import UploadVerdict
from server.values.videos import SortField, SortOrder, Video, VideoStatus
from server.values.watching import Started
from server.web.shapes.accounts import QuotaBody
from server.web.shapes.paging import Body, PageQuery, percent


class CategoryBody(Body, frozen=True, kw_only=True):
    name: str
    description: str = ""


class CategoryChanges(Body, frozen=True, kw_only=True):
    name: str | None = None
    description: str | None = None


class VideoListQuery(PageQuery, frozen=True, kw_only=True):
    category_id: UUID | UnsetType = UNSET
    uploaded_by: UUID | UnsetType = UNSET
    status: VideoStatus | UnsetType = UNSET
    q: Annotated[str, Meta(max_length=200)] = ""
    sort_by: SortField = "created_at"
    order: SortOrder = "desc"


class StreamQuery(msgspec.Struct, frozen=True, kw_only=True):
    quality: int | None = None


class VideoEdit(Body, frozen=True, kw_only=True):
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    category_id: UUID | UnsetType | None = UNSET


class VideoBody(msgspec.Struct, frozen=True, kw_only=True):
    """A video; `size` in bytes, `duration` in seconds, `progress` in percent."""

    id: UUID
    title: str
    description: str
    category_id: UUID | None
    uploaded_by: UUID | None
    uploader_name: str | None
    original_filename: str
    size: int
    duration: float | None
    width: int | None
    height: int | None
    status: VideoStatus
    progress: float
    error: str | None
    view_count: int
    has_thumbnail: bool
    watchable: bool
    watchable_ms: int
    renditions: tuple[int, ...]
    has_storyboard: bool
    has_chapters: bool
    subtitles: list[Subtitle]
    created_at: datetime
    processed_at: datetime | None
    can_edit: bool

    @classmethod
    def of(cls, video: Video, caller: Caller) -> VideoBody:
        return cls(
            id=video.id,
            title=video.title,
            description=video.description,
            category_id=video.category_id,
            uploaded_by=video.uploaded_by,
            uploader_name=video.uploader_name,
            original_filename=video.original_filename,
            size=video.size_bytes,
            duration=None if video.duration_ms is None else video.duration_ms / 1000,
            width=video.width,
            height=video.height,
            status=video.status,
            progress=percent(video.progress),
            error=video.error,
            view_count=video.view_count,
            has_thumbnail=video.has_thumbnail,
            watchable=video.watchable,
            watchable_ms=video.watchable_ms,
            renditions=video.renditions,
            has_storyboard=video.has_storyboard,
            has_chapters=video.has_chapters,
            subtitles=list(video.subtitles),
            created_at=video.created_at,
            processed_at=video.processed_at,
            can_edit=caller.may_edit(video.uploaded_by),
        )


class PositionBody(Body, frozen=True, kw_only=True):
    position_ms: Annotated[int, Meta(ge=0, le=10**12)]
    waits: Annotated[bool, Meta(description="The player stands still: what comes next is not there yet.")] = (
        False
    )


class StartedBody(msgspec.Struct, frozen=True, kw_only=True):
    video: VideoBody
    position_ms: int
    updated_at: datetime

    @classmethod
    def of(cls, started: Started, caller: Caller) -> StartedBody:
        return cls(
            video=VideoBody.of(started.video, caller),
            position_ms=started.position_ms,
            updated_at=started.updated_at,
        )


class ViewsBody(msgspec.Struct, frozen=True, kw_only=True):
    view_count: int


class ProgressBody(msgspec.Struct, frozen=True, kw_only=True):
    state: JobState
    percent: float
    speed: float | None
    eta_ms: int | None
    place: int | None
    error: str | None
    watchable_ms: int

    @classmethod
    def of(cls, progress: VideoProgress) -> ProgressBody:
        return cls(
            state=progress.state,
            percent=percent(progress.progress),
            speed=progress.speed,
            eta_ms=progress.eta_ms,
            place=progress.place,
            error=progress.error,
            watchable_ms=progress.watchable_ms,
        )


class UploadCheckBody(Body, frozen=True, kw_only=True):
    filename: str
    size: Annotated[int, Meta(ge=0, le=2**53)]
    duration: float | None = None


class VerdictBody(msgspec.Struct, frozen=True, kw_only=True):
    accepted: bool
    code: str | None
    reason: str | None
    quota: QuotaBody

    @classmethod
    def of(cls, verdict: UploadVerdict) -> VerdictBody:
        return cls(
            accepted=verdict.accepted,
            code=verdict.code,
            reason=verdict.reason,
            quota=QuotaBody.of(verdict.quota),
        )
