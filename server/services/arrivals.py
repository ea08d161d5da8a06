"""The end of an upload: all its bytes are there, and it becomes a queued video.

The content is looked at, the file is put in its video's place by one rename, and the video is queued in one
transaction; asking again, also after a crash between the two, gives the same video.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.disk import plain_failures
from server.errors import Conflict, NotFound, UnsupportedMedia
from server.events import JobChanged, Publish, UserChanged, VideoChanged
from server.jobs.store import JobStore
from server.jobs.workers import Workers
from server.media.sniff import HEAD_BYTES, sniff
from server.models import CategoryRow, UploadRow, VideoRow
from server.services.configuration import Configuration
from server.services.quota import Quotas
from server.services.search import Search
from server.services.upload_locks import UploadLocks
from server.services.uploads import LIFETIME, Uploads, require_upload
from server.storage import Storage
from server.values.accounts import Caller
from server.values.clock import Clock
from server.values.jobs import JobState
from server.values.videos import VideoStatus

#: How long `finish` waits for another request that finishes the same upload; that takes some milliseconds.
_FINISH_WAIT_S = 10.0


class Arrivals:
    """Finishes uploads. Thread-safe; of several who finish the same one, one does the work."""

    def __init__(
        self,
        *,
        database: Database,
        storage: Storage,
        uploads: Uploads,
        locks: UploadLocks,
        configuration: Configuration,
        quotas: Quotas,
        jobs: JobStore,
        workers: Workers,
        search: Search,
        publish: Publish,
        clock: Clock,
    ) -> None:
        self._database = database
        self._storage = storage
        self._uploads = uploads
        self._locks = locks
        self._configuration = configuration
        self._quotas = quotas
        self._jobs = jobs
        self._workers = workers
        self._search = search
        self._publish = publish
        self._clock = clock

    def finish(self, caller: Caller, upload_id: UUID) -> UUID:
        """Turn a complete upload into a queued video and return the video's id; asking again gives the same one.

        Of several at once one does the work and the others wait for it. Raises `NotFound`, `Locked`, `Conflict` while
        bytes are missing, `UnsupportedMedia` when the content is no video we take: then the upload is gone and its
        quota given back.
        """
        with self._database.read() as db:
            row = require_upload(db, caller, upload_id)
            if row.finished_at is not None:
                return row.video_id
        with self._locks.alone(upload_id, wait_s=_FINISH_WAIT_S):
            return self._finish(caller, upload_id)

    def _finish(self, caller: Caller, upload_id: UUID) -> UUID:
        with self._database.read() as db:
            row = require_upload(db, caller, upload_id)
            if row.finished_at is not None:
                return row.video_id
            user_id, video_id, size_bytes = row.user_id, row.video_id, row.size_bytes
        placed = self._storage.source(video_id)
        path = placed if placed.exists() else self._storage.incoming(upload_id)
        if not path.exists() or path.stat().st_size != size_bytes:
            raise Conflict("Bytes of this upload are still missing.", code="upload_incomplete")
        with plain_failures(), path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        verdict = sniff(head, self._configuration.get().accepted_video_formats)
        if verdict.sentence is not None:
            self._uploads.drop(user_id, upload_id, verdict.sentence)
            raise UnsupportedMedia(verdict.sentence)
        self._storage.adopt(upload_id, video_id)
        try:
            with self._database.write() as db:
                job_id = self._queue_video(db, require_upload(db, caller, upload_id))
        except NotFound:
            # the account was deleted while the file was put in place
            self._storage.remove(video_id)
            raise
        self._publish(VideoChanged(video_id=video_id))
        self._publish(JobChanged(job_id=job_id, video_id=video_id, state=JobState.QUEUED))
        self._publish(UserChanged(user_id=user_id))
        self._workers.wake()
        return video_id

    def _queue_video(self, db: DbSession, row: UploadRow) -> UUID:
        now = self._clock()
        row.finished_at, row.expires_at = now, now + LIFETIME
        category_id = row.category_id if row.category_id and db.get(CategoryRow, row.category_id) else None
        db.add(
            VideoRow(
                id=row.video_id,
                title=row.title,
                description=row.description,
                category_id=category_id,
                uploaded_by=row.user_id,
                original_filename=row.filename,
                size_bytes=row.size_bytes,
                status=VideoStatus.PENDING.value,
                created_at=now,
            )
        )
        db.flush()
        self._search.learn(db, row.video_id, row.title, row.description)
        self._quotas.settle(db, row.user_id, row.id, row.video_id, row.size_bytes, row.filename)
        return self._jobs.add(db, row.video_id)
