"""Videos and categories as people see them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

import msgspec

from server.values.sidecars import Subtitle


class VideoStatus(StrEnum):
    """pending (waits for the queue) → processing (being made ready) → completed, or failed with a sentence."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class Video(msgspec.Struct, frozen=True, kw_only=True):
    """A video. `progress` is 0 to 1; `size_bytes` is that of the original until it is completed, then of the MP4."""

    id: UUID
    title: str
    description: str
    category_id: UUID | None
    uploaded_by: UUID | None
    uploader_name: str | None
    original_filename: str
    size_bytes: int
    duration_ms: int | None
    width: int | None
    height: int | None
    status: VideoStatus
    progress: float
    error: str | None
    view_count: int
    has_thumbnail: bool
    watchable_ms: int
    """How much of it can be watched from the start: all of it once it is completed."""
    renditions: tuple[int, ...]
    """The heights in which it can be asked for; empty before it is completed, and for videos of older versions."""
    has_storyboard: bool
    has_chapters: bool
    subtitles: tuple[Subtitle, ...]
    created_at: datetime
    processed_at: datetime | None

    @property
    def watchable(self) -> bool:
        """Whether there is something to play now."""
        return self.status is VideoStatus.COMPLETED or self.watchable_ms > 0


SortField = Literal["created_at", "title", "view_count", "duration"]
SortOrder = Literal["asc", "desc"]


class VideoQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What to list: a page, filters and a sort order."""

    page: int = 1
    page_size: int = 20
    category_id: UUID | None = None
    uploaded_by: UUID | None = None
    status: VideoStatus | None = None
    q: str = ""
    sort_by: SortField = "created_at"
    order: SortOrder = "desc"


class VideoChanges(msgspec.Struct, frozen=True, kw_only=True):
    """An edit; UNSET fields stay as they are, and a category of None takes the video out of its category."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET
    category_id: UUID | msgspec.UnsetType | None = msgspec.UNSET


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A shelf for videos."""

    id: UUID
    name: str
    slug: str
    description: str
    created_by: UUID | None
    created_at: datetime
    video_count: int


class MediaFile(msgspec.Struct, frozen=True, kw_only=True):
    """A finished file to send: an absolute path of ours, what it is, and the validator its ETag is made from."""

    path: str
    content_type: str
    version: str
    download_name: str
