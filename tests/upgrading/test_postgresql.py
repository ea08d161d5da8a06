"""PostgreSQL under the server: it is away at the start, it breaks off, it takes no more, and writers take turns."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import make_url, text

from server.composition import Clipset
from server.database import engine
from server.database.engine import Database
from server.errors import CannotStart, InvalidInput, Unavailable
from tests import postgresql
from tests.conftest import PASSWORD, make_settings

pytestmark = [postgresql.about_postgresql, pytest.mark.database]


@pytest.fixture
def url(server):
    return make_url(server.clipset.settings.host.effective_database_url)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"host": "127.0.0.1", "port": 1, "query": {}}, "connection to server"),
        ({"database": "none_such"}, '"none_such" does not exist'),
        ({"username": "nobody_here"}, '"nobody_here" does not exist'),
    ],
)
def test_a_database_that_cannot_be_opened_is_said_in_a_sentence(tmp_path, url, changes, says):
    wrong = url.set(password="geheim-7", **changes).render_as_string(hide_password=False)
    with pytest.raises(CannotStart, match="CLIPSET_DATABASE_URL names cannot be opened") as refused:
        Clipset(make_settings(tmp_path / "another", database_url=wrong))
    assert says in refused.value.sentence
    assert "geheim-7" not in refused.value.sentence
    assert "\n" not in refused.value.sentence


def test_an_encoding_that_loses_letters_is_refused(tmp_path, url):
    postgresql.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        settings = make_settings(tmp_path / "another", database_url=str(url.set(database="latin")))
        with pytest.raises(CannotStart, match="keeps its texts as LATIN1"):
            Clipset(settings)
    finally:
        postgresql.execute("DROP DATABASE latin WITH (FORCE)")


def test_a_role_that_may_not_make_tables_is_told(tmp_path, url):
    postgresql.execute("CREATE ROLE reader LOGIN")
    postgresql.execute("CREATE DATABASE empty")
    try:
        wrong = url.set(username="reader", database="empty")
        settings = make_settings(tmp_path / "another", database_url=str(wrong))
        with pytest.raises(CannotStart, match="permission denied for schema public"):
            Clipset(settings)
    finally:
        postgresql.execute("DROP DATABASE empty WITH (FORCE)")
        postgresql.execute("DROP ROLE reader")


def test_a_newer_database_is_refused(server, load_settings, url):
    server.clipset.stop()
    database = Database(str(url))
    with database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(CannotStart, match="newer Clipset"):
        Clipset(load_settings())


def _break_connections(url):
    postgresql.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'"
    )


def test_broken_connections_are_made_anew(server, url):
    assert server.admin.get("/api/auth/me").status_code == 200
    _break_connections(url)
    assert server.admin.get("/api/auth/me").status_code == 200


def test_a_connection_that_broke_while_nobody_used_it_is_made_anew(url, monkeypatch):
    monkeypatch.setattr(engine, "_TRUSTED_S", 0.0)
    database = Database(str(url))
    for _ in range(2):
        with database.read() as db:
            assert db.scalar(text("SELECT 1")) == 1
        _break_connections(url)
    database.close()


def test_a_connection_that_breaks_in_the_middle_is_unavailable(url):
    database = Database(str(url))
    with pytest.raises(Unavailable, match="cannot be reached"), database.write() as db:
        db.execute(text("SELECT 1"))
        _break_connections(url)
        db.execute(text("SELECT 1"))
    with database.write() as db:
        assert db.scalar(text("SELECT 1")) == 1
    database.close()


def test_a_database_that_is_away_is_503_until_it_is_back(server, url):
    postgresql.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
    _break_connections(url)
    answer = server.admin.get("/api/auth/me")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert server.stranger().get("/health").status_code == 503
    postgresql.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
    assert server.admin.get("/api/auth/me").status_code == 200
    assert server.stranger().get("/health").status_code == 200


def test_writers_take_turns_and_readers_do_not_wait(url):
    database = Database(str(url))
    second_begins, order = threading.Event(), []

    def second():
        second_begins.set()
        with database.write() as db:
            db.execute(text("SELECT 1"))
            order.append("second")

    with ThreadPoolExecutor(1) as pool:
        with database.write() as db:
            db.execute(text("UPDATE users SET username = 'changed'"))
            waiting = pool.submit(second)
            assert second_begins.wait(10)
            with database.read() as reader:
                assert reader.scalar(text("SELECT username FROM users")) == "anna"
            order.append("first")
        waiting.result(10)
    assert order == ["first", "second"]
    database.close()


def test_a_writer_that_waits_too_long_is_told(url, monkeypatch):
    monkeypatch.setattr("server.database.engine._BUSY_TIMEOUT_MS", 50)
    database = Database(str(url))
    with database.write() as db:
        db.execute(text("SELECT 1"))
        with pytest.raises(Unavailable, match="busy"), database.write() as other:
            other.execute(text("SELECT 1"))
    database.close()


def test_a_reader_sees_one_state(url):
    database = Database(str(url))
    with database.read() as reader:
        before = reader.scalar(text("SELECT username FROM users"))
        with database.write() as db:
            db.execute(text("UPDATE users SET username = 'changed'"))
        assert reader.scalar(text("SELECT username FROM users")) == before == "anna"
    database.close()


def test_what_only_postgresql_refuses_is_bad_input_and_no_bug(url):
    database = Database(str(url))
    with pytest.raises(InvalidInput, match="cannot keep this text"), database.read() as db:
        db.execute(text("SELECT :word"), {"word": "a\x00b"})
    with pytest.raises(InvalidInput), database.write() as db:
        db.execute(text("UPDATE users SET username = :name"), {"name": "x" * 41})
    database.close()


@pytest.mark.parametrize("identifier", ["a\x00b", "\ufdfa" * 200, "anna'--", "%"])
def test_hostile_names_are_wrong_names(server, identifier):
    body = {"username": identifier, "password": PASSWORD}
    assert server.stranger().post("/api/auth/login", json=body).status_code in {401, 422}
