"""Whether the server can do its work now."""

from __future__ import annotations

from sqlalchemy import text

from server.database.engine import Database
from server.errors import OutOfSpace
from server.storage import Storage

_LEAST_FREE_BYTES = 64 * 1024**2


class Health:
    """Asks the database and looks at the disk."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    def check(self) -> None:
        """Raise `Unavailable` or `OutOfSpace` with what is wrong; return when all is well."""
        with self._database.read() as db:
            db.execute(text("SELECT 1"))
        if self._storage.free_bytes() < _LEAST_FREE_BYTES:
            raise OutOfSpace("The disk with the videos is full.")
