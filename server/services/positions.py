"""Where each member stopped watching: kept in memory first, and written to the database in batches.

A player tells its position every few seconds. A write for each of those would make everybody wait for the database, so
what has come is written every few seconds at once, when there is much of it, and when the server stops.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import Select, delete, func, insert, select

from server.database.engine import Database
from server.errors import ClipsetError
from server.models import PositionRow, UserRow, VideoRow
from server.services.listing import visible_to
from server.services.videos import Videos
from server.values.accounts import Caller
from server.values.clock import Clock
from server.values.paging import Page
from server.values.videos import VideoStatus
from server.values.watching import Position, Started

_log = structlog.get_logger(__name__)

PENDING_MAX = 1000
#: Of how much is begun or finished, in percent of the whole.
_BEGUN, _FINISHED = 5, 95


class _Key(NamedTuple):
    user_id: UUID
    video_id: UUID


class _Pending(NamedTuple):
    position_ms: int
    updated_at: datetime


class Positions:
    """Remembers positions. Thread-safe."""

    def __init__(self, database: Database, videos: Videos, clock: Clock) -> None:
        self._database = database
        self._videos = videos
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._pending: dict[_Key, _Pending] = {}

    def put(self, caller: Caller, user_id: UUID, video_id: UUID, position_ms: int) -> Position:
        """Remember where somebody is; past the end is the end. Raises `NotFound`."""
        video = self._videos.get(caller, video_id)
        if video.duration_ms is not None:
            position_ms = min(position_ms, video.duration_ms)
        pending = _Pending(position_ms, self._clock())
        with self._lock:
            self._pending[_Key(user_id, video_id)] = pending
            many = len(self._pending) >= PENDING_MAX
        if many:
            self.flush()
        return Position(position_ms=position_ms, updated_at=pending.updated_at)

    def get(self, caller: Caller, user_id: UUID, video_id: UUID) -> Position:
        """Where somebody stopped. Raises `NotFound`."""
        self._videos.get(caller, video_id)
        with self._lock:
            pending = self._pending.get(_Key(user_id, video_id))
        if pending is not None:
            return Position(position_ms=pending.position_ms, updated_at=pending.updated_at)
        with self._database.read() as db:
            row = db.get(PositionRow, (user_id, video_id))
            if row is None:
                return Position(position_ms=0, updated_at=None)
            return Position(position_ms=row.position_ms, updated_at=row.updated_at)

    def started(self, caller: Caller, user_id: UUID, page: int = 1, page_size: int = 20) -> Page[Started]:
        """What somebody has begun and not finished, the latest first."""
        with self._lock:
            waits = any(key.user_id == user_id for key in self._pending)
        if waits:
            self.flush()
        found = _started(caller, user_id)
        with self._database.read() as db:
            total = db.scalar(select(func.count()).select_from(found.subquery())) or 0
            rows = db.execute(
                found.order_by(PositionRow.updated_at.desc(), PositionRow.video_id)
                .limit(page_size)
                .offset((page - 1) * page_size)
            ).all()
        videos = self._videos.several(caller, [row.video_id for row in rows])
        items = [
            Started(video=videos[row.video_id], position_ms=row.position_ms, updated_at=row.updated_at)
            for row in rows
            if row.video_id in videos
        ]
        return Page(items=items, total=total, page=page, page_size=page_size)

    def flush(self) -> None:
        """Write what has come. What cannot be written now is written later; never raises."""
        with self._writing:
            with self._lock:
                batch = dict(self._pending)
            if not batch:
                return
            try:
                self._write(batch)
            except ClipsetError as error:
                _log.warning("positions_not_written", number=len(batch), reason=error.sentence)
                return
            with self._lock:
                for key, written in batch.items():
                    if self._pending.get(key) is written:  # else it has moved on meanwhile
                        del self._pending[key]

    def _write(self, batch: dict[_Key, _Pending]) -> None:
        with self._database.write() as db:
            # of people and videos that are gone by now nothing is kept
            users = set(db.scalars(select(UserRow.id).where(UserRow.id.in_({key.user_id for key in batch}))))
            videos = set(
                db.scalars(select(VideoRow.id).where(VideoRow.id.in_({key.video_id for key in batch})))
            )
            rows = [
                {"user_id": key.user_id, "video_id": key.video_id, **pending._asdict()}
                for key, pending in batch.items()
                if key.user_id in users and key.video_id in videos
            ]
            for row in rows:
                db.execute(
                    delete(PositionRow).where(
                        PositionRow.user_id == row["user_id"], PositionRow.video_id == row["video_id"]
                    )
                )
            if rows:
                db.execute(insert(PositionRow), rows)


def _started(caller: Caller, user_id: UUID) -> Select[UUID, int, datetime]:
    per_cent = PositionRow.position_ms * 100
    return (
        select(PositionRow.video_id, PositionRow.position_ms, PositionRow.updated_at)
        .join(VideoRow, VideoRow.id == PositionRow.video_id)
        .where(
            PositionRow.user_id == user_id,
            visible_to(caller),
            VideoRow.status == VideoStatus.COMPLETED.value,
            per_cent >= VideoRow.duration_ms * _BEGUN,
            per_cent <= VideoRow.duration_ms * _FINISHED,
            PositionRow.position_ms > 0,
        )
    )
