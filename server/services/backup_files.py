"""Reading and checking a backup's folder, and copying into one. Knows files, not what is in them."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from server.disk import plain_failures, sync
from server.errors import InvalidInput, OutOfSpace, Unavailable
from server.values.backups import FORMAT, BackupFile, Manifest

MANIFEST = "manifest.json"
DATABASE = "clipset.db"
SECRET_KEY = "secret.key"  # noqa: S105  a file's name
SETTINGS = "settings.env"
LIBRARY = "library"
THUMBNAILS = "thumbnails"
_CHUNK_BYTES = 1024**2


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself. Raises `InvalidInput` for a folder that is none."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise InvalidInput(f"{folder} is no backup of Clipset: its {MANIFEST} cannot be read.") from error
    if manifest.format != FORMAT:
        raise InvalidInput(f"{folder} was made by a newer Clipset. Restore it with that one.")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """See that every file is there, whole and unchanged. Raises `InvalidInput` naming the first that is not."""
    for file in manifest.files:
        path = folder / file.path
        if path.resolve().is_relative_to(folder.resolve()) is False:
            raise InvalidInput(f"This backup is damaged: {file.path} leads out of it.")
        try:
            size_bytes = path.stat().st_size
            unchanged = size_bytes == file.size_bytes and file.sha256 in {None, sha256_of(path)}
        except OSError as error:
            raise InvalidInput(f"This backup is damaged: {file.path} cannot be read.") from error
        if not unchanged:
            raise InvalidInput(f"This backup is damaged: {file.path} is not what was put there.")
    rows = check_database(folder / DATABASE)
    if rows != manifest.rows:
        raise InvalidInput(
            "This backup is damaged: its database does not hold what it held when it was made."
        )


def check_database(file: Path) -> dict[str, int]:
    """How many rows each table of a sound database has. Raises `InvalidInput` for one that is not sound."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            complaint = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if complaint != "ok":
                raise InvalidInput(f"The database is damaged: {complaint}.")
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise InvalidInput("The database is damaged: a row refers to one that is not there.")
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' "
                "AND name NOT LIKE 'sqlite%' ORDER BY name"
            ).fetchall()
            count = 'SELECT count(*) FROM "{}"'  # the names are the database's own
            return {name: connection.execute(count.format(name)).fetchone()[0] for (name,) in tables}
    except sqlite3.Error as error:
        raise InvalidInput(f"The database is damaged: {error}.") from error


def revision_in(file: Path) -> str:
    """The revision of a database's tables; empty for one that has none of ours."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use, as it is at one moment, into a single file on the disk.

    Through SQLite's own backup, so what is in the write-ahead log comes along, and nobody waits.
    """
    with (
        _database_failures(),
        closing(sqlite3.connect(source)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    sync(target)


def put_file(source: Path, target: Path, *, may_link: bool) -> BackupFile:
    """Put a file that nobody changes into a folder: by a link where that can be, else by a copy on the disk.

    Raises `OutOfSpace`, `Unavailable`, FileNotFoundError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if may_link and _linked(source, target):
        return BackupFile(path=target.name, size_bytes=target.stat().st_size)
    digest, size_bytes = hashlib.sha256(), 0
    with source.open("rb") as original, plain_failures(), target.open("xb") as copy:
        target.chmod(0o600)
        while chunk := original.read(_CHUNK_BYTES):
            digest.update(chunk)
            copy.write(chunk)
            size_bytes += len(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return BackupFile(path=target.name, size_bytes=size_bytes, sha256=digest.hexdigest())


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def files_below(folder: Path, *, leave_out: Callable[[Path], bool]) -> Iterator[Path]:
    """All files below a folder but those that `leave_out` names, which may be folders."""
    try:
        entries = sorted(folder.iterdir())
    except FileNotFoundError:  # deleted meanwhile
        return
    for entry in entries:
        if leave_out(entry):
            continue
        if entry.is_dir():
            yield from files_below(entry, leave_out=leave_out)
        else:
            yield entry


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one that knows no links
        return False
    return True


@contextmanager
def _database_failures() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise OutOfSpace("There is no room for the backup. Choose another disk for it.") from error
        raise Unavailable(f"The database cannot be copied: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise InvalidInput(f"The database is damaged: {error}.") from error
