"""Appends to the file of one upload, and holds the lock that keeps other writers out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from io import FileIO
from uuid import UUID

from server.disk import begin_to_write_out, plain_failures
from server.errors import TooLarge
from server.events import Publish, UploadProgressed

WRITE_OUT_EVERY_BYTES = 32 << 20
"""So much at most is left for the sync at the end, whose end the client waits for."""


class Writer:
    """One request's right to append. Used by one thread at a time; `close` is harmless to repeat."""

    def __init__(
        self,
        *,
        upload_id: UUID,
        user_id: UUID,
        file: FileIO | None,
        offset_bytes: int,
        size_bytes: int,
        publish: Publish,
        release: Callable[[], None],
    ) -> None:
        self.upload_id = upload_id
        self.user_id = user_id
        self._file = file
        self._publish = publish
        self._release = release
        self._interrupt: Callable[[], None] | None = None
        self._moved_s = time.monotonic()
        self._closed = False
        self.offset_bytes = offset_bytes
        self.size_bytes = size_bytes
        self._written_out_bytes = offset_bytes

    def interrupted_by(self, interrupt: Callable[[], None]) -> None:
        """Have `interrupt` called, from any thread, when somebody else needs the upload: it ends the request soon."""
        self._interrupt = interrupt

    def leave(self, quiet_s: float) -> bool:
        """Leave if nothing has come for `quiet_s`; whether that will happen. Any thread."""
        if self._interrupt is None or time.monotonic() - self._moved_s < quiet_s:
            return False
        self._interrupt()
        return True

    def write(self, data: bytes | memoryview) -> None:
        """Append `data`. Raises `TooLarge` beyond the announced size, `OutOfSpace`, `Unavailable`."""
        self._moved_s = time.monotonic()
        view = memoryview(data)
        if self._file is None or self.offset_bytes + len(view) > self.size_bytes:
            raise TooLarge("These are more bytes than this upload was announced with.")
        while view:
            with plain_failures():
                written = self._file.write(view)
            self.offset_bytes += written
            view = view[written:]
        pending_bytes = self.offset_bytes - self._written_out_bytes
        if pending_bytes >= WRITE_OUT_EVERY_BYTES:
            with plain_failures():
                begin_to_write_out(self._file.fileno(), self._written_out_bytes, pending_bytes)
            self._written_out_bytes = self.offset_bytes

    def rewind(self, offset_bytes: int) -> None:
        """Take back what was written after `offset_bytes`: its checksum was wrong. Raises `Unavailable`."""
        if self._file is not None:
            with plain_failures():
                self._file.truncate(offset_bytes)
            self.offset_bytes = offset_bytes
            self._written_out_bytes = min(self._written_out_bytes, offset_bytes)

    def sync(self) -> None:
        """Make sure that what was written has reached the disk, and tell listeners.

        Raises `OutOfSpace`, `Unavailable`: some file systems find out only now that there is no room.
        """
        if self._file is not None:
            with plain_failures():
                os.fsync(self._file.fileno())
        self._publish(
            UploadProgressed(
                upload_id=self.upload_id,
                user_id=self.user_id,
                offset_bytes=self.offset_bytes,
                size_bytes=self.size_bytes,
            )
        )

    def close_file(self) -> None:
        """Close the file and go on keeping other writers out: an open file cannot be removed on Windows."""
        if self._file is not None:
            self._file.close()

    def close(self) -> None:
        """Close the file and let another writer in."""
        try:
            self.close_file()
        finally:
            if not self._closed:
                self._closed = True
                self._release()
