"""Brings a database to this program's version at start: copies it aside first, refuses one that is newer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError

from server.database.engine import Database
from server.errors import CannotStart

_log = structlog.get_logger(__name__)
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Run the missing migrations. Raises `CannotStart` for a newer or unusable database, which stays as it is."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    try:
        with database.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as error:
        raise CannotStart(f"The database cannot be opened: {error.orig}.") from error
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise CannotStart(
            "This database was made by a newer Clipset. Install that version, "
            "or restore the copy made before its upgrade."
        )
    if current == scripts.get_current_head():
        return
    if current is not None and database.file is not None:
        _copy_aside(database.file, current)
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    _log.info("database_upgraded", before=current, now=scripts.get_current_head())


def _copy_aside(file: Path, revision: str) -> None:
    """Copy the database as it is now to `backups/`, through SQLite itself so that the write-ahead log is included."""
    folder = file.parent / "backups"
    folder.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = folder / f"{file.stem}-before-upgrade-{revision}-{stamp}.db"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    _log.info("database_copied_aside", file=str(target))
