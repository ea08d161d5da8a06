"""One engine for the whole program, and the two ways to use it: a short read, a short write.

Writes take turns, on every database: SQLite's begin with BEGIN IMMEDIATE, PostgreSQL's with one advisory lock. So a
service may look and then change within one `write`, and nobody comes between; two writers queue up at the start instead
of failing half-way. Reads never wait, and see one consistent state.

SQLite runs in WAL mode with `synchronous=FULL`: what was acknowledged survives a power cut (NORMAL may lose the last
commits).
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from server.database.failures import of_sqlite, plain_failures
from server.errors import CannotStart, Unavailable

_BUSY_TIMEOUT_MS = 10_000
_CONNECT_TIMEOUT_S = 10
#: For each of SQLite's connections: what a deep page or a search touches in a library of 100,000 videos. With the usual
#: 2 MiB these took twice as long.
_CACHE_KIB = 16 * 1024
_POOL_SIZE = 16
#: A connection that has been idle for longer is tried before it is used again. Every request begins with a question to
#: the database, so what follows is spared that (0.2 ms, and more where the database is on another machine).
_TRUSTED_S = 1.0
#: The number of the advisory lock that PostgreSQL's writers take turns by: "clipset" in ASCII, so that no other program
#: in the same database is likely to use it.
_WRITERS_LOCK = int.from_bytes(b"clipset", "big")


class Database:
    """Opens sessions. Safe to use from any thread; a session is not."""

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
            self.engine = create_engine(
                self.url,
                pool_size=_POOL_SIZE,
                max_overflow=_POOL_SIZE,
                # the one that was used last has the pages that are asked for again
                pool_use_lifo=True,
                connect_args={} if self.is_sqlite else {"connect_timeout": _CONNECT_TIMEOUT_S},
            )
        except (ArgumentError, ImportError) as error:
            raise CannotStart(f"CLIPSET_DATABASE_URL is not usable: {error}.") from error
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
            self._read_engine = self.engine
            self._ask_engine = self.engine.execution_options(asks=True)
        else:
            _prepare_postgresql(self.engine)
            self._read_engine = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._ask_engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
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
        with plain_failures(), Session(self._read_engine) as session:
            yield session

    def ask(self, statement: Select[*tuple[Any, ...]], parameters: Mapping[str, object]) -> Row[Any] | None:
        """The one row that `statement` answers, if there is one: a read of a single statement, in a single round trip.

        A connection that broke while nobody used it is found out here, and another is made.
        """

        def answer() -> Row[Any] | None:
            with self._ask_engine.connect() as connection:
                return connection.execute(statement, parameters).one_or_none()

        with plain_failures():
            try:
                return answer()
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            return answer()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back by an exception."""
        with plain_failures(), Session(self._write_engine) as session:
            yield session
            session.commit()

    def require_writable(self, *, within_ms: int) -> None:
        """See that a change could be written now, without making one. Raises `Unavailable`, `OutOfSpace`.

        On SQLite on a connection of its own, as the pooled ones wait longer; PostgreSQL's wait their own time.
        """
        if self.file is None:
            with self.write():
                return
        address = f"{self.file.absolute().as_uri()}?mode=rw"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=within_ms / 1000)) as connection:
                connection.isolation_level = None
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise of_sqlite(str(error)) or Unavailable(f"The database cannot be used: {error}.") from error

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
            f"cache_size=-{_CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("asks", False):  # one statement sees one state by itself
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_session(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            for setting in (
                f"lock_timeout = {_BUSY_TIMEOUT_MS}",
                # its default is for a disk that has to seek: a join of 500 rows would read the whole of `videos`
                "random_page_cost = 1.1",
                # a plan for any word is a bad one for most: rare and common ones want different indexes
                "plan_cache_mode = force_custom_plan",
                # starting a worker takes longer than any query here
                "max_parallel_workers_per_gather = 0",
            ):
                cursor.execute(f"SET {setting}")
        connection.commit()

    @event.listens_for(engine, "checkin")
    def note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["used_s"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used_s", -math.inf) < _TRUSTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the pool makes another

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")
