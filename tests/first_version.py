"""A library as the first version of Clipset left it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from server.database.engine import Database

_MIGRATIONS = Path(__file__).resolve().parents[1] / "server" / "models" / "migrations"
_VIDEO = text(
    "INSERT INTO videos (id, title, description, original_filename, size_bytes, status, progress, view_count,"
    " has_thumbnail, created_at) VALUES (:id, :title, '', 'a.mp4', 1, 'completed', 1, 0, :no, :now)"
)


def make(database: Database, titles: Iterable[str]) -> None:
    """Bring an empty database to the first migration, and put in videos of 2024."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    now = datetime(2024, 1, 1, tzinfo=UTC)
    with database.write() as db:
        for title in titles:
            db.execute(_VIDEO, {"id": uuid4().hex, "title": title, "no": False, "now": now})
