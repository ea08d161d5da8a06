"""A library made by the first version: its videos are found, counted and sorted after the upgrade."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from server.database.engine import Database
from server.models.upgrade import upgrade
from server.services.listing import page_of
from server.services.search import Search
from server.values.accounts import Caller, Role
from server.values.videos import VideoQuery
from tests.postgresql import database_url

pytestmark = pytest.mark.database

_ADMIN = Caller(user_id=uuid4(), session_id=None, role=Role.ADMIN)


@pytest.fixture
def first_version(tmp_path):
    """An empty database as the first migration made it."""
    empty = database_url(tmp_path / "data", template="template1")
    database = Database(empty or f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", "server/models/migrations")
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    yield database
    database.close()


def test_videos_of_the_first_version_are_found_counted_and_sorted(first_version):
    insert = text(
        "INSERT INTO videos (id, title, description, original_filename, size_bytes, status, progress, view_count,"
        " has_thumbnail, created_at) VALUES (:id, :title, '', 'a.mp4', 1, 'completed', 1, 0, :no, :now)"
    )
    now = datetime(2024, 1, 1, tzinfo=UTC)
    with first_version.write() as db:
        for title in ("Zebra", "äpfel", "北京旅行"):
            db.execute(insert, {"id": uuid4().hex, "title": title, "no": False, "now": now})
    upgrade(first_version)
    search = Search(first_version)

    def titles(**query):
        with first_version.read() as db:
            rows, total = page_of(db, search, _ADMIN, VideoQuery(**query))
            assert total == len(rows)
            return [row.title for row, _ in rows]

    assert titles(sort_by="title", order="asc") == ["äpfel", "Zebra", "北京旅行"]
    assert (titles(q="旅行"), titles(q="APFEL"), titles(q="none")) == (["北京旅行"], ["äpfel"], [])
