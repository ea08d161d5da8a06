"""Looks after uploads that nobody is asking for: after a start, and by the clock."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import structlog
from sqlalchemy import select

from server.database.engine import Database
from server.errors import ClipsetError, Locked
from server.models import UploadRow, UserRow, VideoRow
from server.services.arrivals import Arrivals
from server.services.upload_locks import UploadLocks
from server.services.uploads import Uploads
from server.storage import Storage
from server.values.accounts import Caller, Role
from server.values.clock import Clock

_log = structlog.get_logger(__name__)


class UploadUpkeep:
    """Finishes and sweeps uploads."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        uploads: Uploads,
        arrivals: Arrivals,
        locks: UploadLocks,
        clock: Clock,
    ) -> None:
        self._database = database
        self._storage = storage
        self._uploads = uploads
        self._arrivals = arrivals
        self._locks = locks
        self._clock = clock

    def sweep_expired(self) -> int:
        """Drop unfinished uploads past their time, never one that is being written. Returns how many."""
        now = self._clock()
        with self._database.read() as db:
            expired = list(db.scalars(select(UploadRow.id).where(UploadRow.expires_at < now)))
        return sum(self._sweep(upload_id) for upload_id in expired)

    def _sweep(self, upload_id: UUID) -> bool:
        """Drop one upload if its time is over still; whether an unfinished one went."""
        with suppress(Locked), self._locks.alone(upload_id):
            with self._database.write() as db:
                row = db.get(UploadRow, upload_id)
                if row is None or row.expires_at >= self._clock():
                    return False
                if row.finished_at is not None:
                    db.delete(row)
                    return False
                user_id = row.user_id
            self._uploads.drop(user_id, upload_id, "Not continued in time")
            return True
        return False

    def recover(self) -> None:
        """After a start: finish what was complete when the last process ended, and sweep what belongs to nobody."""
        with self._database.read() as db:
            unfinished = db.execute(
                select(
                    UploadRow.id, UploadRow.video_id, UploadRow.user_id, UploadRow.size_bytes, UserRow.role
                )
                .join(UserRow, UserRow.id == UploadRow.user_id)
                .where(UploadRow.finished_at.is_(None))
            ).all()
            videos = list(db.scalars(select(VideoRow.id)))
        swept = self._storage.sweep(
            uploads=[each.id for each in unfinished],
            videos=[*videos, *(each.video_id for each in unfinished)],
        )
        for each in unfinished:
            placed = self._storage.source(each.video_id).exists()
            if placed or self._storage.received_bytes(each.id, each.video_id) == each.size_bytes:
                owner = Caller(user_id=each.user_id, session_id=None, role=Role(each.role))
                try:
                    self._arrivals.finish(owner, each.id)
                except ClipsetError as error:
                    # one broken file must not keep the server from starting
                    _log.warning("upload_not_finished", upload_id=str(each.id), reason=error.sentence)
        self.sweep_expired()
        if swept:
            _log.info("orphans_swept", folders=swept)
