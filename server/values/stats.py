"""Figures about the whole server."""

from __future__ import annotations

from datetime import datetime

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
