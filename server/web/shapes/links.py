"""The JSON of links to one video."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from server.values.links import Link, NewLink, OpenedLink
from server.values.sidecars import Subtitle
from server.values.videos import Video, VideoStatus
from server.web.shapes.library import VideoBody
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
    """What who holds a link may know of a video: what it shows, who made it, and what of it there is to watch."""

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
    def of(cls, video: Video, opened: OpenedLink) -> SharedBody:
        whole = VideoBody.of(video, opened.holder)
        return cls(
            video=msgspec.convert(whole, SharedVideo, from_attributes=True), expires_at=opened.expires_at
        )
