"""What an upload must fit: the rules for one file, a member's week, the disk, and how many one member may begin.

Asked before a byte is sent (`verdict`), and again when the upload begins.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import (
    ClipsetError,
    InvalidInput,
    NotSignedIn,
    QuotaExceeded,
    TooLarge,
    TooManyRequests,
    UnsupportedMedia,
)
from server.media.names import doubt
from server.models import UploadRow
from server.services.configuration import Configuration
from server.services.quota import Quotas
from server.services.room import Room
from server.values.accounts import Caller
from server.values.uploads import UploadVerdict

#: Uploads that one member may have begun and not finished.
UNFINISHED_PER_MEMBER = 100


class UploadLimits:
    """Looks at every limit there is. Reserves nothing."""

    def __init__(self, database: Database, room: Room, quotas: Quotas, configuration: Configuration) -> None:
        self._database = database
        self._room = room
        self._quotas = quotas
        self._configuration = configuration

    def verdict(self, caller: Caller, filename: str, size_bytes: int) -> UploadVerdict:
        """Whether an upload of `size_bytes` would be accepted now, before a byte is sent."""
        user_id = uploader_of(caller)
        quota = self._quotas.of(user_id)
        try:
            if sentence := doubt(filename, self._configuration.get().accepted_video_formats):
                raise UnsupportedMedia(sentence)
            self.require_size(size_bytes)
            with self._database.read() as db:
                self._room.require(db, size_bytes)
            if size_bytes > quota.left_bytes:
                raise QuotaExceeded("This is more than you have left this week.")
        except ClipsetError as refusal:
            return UploadVerdict(accepted=False, code=refusal.code, reason=refusal.sentence, quota=quota)
        return UploadVerdict(accepted=True, code=None, reason=None, quota=quota)

    def most_bytes(self, caller: Caller) -> int:
        """The largest file that the caller could begin now. Raises `QuotaExceeded` when that is none."""
        left_bytes = self._quotas.of(uploader_of(caller)).left_bytes
        if not left_bytes:
            raise QuotaExceeded("You have nothing left this week.")
        return min(self._configuration.get().max_file_size_bytes, left_bytes)

    def require_room(self, db: DbSession, user_id: UUID, size_bytes: int) -> None:
        """Raise `TooManyRequests` or `OutOfSpace` unless a member may begin one more of `size_bytes`."""
        self._require_few(db, user_id)
        self._room.require(db, size_bytes)

    def require_size(self, size_bytes: int) -> None:
        """Raise `InvalidInput` or `TooLarge` for a file that would never be taken."""
        if size_bytes <= 0:
            raise InvalidInput("This file is empty. Choose another one.", field="size")
        if size_bytes > self._configuration.get().max_file_size_bytes:
            raise TooLarge("This file is larger than this server takes.")

    @staticmethod
    def _require_few(db: DbSession, user_id: UUID) -> None:
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


def uploader_of(caller: Caller) -> UUID:
    """Whose upload it is. Raises `NotSignedIn` for the host itself."""
    if caller.user_id is None:
        raise NotSignedIn("Only people with an account upload videos.")
    return caller.user_id
