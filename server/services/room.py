"""Whether the disk has room for another upload: counted is also what it has promised already.

Promised is what running uploads have still to send, and what the encodes will need. An encode may become as large as
its source and lies beside it until it has been checked; then the original goes, unless originals are kept.
"""

from __future__ import annotations

from heapq import nlargest

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from server.errors import OutOfSpace
from server.models import FINISHED, UploadRow, VideoRow
from server.storage import Storage
from server.values.videos import VideoStatus

#: Left free on the disk whatever is uploaded: the database and the system need room to work.
SPARE_BYTES = 512 * 1024**2

_TO_ENCODE = (VideoStatus.PENDING.value, VideoStatus.PROCESSING.value)


class Room:
    """Looks at the disk and at what it has promised."""

    def __init__(self, storage: Storage, *, encodes_at_once: int, keep_originals: bool) -> None:
        self._storage = storage
        self._encodes_at_once = encodes_at_once
        self._keep_originals = keep_originals

    def require(self, db: DbSession, size_bytes: int) -> None:
        """Raise `OutOfSpace` unless there is room for another upload of `size_bytes`, and for all that was promised.

        Of two that ask at once within transactions that write, the second counts what was promised to the first.
        """
        uploads = db.execute(
            select(UploadRow.id, UploadRow.video_id, UploadRow.size_bytes).where(
                UploadRow.finished_at.is_(None)
            )
        ).all()
        to_come = sum(
            max(0, size - self._storage.received_bytes(upload_id, video_id))
            for upload_id, video_id, size in uploads
        )
        to_encode = select(VideoRow.size_bytes).where(
            VideoRow.status != FINISHED, VideoRow.status.in_(_TO_ENCODE)
        )
        waiting = db.scalars(to_encode)
        sources = [size_bytes, *waiting, *(each.size_bytes for each in uploads)]
        encodes = sources if self._keep_originals else nlargest(self._encodes_at_once, sources)
        if size_bytes + to_come + sum(encodes) + SPARE_BYTES > self._storage.free_bytes():
            raise OutOfSpace(
                "The server's disk has no room for this file just now. Try again later, or tell whoever runs it."
            )
