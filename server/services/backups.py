"""Makes backups: the database as it is at one moment, the secret key, the settings and, if wanted, the videos.

A backup is a folder. It is made under another name, checked, and then renamed, so one that is there is whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import structlog

from server import __version__
from server.data_lock import DataLock
from server.database.engine import Database
from server.disk import plain_failures, sync
from server.errors import AlreadyRunning, ClipsetError, Conflict, InvalidInput, OutOfSpace
from server.services import backup_files as files
from server.settings import Schedule
from server.storage import Storage
from server.values.backups import Backup, BackupFile, Manifest
from server.values.clock import Clock

_log = structlog.get_logger(__name__)

_EVERY = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
_PREFIX = "clipset-"
_UNFINISHED = ".unfinished-"
#: What has to stay free beside a backup.
_SPARE_BYTES = 64 * 1024**2
_POSTGRESQL = (
    "This Clipset keeps its data in PostgreSQL, which has tools of its own for that: back it up with pg_dump, and copy "
    "the data folder and the video folder."
)


class Backups:
    """Makes, lists and checks backups. Any thread; two in one folder take turns by refusing the second."""

    def __init__(
        self,
        *,
        database: Database,
        storage: Storage,
        data_path: Path,
        schedule: Schedule,
        keep: int,
        clock: Clock,
    ) -> None:
        self._database = database
        self._storage = storage
        self._data_path = data_path
        self._schedule = schedule
        self._keep = keep
        self._clock = clock

    @property
    def folder(self) -> Path:
        """Where backups go unless another folder is named."""
        return self._data_path / "backups"

    def create(
        self, target: Path | None = None, *, with_videos: bool = False, scheduled: bool = False
    ) -> Backup:
        """Make a backup below `target`, and check it.

        With videos, those on the same disk share their bytes with the originals (hard links), others are copied.
        Raises `Conflict` on PostgreSQL or while another is being made, `OutOfSpace`, `Unavailable`, `InvalidInput`
        when the database is damaged.
        """
        source = self._database.file
        if source is None:
            raise Conflict(_POSTGRESQL)
        target = target or self.folder
        with plain_failures():
            target.mkdir(parents=True, exist_ok=True)
        with _alone_in(target):
            now = self._clock()
            for left in target.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(left, ignore_errors=True)
            name = f"{_PREFIX}{now:%Y%m%d-%H%M%S}"
            if (target / name).exists():
                raise Conflict("A backup was made this very second. Try again.")
            work = target / f"{_UNFINISHED}{name}"
            try:
                with plain_failures():
                    work.mkdir(mode=0o700)
                manifest = self._fill(work, source, with_videos=with_videos, scheduled=scheduled)
                with plain_failures():
                    work.replace(target / name)
                    sync(target)
            except BaseException:
                shutil.rmtree(work, ignore_errors=True)
                raise
        _log.info("backup_made", folder=str(target / name), with_videos=with_videos)
        return Backup(folder=str(target / name), manifest=manifest)

    def list(self, target: Path | None = None) -> list[Backup]:
        """The backups below a folder, the newest first; what cannot be read is left out."""
        found = []
        for folder in (target or self.folder).glob(f"{_PREFIX}*/"):
            try:
                found.append(Backup(folder=str(folder), manifest=files.read_manifest(folder)))
            except InvalidInput as error:
                _log.warning("no_backup", folder=str(folder), reason=error.sentence)
        return sorted(found, key=lambda backup: backup.manifest.made_at, reverse=True)

    def make_if_due(self) -> Backup | None:
        """Make the scheduled backup if the last one is a day or a week old, and remove those past the number kept."""
        every = _EVERY.get(self._schedule)
        if every is None or self._database.file is None:
            return None
        made = [backup for backup in self.list() if backup.manifest.scheduled]
        # an hour's grace, or each would come an hour later than the one before
        if made and self._clock() - made[0].manifest.made_at < every - timedelta(hours=1):
            return None
        try:
            backup = self.create(scheduled=True)
        except ClipsetError as error:
            _log.error("backup_failed", reason=error.sentence)
            return None
        for old in made[max(0, self._keep - 1) :]:
            shutil.rmtree(old.folder, ignore_errors=True)
        return backup

    def _fill(self, work: Path, source: Path, *, with_videos: bool, scheduled: bool) -> Manifest:
        self._require_room(work, source)
        files.copy_database(source, work / files.DATABASE)
        kept = [
            BackupFile(
                path=files.DATABASE,
                size_bytes=(work / files.DATABASE).stat().st_size,
                sha256=files.sha256_of(work / files.DATABASE),
            )
        ]
        for name, place in ((files.SECRET_KEY, files.SECRET_KEY), (files.SETTINGS, ".env")):
            if (self._data_path / place).exists():
                kept.append(files.put_file(self._data_path / place, work / name, may_link=False))
        if with_videos:
            kept += self._put_videos(work)
        manifest = Manifest(
            made_at=self._clock(),
            version=__version__,
            revision=files.revision_in(work / files.DATABASE),
            rows=files.check_database(work / files.DATABASE),
            with_videos=with_videos,
            scheduled=scheduled,
            files=tuple(kept),
        )
        with plain_failures():
            (work / files.MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
            sync(work / files.MANIFEST)
            sync(work)
        return manifest

    def _put_videos(self, work: Path) -> Iterator[BackupFile]:
        """What the database copy, made before, knows of; a video that is deleted meanwhile is left out."""
        for root, name in (
            (self._storage.library, files.LIBRARY),
            (self._storage.thumbnails, files.THUMBNAILS),
        ):
            for file in files.files_below(root, leave_out=self._storage.is_passing):
                path = Path(name) / file.relative_to(root)
                try:
                    if not _has_room(work, file):
                        raise OutOfSpace(
                            "There is no room for the videos. Choose another disk for the backup."
                        )
                    put = files.put_file(file, work / path, may_link=True)
                except FileNotFoundError:
                    continue
                yield msgspec.structs.replace(put, path=path.as_posix())

    @staticmethod
    def _require_room(work: Path, source: Path) -> None:
        with plain_failures():
            needed = source.stat().st_size * 2 + _SPARE_BYTES
            if shutil.disk_usage(work).free < needed:
                raise OutOfSpace("There is no room for a backup. Make room, or choose another disk for it.")


def _has_room(work: Path, file: Path) -> bool:
    """A link needs none; for a copy its size and something to spare."""
    one_disk = file.stat().st_dev == work.stat().st_dev
    return one_disk or shutil.disk_usage(work).free > file.stat().st_size + _SPARE_BYTES


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    lock = DataLock(folder)
    try:
        lock.acquire()
    except AlreadyRunning:
        raise Conflict("Another backup is being made there. Wait until it has ended.") from None
    try:
        yield
    finally:
        lock.release()
