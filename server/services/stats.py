"""Figures about the whole server, for its admins."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import func, select

from server.database.engine import Database
from server.jobs.listing import JobListing
from server.models import UserRow, VideoCountRow, VideoRow
from server.services.viewers import Viewers
from server.storage import Storage
from server.values.stats import Stats
from server.values.videos import VideoStatus


class StatsService:
    """Takes snapshots. `bytes_served` is asked of whoever sends the bytes."""

    def __init__(
        self,
        database: Database,
        jobs: JobListing,
        viewers: Viewers,
        storage: Storage,
        bytes_served: Callable[[], int],
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._viewers = viewers
        self._storage = storage
        self._bytes_served = bytes_served
        self._started_s = time.monotonic()

    def snapshot(self) -> Stats:
        """The figures as they are now."""
        with self._database.read() as db:
            users = db.scalar(select(func.count()).select_from(UserRow)) or 0
            active = db.scalar(select(func.count()).select_from(UserRow).where(UserRow.is_active)) or 0
            counted = select(VideoCountRow.status, func.sum(VideoCountRow.number))
            by_status = dict(db.execute(counted.group_by(VideoCountRow.status)).all())
            stored = db.scalar(select(func.coalesce(func.sum(VideoRow.size_bytes), 0))) or 0
        queued, running = self._jobs.counts()
        return Stats(
            users=users,
            active_users=active,
            videos_by_status={status.value: by_status.get(status.value, 0) for status in VideoStatus},
            bytes_stored=int(stored),
            bytes_free=self._storage.free_bytes(),
            jobs_queued=queued,
            jobs_running=running,
            viewers_now=self._viewers.count(),
            bytes_served=self._bytes_served(),
            uptime_s=int(time.monotonic() - self._started_s),
        )
