"""A library made by the first version: its videos are found, counted and sorted after the upgrade."""

from __future__ import annotations

from uuid import uuid4

import pytest

from server.database.engine import Database
from server.models.upgrade import upgrade
from server.services.listing import page_of
from server.services.search import Search
from server.values.accounts import Caller, Role
from server.values.videos import VideoQuery
from tests import first_version
from tests.postgresql import database_url

pytestmark = pytest.mark.database

_ADMIN = Caller(user_id=uuid4(), session_id=None, role=Role.ADMIN)


@pytest.fixture
def old_library(tmp_path):
    """Three videos in a database of the first version."""
    empty = database_url(tmp_path / "data", template="template1")
    database = Database(empty or f"sqlite:///{tmp_path / 'old.db'}")
    first_version.make(database, ("Zebra", "äpfel", "北京旅行"))
    yield database
    database.close()


def test_videos_of_the_first_version_are_found_counted_and_sorted(old_library):
    upgrade(old_library)
    search = Search(old_library)

    def titles(**query):
        with old_library.read() as db:
            rows, total = page_of(db, search, _ADMIN, VideoQuery(**query))
            assert total == len(rows)
            return [row.title for row, _ in rows]

    assert titles(sort_by="title", order="asc") == ["äpfel", "Zebra", "北京旅行"]
    assert (titles(q="旅行"), titles(q="APFEL"), titles(q="none")) == (["北京旅行"], ["äpfel"], [])
