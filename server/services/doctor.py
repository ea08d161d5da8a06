"""Looks a data folder over and says what is wrong and what to do. Works beside a running server, and without one.

It changes nothing but what `repair` is asked to, and that is only what loses nobody anything.
"""

from __future__ import annotations

import os
import shutil
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from server.database.engine import Database
from server.errors import ClipsetError
from server.local_access import Running
from server.media.build import ffmpeg_build
from server.models import VideoRow
from server.models.upgrade import revision_of, revisions
from server.network.cards import reachable_host
from server.power import can_stay_awake
from server.services import backup_files
from server.services.health import LEAST_FREE_BYTES
from server.services.library_files import LibraryFiles
from server.settings import GIB, HostSettings
from server.storage import Storage
from server.values.clock import Clock, utc_now
from server.values.findings import Finding, Level

_log = structlog.get_logger(__name__)

_LITTLE_FREE_BYTES = 10 * GIB
_CONNECT_TIMEOUT_S = 3
#: Nobody ran this program before it was written.
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


class Doctor:
    """One look at everything."""

    def __init__(self, host: HostSettings, running: Running | None, *, clock: Clock = utc_now) -> None:
        self._host = host
        self._running = running
        self._clock = clock
        self._storage = Storage(host.videos_path, host.thumbnails_path)

    def look(self, *, repair: bool = False) -> list[Finding]:
        """What is found, in the order it was looked at. With `repair`, what is safe is put right first."""
        checks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
            ("folders", lambda: self._folders(repair=repair)),
            ("disk", self._disk),
            ("database", self._database),
            ("files", lambda: self._files(repair=repair)),
            ("network", self._network),
            ("clock", self._clock_is_right),
            ("media", self._media),
            ("sleep", self._sleep),
        )
        found: list[Finding] = []
        for subject, check in checks:
            try:
                found += check()
            except ClipsetError as error:
                found.append(_problem(subject, error.sentence))
            except Exception as error:
                _log.exception("check_failed", subject=subject)
                found.append(_problem(subject, f"This could not be looked at: {error}."))
        return found

    def _folders(self, *, repair: bool) -> Iterator[Finding]:
        named = (
            ("data folder", self._host.data_path),
            ("video folder", self._host.videos_path),
            ("thumbnail folder", self._host.thumbnails_path),
        )
        for name, folder in named:
            if not folder.is_dir():
                if name == "data folder" or not repair:
                    yield _problem("folders", f"The {name} {folder} is not there. Is its disk connected?")
                    continue
                folder.mkdir(parents=True)
            if os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                yield _well("folders", f"The {name} {folder} can be written.")
            else:
                yield _problem(
                    "folders", f"The {name} {folder} cannot be written. Change its rights or its owner."
                )
        yield from self._secrets(repair=repair)

    def _secrets(self, *, repair: bool) -> Iterator[Finding]:
        for file in (self._host.data_path / name for name in (backup_files.SECRET_KEY, ".env")):
            if sys.platform == "win32" or not file.exists() or not stat.S_IMODE(file.stat().st_mode) & 0o077:
                continue
            if repair:
                file.chmod(0o600)
                yield _well("folders", f"{file} was readable by others; now it is not.")
            else:
                yield _problem(
                    "folders", f"Others on this machine can read {file}. Put it right with --repair."
                )

    def _disk(self) -> Iterator[Finding]:
        for name, folder in (("videos", self._host.videos_path), ("database", self._host.data_path)):
            if not folder.is_dir():
                continue
            free = shutil.disk_usage(folder).free
            sentence = f"The disk with the {name} has {free / GIB:.1f} GB free."
            if free < LEAST_FREE_BYTES:
                yield _problem("disk", f"{sentence} Nothing can be uploaded until there is room.")
            elif free < _LITTLE_FREE_BYTES:
                yield _note("disk", f"{sentence} Make room, or move them to a larger one.")
            else:
                yield _well("disk", sentence)

    def _database(self) -> Iterator[Finding]:
        database = Database(self._host.effective_database_url)
        try:
            if database.file is not None:
                if not database.file.exists():
                    yield _note("database", "There is no database yet. The first start makes it.")
                    return
                backup_files.check_database(database.file)
            with database.engine.connect() as connection:
                revision = revision_of(connection)
        except SQLAlchemyError as error:
            yield _problem("database", f"The database cannot be opened: {error.args[0]}.")
            return
        finally:
            database.close()
        if revision not in revisions():
            yield _problem("database", "The database was made by a newer Clipset. Install that version.")
        elif revision != revisions()[-1]:
            yield _note(
                "database", "The database is of an older version. The next start brings it up to date."
            )
        else:
            yield _well("database", "The database is sound.")

    def _files(self, *, repair: bool) -> Iterator[Finding]:
        database = Database(self._host.effective_database_url)
        try:
            if database.file is not None and not database.file.exists():
                return
            library = LibraryFiles(database, self._storage)
            missing, unknown = library.missing(), library.unknown()
            if missing:
                shown = ", ".join(f"“{title}”" for title in missing[:5]) + (", …" if len(missing) > 5 else "")
                yield _problem(
                    "files",
                    f"The files of {len(missing)} videos are gone: {shown}. Is their disk connected? Restore them from "
                    "a backup, or delete these videos.",
                )
            if unknown and repair and self._running is None:
                library.set_aside()
                yield _well("files", f"{len(unknown)} folders that no video knows were put into orphans.")
            elif unknown:
                yield _note(
                    "files",
                    f"No video knows {len(unknown)} folders of the library. The next start puts them into orphans.",
                )
            if not missing and not unknown:
                yield _well("files", "Every video has its files, and every file its video.")
        finally:
            database.close()

    def _network(self) -> Iterator[Finding]:
        host = self._host
        if self._running is None:
            yield self._port_is_free()
        elif _answers(self._running.local_address):
            yield _well("network", f"Clipset is running at {self._running.address}.")
            if not _answers(self._running.address):
                yield _problem(
                    "network", f"It cannot be reached at {self._running.address}. Is a firewall in the way?"
                )
        else:
            yield _problem(
                "network", "Clipset is running and does not answer. Its log says more; start it anew."
            )
        listens_at = urlsplit(self._running.address).hostname if self._running is not None else host.host
        if listens_at in {"127.0.0.1", "localhost", "::1"}:
            yield _note(
                "network",
                "Only this machine can open it. For the whole network, set CLIPSET_HOST to 0.0.0.0.",
            )
        elif reachable_host(host.host) == "127.0.0.1":
            yield _problem("network", "This machine is in no network, so nobody else can reach it.")

    def _port_is_free(self) -> Finding:
        host, port = self._host.host, self._host.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                return _problem(
                    "network",
                    f"Port {port} cannot be used ({error.strerror}). Choose another one with CLIPSET_PORT.",
                )
        return _well("network", f"Clipset is not running, and port {port} is free for it.")

    def _clock_is_right(self) -> Iterator[Finding]:
        now = self._clock()
        latest = _latest_upload(self._host)
        if now < _EARLIEST or (latest is not None and now < latest - timedelta(hours=1)):
            yield _problem(
                "clock", f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, which is too early. Set it."
            )
        else:
            yield _well("clock", f"The clock says {now:%Y-%m-%d %H:%M} UTC.")

    def _media(self) -> Iterator[Finding]:
        try:
            build = ffmpeg_build()
        except ImportError as error:
            yield _problem("media", f"FFmpeg cannot be loaded: {error}. Install Clipset anew.")
            return
        if build.missing:
            yield _problem("media", f"This FFmpeg lacks {', '.join(build.missing)}. Install Clipset anew.")
        else:
            with_hardware = f", with {', '.join(build.hardware)}" if build.hardware else ""
            yield _well("media", f"FFmpeg {build.version} can read and make videos{with_hardware}.")

    def _sleep(self) -> Iterator[Finding]:
        if not self._host.stay_awake:
            yield _note(
                "sleep", "This machine may fall asleep while people watch: CLIPSET_STAY_AWAKE is off."
            )
        elif can_stay_awake():
            yield _well("sleep", "This machine can be kept awake while people watch.")
        else:
            yield _note(
                "sleep",
                "This machine cannot be kept awake from here. If it falls asleep by itself, switch that off.",
            )


def _latest_upload(host: HostSettings) -> datetime | None:
    database = Database(host.effective_database_url)
    try:
        if database.file is not None and not database.file.exists():
            return None
        with database.read() as db:
            db.execute(text("SELECT 1"))
            return db.scalar(select(func.max(VideoRow.created_at)))
    finally:
        database.close()


def _answers(address: str) -> bool:
    """Whether something takes connections at `http://host:port`."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_CONNECT_TIMEOUT_S):
            return True
    except OSError:
        return False


def _well(subject: str, sentence: str) -> Finding:
    return Finding(subject=subject, level=Level.WELL, sentence=sentence)


def _note(subject: str, sentence: str) -> Finding:
    return Finding(subject=subject, level=Level.NOTE, sentence=sentence)


def _problem(subject: str, sentence: str) -> Finding:
    return Finding(subject=subject, level=Level.PROBLEM, sentence=sentence)
