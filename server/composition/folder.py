"""Opening the data folder: for this process alone, and with what is in it brought to this version."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from server.data_lock import DataLock
from server.database.engine import Database
from server.errors import CannotStart
from server.models.upgrade import upgrade
from server.services import restoring
from server.settings import HostSettings
from server.storage import Storage


def open_folder(host: HostSettings, stops: ExitStack) -> tuple[Storage, Database]:
    """Files and rows of the data folder; `stops` closes them. Raises `CannotStart`."""
    _make(host.data_path)
    lock = DataLock(host.data_path)
    lock.acquire()
    stops.callback(lock.release)
    restoring.complete(host)
    storage = Storage(host.videos_path, host.thumbnails_path)
    storage.prepare()
    database = Database(host.effective_database_url)
    stops.callback(database.close)
    upgrade(database)
    return storage, database


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} cannot be made ({error.strerror}). Choose another one with --data-dir."
        ) from error
