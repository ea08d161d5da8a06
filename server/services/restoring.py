"""Puts a backup in the place of what is there, while no server runs. What was there is set aside, never deleted.

Everything is copied and checked beside its place first. Then one small file, the journal, says what is to be renamed to
what; once it is there the restore will happen, however often the machine is switched off on the way: the next start, or
the next command, goes on with it. Without the journal nothing has happened yet.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from server.database.engine import Database
from server.disk import plain_failures, sync
from server.errors import CannotStart, Conflict, InvalidInput, OutOfSpace
from server.models.upgrade import NEWER, revisions
from server.services import backup_files as files
from server.settings import HostSettings
from server.values.backups import BackupFile, Manifest
from server.values.clock import Clock, utc_now

_log = structlog.get_logger(__name__)

_JOURNAL = "restoring.json"
_UNDECIDED = ".new"
_STAGING = "restoring"
_SPARE_BYTES = 64 * 1024**2


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """What is at `place` goes `aside`, and what is `staged` takes its place; either may be missing."""

    place: str
    aside: str
    staged: str | None = None


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """A restore that has been decided: its moves, in this order, then pictures that join those in their folder."""

    moves: tuple[Move, ...]
    pictures_from: str | None
    pictures_to: str
    staging: tuple[str, ...]


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What was restored, and where the state before it is."""

    manifest: Manifest
    aside: str


def restore(
    host: HostSettings, backup: Path, *, with_settings: bool = False, clock: Clock = utc_now
) -> Restored:
    """Restore a backup into the data folder of `host`, whose lock the caller holds.

    Everybody has to sign in again: a session that was ended since must not come back. The settings' file is left as it
    is unless `with_settings`, since it may name the folders of another machine. Raises `InvalidInput` for what is no
    sound backup, `CannotStart` for one of a newer program, `Conflict` on PostgreSQL, `OutOfSpace`, `Unavailable`; then
    nothing has changed.
    """
    file = Database(host.effective_database_url).file
    if file is None:
        raise Conflict("This Clipset keeps its data in PostgreSQL. Restore that with pg_restore.")
    backup = backup.absolute()
    manifest = files.read_manifest(backup)
    if manifest.revision not in revisions():
        raise CannotStart(NEWER)
    files.check_files(backup, manifest)
    now = clock()
    complete(host)  # of a restore before this one
    journal = _stage(host, backup, manifest, file, with_settings=with_settings, now=now)
    _write(host.data_path / _JOURNAL, msgspec.json.encode(journal))
    complete(host)
    return Restored(manifest=manifest, aside=str(_aside(host.data_path, now)))


def complete(host: HostSettings) -> None:
    """Go on with a restore that was interrupted, or clear away one that was never decided. For every start."""
    journal_file = host.data_path / _JOURNAL
    if not journal_file.exists():
        for root in (host.data_path, host.videos_path, host.thumbnails_path):
            shutil.rmtree(root / _STAGING, ignore_errors=True)
        journal_file.with_suffix(_UNDECIDED).unlink(missing_ok=True)
        return
    journal = msgspec.json.decode(journal_file.read_bytes(), type=Journal)
    with plain_failures():
        for move in journal.moves:
            _carry_out(move)
        if journal.pictures_from is not None and Path(journal.pictures_from).is_dir():
            Path(journal.pictures_to).mkdir(parents=True, exist_ok=True)
            for picture in Path(journal.pictures_from).iterdir():
                picture.replace(Path(journal.pictures_to) / picture.name)
        sync(host.data_path)
        journal_file.unlink()
    for folder in journal.staging:
        shutil.rmtree(folder, ignore_errors=True)
    _log.info("restored", aside=journal.moves[0].aside)


def _carry_out(move: Move) -> None:
    """Each half is one rename, and knows by what is there whether it has been done."""
    place, aside = Path(move.place), Path(move.aside)
    staged = Path(move.staged) if move.staged is not None else None
    if staged is not None and not staged.exists():
        return
    if place.exists() and not aside.exists():
        aside.parent.mkdir(parents=True, exist_ok=True)
        place.replace(aside)
        sync(aside.parent)
        sync(place.parent)
    if staged is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(place)
        sync(place.parent)


