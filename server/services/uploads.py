"""Uploads from the first word to the queued video.

An upload's bytes are its file and nothing else: how much has arrived is the file's size. The quota is reserved when it
begins and charged when it ends; whatever ends it otherwise gives the bytes back. When the last byte is there, `finish`
looks at the content, puts the file in its video's place by one rename, and queues the video in one transaction; asking
again, also after a crash between the two, gives the same video.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import (
    ClipsetError,
    Conflict,
    InvalidInput,
    NotFound,
    NotSignedIn,
    QuotaExceeded,
    TooLarge,
    TooManyRequests,
    UnsupportedMedia,
)
from server.events import JobChanged, Publish, UserChanged, VideoChanged
from server.jobs.store import JobStore
from server.jobs.workers import Workers
from server.media.names import doubt
from server.media.sniff import HEAD_BYTES, sniff
from server.models import CategoryRow, UploadRow, UserRow, VideoRow
from server.services import text
from server.services.configuration import Configuration
from server.services.quota import Quotas
from server.services.room import Room
from server.services.search import Search
from server.services.upload_locks import UploadLocks
from server.services.upload_writer import Writer
from server.services.videos import require_category
from server.storage import Storage, plain_failures
from server.values.accounts import Caller
from server.values.clock import Clock
from server.values.jobs import JobState
from server.values.uploads import Upload, UploadRequest, UploadVerdict
from server.values.videos import VideoStatus

_log = structlog.get_logger(__name__)

#: An upload nobody goes on with is swept after this, counted from the last day on which somebody did.
LIFETIME = timedelta(days=7)
_PROLONG_EVERY = timedelta(days=1)
#: A form that has arrived whole becomes a video in the same request; if that fails, nobody can go on with it.
_FORM_LIFETIME = timedelta(hours=1)
#: How long `finish` waits for another request that finishes the same upload; that takes some milliseconds.
_FINISH_WAIT_S = 10.0
#: A client that lost its connection comes back while the server still waits on the old one, which is quiet by then.
_QUIET_S = 3.0
#: How long a writer that was asked to leave may take: what it has received is written and synced first.
_LEAVE_WAIT_S = 10.0
#: Uploads that one member may have begun and not finished.
UNFINISHED_PER_MEMBER = 100


class Uploads:
    """Begins, receives and finishes uploads. Thread-safe; one writer an upload at a time."""

    def __init__(
        self,
        *,
        database: Database,
        storage: Storage,
        room: Room,
        quotas: Quotas,
        configuration: Configuration,
        jobs: JobStore,
        workers: Workers,
        locks: UploadLocks,
        search: Search,
        publish: Publish,
        clock: Clock,
    ) -> None:
        self._database = database
        self._storage = storage
        self._room = room
        self._quotas = quotas
        self._configuration = configuration
        self._jobs = jobs
        self._workers = workers
        self._search = search
        self._publish = publish
        self._clock = clock
        self._locks = locks

    def check(self, caller: Caller, filename: str, size_bytes: int) -> UploadVerdict:
        """Whether an upload of `size_bytes` would be accepted now, before a byte is sent."""
        user_id = _member(caller)
        quota = self._quotas.of(user_id)
        try:
            if sentence := doubt(filename, self._configuration.get().accepted_video_formats):
                raise UnsupportedMedia(sentence)
            self._require_size(size_bytes)
            with self._database.read() as db:
                self._room.require(db, size_bytes)
            if size_bytes > quota.left_bytes:
                raise QuotaExceeded("This is more than you have left this week.")
        except ClipsetError as refusal:
            return UploadVerdict(accepted=False, code=refusal.code, reason=refusal.sentence, quota=quota)
        return UploadVerdict(accepted=True, code=None, reason=None, quota=quota)

    def left_bytes(self, caller: Caller) -> int:
        """What the caller may still upload this week."""
        return self._quotas.of(_member(caller)).left_bytes

    @property
    def receiving(self) -> int:
        """Uploads that a request is at work on now."""
        return self._locks.taken

    def begin(self, caller: Caller, request: UploadRequest) -> Upload:
        """Reserve the quota and make an empty file.

        Raises `TooLarge` (`QuotaExceeded` among them), `OutOfSpace`, `InvalidInput`, `NotSignedIn`.
        """
        return self._begin(_member(caller), uuid4(), request, LIFETIME)

    def begin_with_body(self, caller: Caller, request: UploadRequest) -> Writer:
        """Begin an upload in a request that brings bytes along, and be its writer. Raises as `begin` does.

        Until that request is answered nobody else knows of the upload. So it counts as expired from the start, and
        what a crash leaves of it is swept; `keep` or `set_size` end that.
        """
        user_id, upload_id = _member(caller), uuid4()
        self._locks.admit(user_id)
        self._locks.take(upload_id)
        try:
            self._begin(user_id, upload_id, request, timedelta(0))
            return self._writer(upload_id, user_id, 0, request.size_bytes, finished=False)
        except BaseException:
            self._let_go(user_id, upload_id)
            raise

    def keep(self, upload_id: UUID) -> None:
        """Its bytes have arrived and the client is about to be told where it is: give it its whole time."""
        with self._database.write() as db:
            self._prolong(db, upload_id)

    def abandon(self, writer: Writer) -> None:
        """Give up what `begin_with_body` began, with its quota, and close the writer. Harmless to repeat."""
        try:
            writer.close_file()
            self.drop(writer.user_id, writer.upload_id, "Broken off")
        finally:
            writer.close()

    def _begin(self, user_id: UUID, upload_id: UUID, request: UploadRequest, lasts: timedelta) -> Upload:
        self._require_size(request.size_bytes)
        filename = text.filename(request.filename)
        now = self._clock()
        row = UploadRow(
            id=upload_id,
            user_id=user_id,
            video_id=uuid4(),
            filename=filename,
            title=text.title(request.title, fallback_filename=filename),
            description=text.description(request.description),
            category_id=request.category_id,
            client_metadata=request.metadata,
            size_bytes=request.size_bytes,
            created_at=now,
            expires_at=now + lasts,
        )
        try:
            with self._database.write() as db:
                # a person who is being deleted is shut out first; see `People.delete`
                if not db.scalar(select(UserRow.is_active).where(UserRow.id == user_id)):
                    raise NotSignedIn("Please sign in again.")
                require_category(db, request.category_id)
                self._require_few(db, user_id)
                # inside the transaction: of two at once, the second counts what was promised to the first
                self._room.require(db, request.size_bytes)
                self._quotas.reserve(db, user_id, row.id, row.video_id, request.size_bytes, filename)
                db.add(row)
                db.flush()
                upload = self._value(row)
                # inside the transaction: if the file cannot be made, nothing was reserved
                self._storage.create_incoming(row.id)
        except BaseException:
            self._storage.discard_incoming(upload_id)
            raise
        self._publish(UserChanged(user_id=user_id))
        return upload

    def get(self, caller: Caller, upload_id: UUID) -> Upload:
        """One upload of the caller. Raises `NotFound`."""
        with self._database.read() as db:
            return self._value(_require(db, caller, upload_id))

    def open_writer(
        self, caller: Caller, upload_id: UUID, offset_bytes: int, length_bytes: int | None
    ) -> Writer:
        """The one who may append to an upload now, at its end.

        Another request that writes is asked to leave if nothing came for it of late: its client has gone. Raises
        `NotFound`, `Locked` while another request writes, `TooManyRequests`, `Conflict` for another offset than the
        file's size, `TooLarge` when `length_bytes` more would be more than was announced.
        """
        user_id = _member(caller)
        with self._database.read() as db:
            _require(db, caller, upload_id)
        self._locks.take_from(upload_id, quiet_s=_QUIET_S, wait_s=_LEAVE_WAIT_S)
        try:
            self._locks.admit(user_id)
        except BaseException:
            self._locks.release(upload_id)
            raise
        try:
            with self._database.read() as db:
                row = _require(db, caller, upload_id)
                size_bytes, finished, expires_at = row.size_bytes, row.finished_at is not None, row.expires_at
            received = size_bytes if finished else self._storage.received_bytes(upload_id)
            if offset_bytes != received:
                raise Conflict(f"This upload stands at byte {received}.", code="wrong_offset")
            if length_bytes is not None and received + length_bytes > size_bytes:
                raise TooLarge("These are more bytes than this upload was announced with.")
            if expires_at - self._clock() < LIFETIME - _PROLONG_EVERY and not finished:
                with self._database.write() as db:
                    self._prolong(db, upload_id)
            return self._writer(upload_id, user_id, received, size_bytes, finished=finished)
        except BaseException:
            self._let_go(user_id, upload_id)
            raise

    def _let_go(self, user_id: UUID, upload_id: UUID) -> None:
        self._locks.release(upload_id)
        self._locks.dismiss(user_id)

    def _writer(
        self, upload_id: UUID, user_id: UUID, offset_bytes: int, size_bytes: int, *, finished: bool
    ) -> Writer:
        writer = Writer(
            upload_id=upload_id,
            user_id=user_id,
            file=None if finished else self._storage.open_incoming(upload_id),
            offset_bytes=offset_bytes,
            size_bytes=size_bytes,
            publish=self._publish,
            release=lambda: self._let_go(user_id, upload_id),
        )
        self._locks.held_by(upload_id, writer.leave)
        return writer

    def finish(self, caller: Caller, upload_id: UUID) -> UUID:
        """Turn a complete upload into a queued video and return the video's id; asking again gives the same one.

        Of several at once one does the work and the others wait for it. Raises `NotFound`, `Locked`, `Conflict` while
        bytes are missing, `UnsupportedMedia` when the content is no video we take: then the upload is gone and its
        quota given back.
        """
        with self._database.read() as db:
            row = _require(db, caller, upload_id)
            if row.finished_at is not None:
                return row.video_id
        with self._locks.alone(upload_id, wait_s=_FINISH_WAIT_S):
            return self._finish(caller, upload_id)

    def _finish(self, caller: Caller, upload_id: UUID) -> UUID:
        with self._database.read() as db:
            row = _require(db, caller, upload_id)
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
            self.drop(user_id, upload_id, verdict.sentence)
            raise UnsupportedMedia(verdict.sentence)
        self._storage.adopt(upload_id, video_id)
        try:
            with self._database.write() as db:
                job_id = self._queue_video(db, _require(db, caller, upload_id))
        except NotFound:
            # the account was deleted while the file was put in place
            self._storage.remove(video_id)
            raise
        self._publish(VideoChanged(video_id=video_id))
        self._publish(JobChanged(job_id=job_id, video_id=video_id, state=JobState.QUEUED))
        self._publish(UserChanged(user_id=user_id))
        self._workers.wake()
        return video_id

    def set_size(self, caller: Caller, upload_id: UUID, size_bytes: int, request: UploadRequest) -> None:
        """For a form upload, whose size and fields are known only at its end: note them and correct the quota.

        Raises `InvalidInput` for a bad field, `NotFound`.
        """
        filename = text.filename(request.filename)
        values = {
            "filename": filename,
            "title": text.title(request.title, fallback_filename=filename),
            "description": text.description(request.description),
            "category_id": request.category_id,
            "size_bytes": size_bytes,
        }
        with self._database.write() as db:
            row = _require(db, caller, upload_id)
            require_category(db, request.category_id)
            for key, value in values.items():
                setattr(row, key, value)
            row.expires_at = self._clock() + _FORM_LIFETIME
            self._quotas.correct(db, row.user_id, upload_id, row.video_id, size_bytes, filename)

    def cancel(self, caller: Caller, upload_id: UUID) -> None:
        """Give an unfinished upload up; a request that still sends to it is ended. Raises `NotFound`, `Locked`."""
        with self._database.read() as db:
            _require(db, caller, upload_id)
        self._locks.take_from(upload_id, quiet_s=0.0, wait_s=_LEAVE_WAIT_S)
        try:
            with self._database.read() as db:
                row = _require(db, caller, upload_id)
                if row.finished_at is not None:
                    raise NotFound("This upload has ended; its video is in the library.")
                user_id = row.user_id
            self.drop(user_id, upload_id, "Cancelled")
        finally:
            self._locks.release(upload_id)

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

    def drop(self, user_id: UUID, upload_id: UUID, note: str) -> None:
        """Remove an unfinished upload and give its quota back; harmless to repeat. The caller has its lock."""
        with self._database.write() as db:
            row = db.get(UploadRow, upload_id)
            if row is not None and row.finished_at is None:
                self._quotas.settle(db, user_id, upload_id, row.video_id, 0, note)
                db.delete(row)
        self._storage.discard_incoming(upload_id)
        self._publish(UserChanged(user_id=user_id))

    def _require_size(self, size_bytes: int) -> None:
        if size_bytes <= 0:
            raise InvalidInput("This file is empty. Choose another one.", field="size")
        if size_bytes > self._configuration.get().max_file_size_bytes:
            raise TooLarge("This file is larger than this server takes.")

    def _require_few(self, db: DbSession, user_id: UUID) -> None:
        begun = db.scalar(
            select(func.count())
            .select_from(UploadRow)
            .where(UploadRow.user_id == user_id, UploadRow.finished_at.is_(None))
        )
        if (begun or 0) >= UNFINISHED_PER_MEMBER:
            raise TooManyRequests(
                f"You have begun {UNFINISHED_PER_MEMBER} uploads that are not finished. Finish or cancel some first.",
                retry_after_s=60,
            )

    def _prolong(self, db: DbSession, upload_id: UUID) -> None:
        db.execute(
            update(UploadRow).where(UploadRow.id == upload_id).values(expires_at=self._clock() + LIFETIME)
        )

    def _value(self, row: UploadRow) -> Upload:
        finished = row.finished_at is not None
        return Upload(
            id=row.id,
            user_id=row.user_id,
            filename=row.filename,
            metadata=row.client_metadata,
            size_bytes=row.size_bytes,
            offset_bytes=row.size_bytes if finished else self._storage.received_bytes(row.id),
            created_at=row.created_at,
            expires_at=row.expires_at,
            video_id=row.video_id if finished else None,
        )


def _member(caller: Caller) -> UUID:
    if caller.user_id is None:
        raise NotSignedIn("Only people with an account upload videos.")
    return caller.user_id


def _require(db: DbSession, caller: Caller, upload_id: UUID) -> UploadRow:
    row = db.get(UploadRow, upload_id)
    if row is None or row.user_id != caller.user_id:
        raise NotFound("There is no such upload. It may have expired; start it again.")
    return row
