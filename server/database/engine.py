"""One engine for the whole program, and the two ways to use it: a short read, a short write.

SQLite runs in WAL mode with `synchronous=FULL`: what was acknowledged survives a power cut (NORMAL may lose the last
commits). Writes begin with BEGIN IMMEDIATE, so that two writers queue up at the start instead of failing half-way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from server.errors import CannotStart, OutOfSpace, Unavailable

_BUSY_TIMEOUT_MS = 10_000
_POOL_SIZE = 16


class Database:
    """Opens sessions. Safe to use from any thread; a session is not."""

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
            self.engine = create_engine(
                self.url, pool_size=_POOL_SIZE, max_overflow=_POOL_SIZE, pool_pre_ping=not self.is_sqlite
            )
        except (ArgumentError, ImportError) as error:
            raise CannotStart(f"CLIPSET_DATABASE_URL is not usable: {error}.") from error
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        self._write_engine = self.engine.execution_options(writes=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The embedded database's file."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state and is rolled back at the end."""
        with _plain_errors(), Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back by an exception."""
        with _plain_errors(), Session(self._write_engine) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        # the driver's own BEGIN comes too late for IMMEDIATE; ours is sent below
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={_BUSY_TIMEOUT_MS}",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Failures of the machine as sentences; anything else is a bug and goes on as it is."""
    try:
        yield
    except OperationalError as error:
        text = str(error.orig)
        if "disk is full" in text or "disk I/O error" in text:
            raise OutOfSpace("The disk with the database is full. Make room, then try again.") from error
        if "locked" in text or "busy" in text:
            raise Unavailable("The database is busy. Try again in a moment.") from error
        if "readonly" in text or "unable to open" in text:
            raise Unavailable(
                "The database cannot be written. Check the rights of the data folder."
            ) from error
        if error.connection_invalidated:
            raise Unavailable("The database cannot be reached. Try again in a moment.") from error
        raise
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("The database cannot be reached. Try again in a moment.") from error
        raise
