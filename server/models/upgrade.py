"""Brings a database to this program's version at start: copies it aside first, refuses one that is newer.

Alembic is loaded only when there is something to do: that is a fifth of what a start costs the processor.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DatabaseError

from server.database.engine import Database
from server.errors import CannotStart

_log = structlog.get_logger(__name__)
_SCRIPTS = Path(__file__).parent / "migrations"
NEWER = "This database was made by a newer Clipset. Install that version, or restore the copy made before its upgrade."


def upgrade(database: Database) -> None:
    """Run the missing migrations. Raises `CannotStart` for a newer or unusable database, which stays as it is."""
    try:
        with database.engine.connect() as connection:
            _require_utf8(connection)
            current = revision_of(connection)
    except DatabaseError as error:
        raise CannotStart(_unopened(database, error)) from error
    known = revisions()
    if current == known[-1]:
        return
    if current is not None and current not in known:
        raise CannotStart(NEWER)
    if current is not None and database.file is not None:
        _copy_aside(database.file, current)
    try:
        with database.engine.connect() as connection:
            _migrate(connection)
    except DatabaseError as error:
        raise CannotStart(
            f"The database cannot be brought to this version: {_first_line(error)}. It is as it was before."
        ) from error
    _log.info("database_upgraded", before=current, now=known[-1])


def require_current(database: Database) -> None:
    """Raise `CannotStart` unless the database is at this program's version."""
    with database.engine.connect() as connection:
        if revision_of(connection) != revisions()[-1]:
            raise CannotStart(
                "The running Clipset is of another version than this command. Use the command it came with."
            )


def revisions() -> list[str]:
    """The revisions this program knows, the newest last: what the names of the migrations' files begin with."""
    return sorted(file.name.partition("_")[0] for file in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at, None for one without tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if revision is None else str(revision)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _require_utf8(connection: Connection) -> None:
    """A PostgreSQL database has an encoding; any but this one would lose letters."""
    if connection.dialect.name == "postgresql":
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if encoding != "UTF8":
            raise CannotStart(
                f"The database keeps its texts as {encoding}. Make one with ENCODING 'UTF8' and name that one."
            )


def _unopened(database: Database, error: DatabaseError) -> str:
    if database.is_sqlite:
        return f"The database cannot be opened: {_first_line(error)}."
    return (
        "The database that CLIPSET_DATABASE_URL names cannot be opened. See that PostgreSQL runs and that the "
        f"name and the password are right. It says: {_first_line(error)}."
    )


def _first_line(error: DatabaseError) -> str:
    """The database's own words, without the position in our statement or its further hints."""
    return str(error.orig).strip().partition("\n")[0].rstrip(".")


def _copy_aside(file: Path, revision: str) -> None:
    """Copy the database as it is now to `backups/`, through SQLite itself so that the write-ahead log is included."""
    folder = file.parent / "backups"
    folder.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = folder / f"{file.stem}-before-upgrade-{revision}-{stamp}.db"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    _log.info("database_copied_aside", file=str(target))
