"""Uploads under way, from the first word to the last byte; `arrivals` makes a video of what is complete.

An upload's bytes are its file and nothing else: how much has arrived is the file's size. The quota is reserved when it
begins and charged when it ends; whatever ends it otherwise gives the bytes back.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import (
    Conflict,
    NotFound,
    NotSignedIn,
    TooLarge,
)
from server.events import Publish, UserChanged
from server.models import UploadRow, UserRow
from server.services import text
from server.services.quota import Quotas
from server.services.upload_limits import UploadLimits, uploader_of
from server.services.upload_locks import UploadLocks
from server.services.upload_writer import Writer
from server.services.videos import require_category
from server.storage import Storage
from server.values.accounts import Caller
from server.values.clock import Clock
from server.values.uploads import Upload, UploadRequest

#: An upload nobody goes on with is swept after this, counted from the last day on which somebody did.
LIFETIME = timedelta(days=7)
_PROLONG_EVERY = timedelta(days=1)
#: A form that has arrived whole becomes a video in the same request; if that fails, nobody can go on with it.
_FORM_LIFETIME = timedelta(hours=1)
#: A client that lost its connection comes back while the server still waits on the old one, which is quiet by then.
_QUIET_S = 3.0
#: How long a writer that was asked to leave may take: what it has received is written and synced first.
_LEAVE_WAIT_S = 10.0


class Uploads:
    """Begins, receives and gives up uploads. Thread-safe; one writer an upload at a time."""

    def __init__(
        self,
        *,
        database: Database,
        storage: Storage,
        limits: UploadLimits,
        quotas: Quotas,
        locks: UploadLocks,
        publish: Publish,
        clock: Clock,
    ) -> None:
        self._database = database
        self._storage = storage
        self._limits = limits
        self._quotas = quotas
        self._publish = publish
        self._clock = clock
        self._locks = locks

    @property
    def receiving(self) -> int:
        """Uploads that a request is at work on now."""
        return self._locks.taken

    def begin(self, caller: Caller, request: UploadRequest) -> Upload:
        """Reserve the quota and make an empty file.

        Raises `TooLarge` (`QuotaExceeded` among them), `OutOfSpace`, `InvalidInput`, `NotSignedIn`.
        """
        return self._begin(uploader_of(caller), uuid4(), request, LIFETIME)

    def begin_with_body(self, caller: Caller, request: UploadRequest) -> Writer:
        """Begin an upload in a request that brings bytes along, and be its writer. Raises as `begin` does.

        Until that request is answered nobody else knows of the upload. So it counts as expired from the start, and
        what a crash leaves of it is swept; `keep` or `set_size` end that.
        """
        user_id, upload_id = uploader_of(caller), uuid4()
        self._locks.admit(user_id)
        self._locks.take(upload_id)
        try:
            self._begin(user_id, upload_id, request, timedelta(0))
            return self._writer(upload_id, user_id, 0, request.size_bytes)
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
        self._limits.require_size(request.size_bytes)
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
                # inside the transaction: of two at once, the second counts what was promised to the first
                self._limits.require_room(db, user_id, request.size_bytes)
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
            return self._value(require_upload(db, caller, upload_id))

    def open_writer(
        self, caller: Caller, upload_id: UUID, offset_bytes: int, length_bytes: int | None
    ) -> Writer:
        """The one who may append to an upload now, at its end.

        Another request that writes is asked to leave if nothing came for it of late: its client has gone. Raises
        `NotFound`, `Locked` while another request writes, `TooManyRequests`, `Conflict` for another offset than the
        file's size, `TooLarge` when `length_bytes` more would be more than was announced.
        """
        user_id = uploader_of(caller)
        with self._database.read() as db:
            require_upload(db, caller, upload_id)
        self._locks.take_from(upload_id, quiet_s=_QUIET_S, wait_s=_LEAVE_WAIT_S)
        try:
            self._locks.admit(user_id)
        except BaseException:
            self._locks.release(upload_id)
            raise
        try:
            with self._database.read() as db:
                row = require_upload(db, caller, upload_id)
                size_bytes, finished, expires_at = row.size_bytes, row.finished_at is not None, row.expires_at
            received = size_bytes if finished else self._storage.received_bytes(upload_id, row.video_id)
            if offset_bytes != received:
                raise Conflict(f"This upload stands at byte {received}.", code="wrong_offset")
            if length_bytes is not None and received + length_bytes > size_bytes:
                raise TooLarge("These are more bytes than this upload was announced with.")
            if expires_at - self._clock() < LIFETIME - _PROLONG_EVERY and not finished:
                with self._database.write() as db:
                    self._prolong(db, upload_id)
            return self._writer(upload_id, user_id, received, size_bytes)
        except BaseException:
            self._let_go(user_id, upload_id)
            raise

    def _let_go(self, user_id: UUID, upload_id: UUID) -> None:
        self._locks.release(upload_id)
        self._locks.dismiss(user_id)

    def _writer(self, upload_id: UUID, user_id: UUID, offset_bytes: int, size_bytes: int) -> Writer:
        whole = offset_bytes == size_bytes  # its file may be in its video's place already
        writer = Writer(
            upload_id=upload_id,
            user_id=user_id,
            file=None if whole else self._storage.open_incoming(upload_id),
            offset_bytes=offset_bytes,
            size_bytes=size_bytes,
            publish=self._publish,
            release=lambda: self._let_go(user_id, upload_id),
        )
        self._locks.held_by(upload_id, writer.leave)
        return writer

    def set_size(self, caller: Caller, upload_id: UUID, size_bytes: int, request: UploadRequest) -> None:
        """For a form upload, whose size and fields are known only at its end: note them and correct the quota.

        Raises `InvalidInput` for a bad field or an empty file, `NotFound`.
        """
        self._limits.require_size(size_bytes)
        filename = text.filename(request.filename)
        values = {
            "filename": filename,
            "title": text.title(request.title, fallback_filename=filename),
            "description": text.description(request.description),
            "category_id": request.category_id,
            "size_bytes": size_bytes,
        }
        with self._database.write() as db:
            row = require_upload(db, caller, upload_id)
            require_category(db, request.category_id)
            for key, value in values.items():
                setattr(row, key, value)
            row.expires_at = self._clock() + _FORM_LIFETIME
            self._quotas.correct(db, row.user_id, upload_id, row.video_id, size_bytes, filename)

    def cancel(self, caller: Caller, upload_id: UUID) -> None:
        """Give an unfinished upload up; a request that still sends to it is ended. Raises `NotFound`, `Locked`."""
        with self._database.read() as db:
            require_upload(db, caller, upload_id)
        self._locks.take_from(upload_id, quiet_s=0.0, wait_s=_LEAVE_WAIT_S)
        try:
            with self._database.read() as db:
                row = require_upload(db, caller, upload_id)
                if row.finished_at is not None:
                    raise NotFound("This upload has ended; its video is in the library.")
                user_id = row.user_id
            self.drop(user_id, upload_id, "Cancelled")
        finally:
            self._locks.release(upload_id)

    def cancel_all(self, user_id: UUID) -> None:
        """Give up every unfinished upload of somebody whose account goes, also those that are being written.

        A request that still sends writes to a file that has no name any more, and is refused at its end.
        """
        with self._database.read() as db:
            ids = list(
                db.scalars(
                    select(UploadRow.id).where(UploadRow.user_id == user_id, UploadRow.finished_at.is_(None))
                )
            )
        for upload_id in ids:
            self.drop(user_id, upload_id, "The account was deleted")

    def drop(self, user_id: UUID, upload_id: UUID, note: str) -> None:
        """Remove an unfinished upload and give its quota back; harmless to repeat. The caller has its lock."""
        placed: UUID | None = None
        with self._database.write() as db:
            row = db.get(UploadRow, upload_id)
            if row is not None and row.finished_at is None:
                placed = row.video_id  # if it got that far and could not be noted
                self._storage.condemn(placed)
                self._quotas.settle(db, user_id, upload_id, placed, 0, note)
                db.delete(row)
        self._storage.discard_incoming(upload_id)
        if placed is not None:
            self._storage.remove(placed)
        self._publish(UserChanged(user_id=user_id))

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
            offset_bytes=row.size_bytes if finished else self._storage.received_bytes(row.id, row.video_id),
            created_at=row.created_at,
            expires_at=row.expires_at,
            video_id=row.video_id if finished else None,
        )


def require_upload(db: DbSession, caller: Caller, upload_id: UUID) -> UploadRow:
    """An upload of the caller's. Raises `NotFound`."""
    row = db.get(UploadRow, upload_id)
    if row is None or row.user_id != caller.user_id:
        raise NotFound("There is no such upload. It may have expired; start it again.")
    return row
