"""Figures about the whole server."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot: counts, bytes on disk, the queue, and what went out since the start."""

    users: int
    active_users: int
    videos_by_status: dict[str, int]
    bytes_stored: int
    bytes_free: int
    jobs_queued: int
    jobs_running: int
    viewers_now: int
    bytes_served: int
    uptime_s: int


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One moment. `encode_speed` adds up the running jobs, each a multiple of playing time."""

    at: datetime
    sent_bytes_per_s: float
    encode_speed: float
    bytes_free: int
    viewers_now: int


class Viewing(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is sent a video: `viewer` is its session or its link, `lines` the rendition that it asked for."""

    viewer: UUID
    user_id: UUID | None
    video_id: UUID
    lines: int | None = None


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What such a device gets: the bytes a second of the last moments, and whether its player waits for more."""

    viewing: Viewing
    bytes_per_s: float
    waits: bool


class Watcher(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who watches now. `username` is None for who came by a link; `lines` is the height of the picture.

    `waits` when the player stands still because what comes next is not there; only our own says so.
    """

    viewer: UUID
    username: str | None
    video_id: UUID
    video_title: str
    lines: int | None
    bytes_per_s: float
    waits: bool = False