def _stage(
    host: HostSettings,
    backup: Path,
    manifest: Manifest,
    database: Path,
    *,
    with_settings: bool,
    now: datetime,
) -> Journal:
    staging = host.data_path / _STAGING
    aside = _aside(host.data_path, now)
    _require_room(host, backup, manifest)
    with plain_failures():
        staging.mkdir(parents=True, mode=0o700)
    wanted = [(files.DATABASE, database), (files.SECRET_KEY, host.data_path / files.SECRET_KEY)]
    if with_settings:
        wanted.append((files.SETTINGS, host.data_path / ".env"))
    known = {file.path: file for file in manifest.files}
    # the log belongs to the database that goes: it must never meet the one that comes
    moves = [
        Move(place=f"{database}{suffix}", aside=str(aside / f"{database.name}{suffix}"))
        for suffix in ("-wal", "-shm")
    ]
    for name, place in wanted:
        if name in known:
            _put(backup, known[name], staging)
            moves.append(Move(place=str(place), aside=str(aside / place.name), staged=str(staging / name)))
    _end_sessions(staging / files.DATABASE, now)
    videos_aside = _aside(host.videos_path, now)
    # half an upload is of no use to a database that does not know it
    moves.append(Move(place=str(host.videos_path / "incoming"), aside=str(videos_aside / "incoming")))
    folders = [str(staging)]
    pictures: str | None = None
    if manifest.with_videos:
        video_staging, picture_staging = host.videos_path / _STAGING, host.thumbnails_path / _STAGING
        for file in manifest.files:
            if file.path.startswith(f"{files.LIBRARY}/"):
                _put(backup, file, video_staging)
            elif file.path.startswith(f"{files.THUMBNAILS}/"):
                _put(backup, file, picture_staging)
        with plain_failures():
            (video_staging / files.LIBRARY).mkdir(parents=True, exist_ok=True)
        moves.append(
            Move(
                place=str(host.videos_path / "library"),
                aside=str(videos_aside / "library"),
                staged=str(video_staging / files.LIBRARY),
            )
        )
        pictures = str(picture_staging / files.THUMBNAILS)
        folders += [str(video_staging), str(picture_staging)]
    return Journal(
        moves=tuple(moves),
        pictures_from=pictures,
        pictures_to=str(host.thumbnails_path),
        staging=tuple(folders),
    )


def _put(backup: Path, file: BackupFile, staging: Path) -> None:
    """Copy a file of the backup, and see that what arrived is what was meant."""
    # a key or a database is changed in its place some day, which must not reach the backup; videos never are
    shared = file.path.startswith((f"{files.LIBRARY}/", f"{files.THUMBNAILS}/"))
    put = files.put_file(backup / file.path, staging / file.path, may_link=shared)
    if put.size_bytes != file.size_bytes or (put.sha256 and file.sha256 and put.sha256 != file.sha256):
        raise InvalidInput(f"This backup is damaged: {file.path} is not what was put there.")


def _end_sessions(database: Path, now: datetime) -> None:
    ended_at = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE sessions SET ended_at = ? WHERE ended_at IS NULL", (ended_at,))
    sync(database)


def _require_room(host: HostSettings, backup: Path, manifest: Manifest) -> None:
    """For all that will be copied rather than linked. Raises `OutOfSpace`."""
    root = host.videos_path if host.videos_path.exists() else host.data_path
    with plain_failures():
        linked = root.stat().st_dev == backup.stat().st_dev
        needed = sum(file.size_bytes for file in manifest.files if not (linked and file.sha256 is None))
        if shutil.disk_usage(host.data_path).free < needed + _SPARE_BYTES:
            raise OutOfSpace("There is no room to restore this. Make room first; nothing has changed.")


def _aside(root: Path, now: datetime) -> Path:
    return root / f"before-restore-{now:%Y%m%d-%H%M%S}"


def _write(file: Path, content: bytes) -> None:
    staged = file.with_suffix(_UNDECIDED)
    with plain_failures():
        with staged.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        staged.replace(file)
        sync(file.parent)
