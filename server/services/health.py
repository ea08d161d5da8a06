"""Whether the server can do its work now: read and write its database, write its folders, and has room to."""

from __future__ import annotations

import threading

from sqlalchemy import text

from server.database.engine import Database
from server.errors import ClipsetError, OutOfSpace
from server.storage import Storage

LEAST_FREE_BYTES = 64 * 1024**2
#: A database that lets nobody write for so long is locked, not busy. Shorter than what monitoring programs wait.
_WRITE_WITHIN_MS = 2_000


class Health:
    """Tries what can fail. Anybody may ask: of many at once one looks, the others hear what it found before."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage
        self._looking = threading.Lock()
        self._found: ClipsetError | None = None

    def check(self) -> None:
        """Raise `Unavailable` or `OutOfSpace` with what is wrong; return when all is well."""
        if self._looking.acquire(blocking=False):
            try:
                self._found = self._look()
            finally:
                self._looking.release()
        if self._found is not None:
            raise self._found.with_traceback(None)  # it may have been raised before

    def _look(self) -> ClipsetError | None:
        try:
            with self._database.read() as db:
                db.execute(text("SELECT 1"))
            self._database.require_writable(within_ms=_WRITE_WITHIN_MS)
            self._storage.require_writable()
            if self._storage.free_bytes() < LEAST_FREE_BYTES:
                return OutOfSpace("The disk with the videos is full. Make room on it.")
        except ClipsetError as error:
            return error
        return None
