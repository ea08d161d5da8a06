"""Starting on a database: a new one, an older one, a newer one, a broken one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from server.composition import Clipset
from server.database.base import Base
from server.errors import CannotStart
from server.models.library_triggers import is_a_models
from server.models.upgrade import revisions, upgrade
from tests.conftest import make_settings
from tests.postgresql import about_sqlite

pytestmark = pytest.mark.database


def _rows(path, statement):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def test_the_migrations_make_what_the_models_say(server):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(server.clipset.settings.host.effective_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_a_models}
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


@about_sqlite
def test_an_older_database_is_copied_aside_before_it_is_changed(server, start, monkeypatch):
    server.clipset.stop()
    file = server.data_dir / "clipset.db"
    connection = sqlite3.connect(file)
    connection.executescript("CREATE TABLE keepsake (note TEXT); INSERT INTO keepsake VALUES ('kept');")
    connection.execute("DELETE FROM alembic_version")
    connection.execute("INSERT INTO alembic_version VALUES ('0000')")
    connection.commit()
    connection.close()

    monkeypatch.setattr("server.models.upgrade.revisions", lambda: ["0000", *revisions()])
    ran = []
    monkeypatch.setattr("server.models.upgrade._migrate", lambda _: ran.append("upgraded"))
    start()
    assert ran == ["upgraded"]
    copies = list((server.data_dir / "backups").glob("clipset-before-upgrade-0000-*.db"))
    assert len(copies) == 1
    assert _rows(copies[0], "SELECT note FROM keepsake") == [("kept",)]
    assert _rows(copies[0], "SELECT username FROM users") == [("anna",)]


@about_sqlite
def test_a_newer_database_is_refused_and_stays_as_it_is(server, load_settings):
    server.clipset.stop()
    file = server.data_dir / "clipset.db"
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(CannotStart, match="newer Clipset"):
        Clipset(load_settings())
    assert _rows(file, "SELECT version_num FROM alembic_version") == [("9999",)]
    assert _rows(file, "SELECT username FROM users") == [("anna",)]


@about_sqlite
def test_what_is_no_database_is_refused_in_words(load_settings, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "clipset.db").write_bytes(b"this is no database, it only looks like a file " * 100)
    with pytest.raises(CannotStart, match="cannot be opened"):
        Clipset(load_settings())


def test_the_names_of_the_files_are_alembics_revisions_in_order():
    from alembic.script import ScriptDirectory

    walked = ScriptDirectory("server/models/migrations").walk_revisions()
    assert [script.revision for script in walked][::-1] == revisions()


_START = """
import sys
from server import settings
from server.composition import Clipset
with Clipset(settings.load({"data_dir": sys.argv[1], "host": "127.0.0.1", "port": 0}, environment={})):
    print(*sys.modules)
"""


@about_sqlite
def test_a_start_with_nothing_to_upgrade_does_not_load_alembic(server):
    server.clipset.stop()
    command = [sys.executable, "-c", _START, str(server.data_dir)]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.split()
    assert "server.models.upgrade" in said
    assert "alembic" not in said


def test_a_second_upgrade_does_nothing(server):
    from server.database.engine import Database

    database = Database(server.clipset.settings.host.effective_database_url)
    upgrade(database)
    with database.read() as db:
        assert db.execute(text("SELECT version_num FROM alembic_version")).all() == [(revisions()[-1],)]
    database.close()
    assert not (server.data_dir / "backups").exists()


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"secret_key": "short"}, "CLIPSET_SECRET_KEY, .* is wrong. Give at least 32 characters"),
        ({"database_url": "nonsense"}, "CLIPSET_DATABASE_URL, .* is wrong"),
        ({"host": "203.0.113.9"}, "does not belong to this machine"),
    ],
)
def test_what_stops_a_start_is_said_in_a_sentence(load_settings, overrides, sentence):
    with pytest.raises(CannotStart, match=sentence):
        Clipset(load_settings(**overrides))
    Clipset(load_settings()).stop()


def test_a_taken_port_is_said_in_a_sentence(server, tmp_path):
    with pytest.raises(CannotStart, match=f"Port {server.clipset.port} is taken"):
        Clipset(make_settings(tmp_path / "other", port=server.clipset.port))


def test_files_that_no_row_knows_are_set_aside_and_never_lost(server, start):
    server.clipset.stop()
    library, incoming = server.data_dir / "videos" / "library", server.data_dir / "videos" / "incoming"
    for folder in (library / "unknown", library / "condemned", incoming / "half"):
        folder.mkdir()
    (library / "unknown" / "video.mp4").write_bytes(b"precious")
    (library / "condemned" / "video.mp4").write_bytes(b"deleted")
    (library / "condemned" / "condemned").touch()
    (incoming / "half" / "source").write_bytes(b"x")
    start()
    assert server.files("videos") == ["orphans/unknown/video.mp4"]
