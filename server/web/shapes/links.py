"""The JSON of links to one video."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from server.values.links import Link, NewLink
from server.values.sidecars import Subtitle
from server.values.videos import Video, VideoStatus
from server.web.shapes.paging import Body


class NewLinkBody(Body, frozen=True, kw_only=True):
    expires_in_days: int = 7
    note: str = ""


class CreatedLink(Link, frozen=True, kw_only=True):
    """A link with its token and address, shown this once."""

    token: str
    url: str

    @classmethod
    def of(cls, made: NewLink, origin: str) -> CreatedLink:
        return cls(**msgspec.structs.asdict(made.link), token=made.token, url=f"{origin}{made.path}")


class SharedVideo(msgspec.Struct, frozen=True, kw_only=True):
    """What who holds a link may know of a video: what it shows, and who made it."""

    id: UUID
    title: str
    description: str
    duration: float | None
    width: int | None
    height: int | None
    status: VideoStatus
    has_thumbnail: bool
    watchable: bool
    watchable_ms: int
    renditions: tuple[int, ...]
    has_storyboard: bool
    has_chapters: bool
    subtitles: list[Subtitle]
    uploader_name: str | None
    created_at: datetime


class SharedBody(msgspec.Struct, frozen=True, kw_only=True):
    video: SharedVideo
    expires_at: datetime

    @classmethod
    def of(cls, video: Video, expires_at: datetime) -> SharedBody:
        return cls(
            video=SharedVideo(
                id=video.id,
                title=video.title,
                description=video.description,
                duration=None if video.duration_ms is None else video.duration_ms / 1000,
                width=video.width,
                height=video.height,
                status=video.status,
                has_thumbnail=video.has_thumbnail,
                watchable=video.watchable,
                watchable_ms=video.watchable_ms,
                renditions=video.renditions,
                has_storyboard=video.has_storyboard,
                has_chapters=video.has_chapters,
                subtitles=list(video.subtitles),
                uploader_name=video.uploader_name,
                created_at=video.created_at,
            ),
            expires_at=expires_at,
        )
