"""What happens to one thing while another is under way: crossing changes, waiting resets, a busy database."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from server.errors import CannotStart
from server.models import LedgerRow, UserRow
from server.services.configuration import Configuration
from server.services.passwords import Passwords
from server.services.tokens import load_or_create_key
from server.services.videos import Videos
from tests.conftest import PASSWORD
from tests.postgresql import about_sqlite

pytestmark = pytest.mark.database

_TUS = {"Tus-Resumable": "1.0.0"}


def _create(person, size_bytes):
    answer = person.post("/api/uploads", headers={**_TUS, "Upload-Length": str(size_bytes)})
    assert answer.status_code == 201, answer.text
    return "/api/uploads/" + answer.headers["location"].rpartition("/")[2]


def _id(person):
    return person.get("/api/auth/me").json()["id"]


def _books(server, user_id):
    with server.clipset.quotas._database.read() as db:
        used = db.scalar(select(UserRow.weekly_upload_bytes).where(UserRow.id == UUID(user_id)))
        return used, db.scalar(
            select(func.sum(LedgerRow.bytes)).where(LedgerRow.user_id == UUID(user_id))
        ) or 0


@pytest.mark.parametrize("how", ["shut out", "new password"])
def test_a_sign_in_that_overlaps_a_lock_out_opens_no_session(server, monkeypatch, how):
    max_ = server.member("max")
    user_id = _id(max_)
    matches = Passwords.matches

    def meanwhile(self, password_hash, password):
        good = matches(self, password_hash, password)
        monkeypatch.setattr(Passwords, "matches", matches)
        if how == "shut out":
            path = f"/api/users/{user_id}/active"
            server.admin.patch(path, json={"is_active": False}).raise_for_status()
        else:
            body = {"current_password": PASSWORD, "password": "another good one"}
            max_.patch("/api/auth/me", json=body).raise_for_status()
        return good

    monkeypatch.setattr(Passwords, "matches", meanwhile)
    answer = server.stranger().post("/api/auth/login", json={"username": "max", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


def test_two_changes_of_the_settings_leave_memory_and_database_agreed(server, monkeypatch):
    second_done = threading.Event()
    first = threading.Thread(
        target=server.admin.patch, args=("/api/admin/config",), kwargs={"json": {"server_name": "First"}}
    )
    set_attribute, waiting = Configuration.__setattr__, threading.Event()

    def slowly(self, name, value):
        if name == "_current" and value.config.server_name == "First" and not waiting.is_set():
            waiting.set()
            second_done.wait(0.5)
        set_attribute(self, name, value)

    monkeypatch.setattr(Configuration, "__setattr__", slowly)
    first.start()
    assert waiting.wait(20)
    server.signed_in("anna").patch("/api/admin/config", json={"server_name": "Second"}).raise_for_status()
    second_done.set()
    first.join(20)
    shown = server.admin.get("/api/admin/config").json()["server_name"]
    server.clipset.configuration.load()
    assert shown == server.clipset.configuration.get().server_name == "Second"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server_name", "two\nlines"),
        ("server_name", "nul\u0000"),
        ("server_name", "\u2028"),
        ("accepted_video_formats", ["mp4", "mp4"]),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(common_server, key, value):
    answer = common_server.admin.patch("/api/admin/config", json={key: value})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, key)


@pytest.mark.usefixtures("week_by_hand")
def test_the_books_balance_across_resets_refunds_and_refusals(start):
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    server = start(clock=lambda: now, access_token_expire_minutes=60 * 24 * 60)
    anna = _id(server.admin)
    old, cancelled = _create(server.admin, 1000), _create(server.admin, 70)
    assert _books(server, anna) == (1070, 1070)
    assert server.admin.delete(cancelled, headers=_TUS).status_code == 204
    assert _books(server, anna) == (1000, 1000)
    now += timedelta(days=5)
    assert server.clipset.quotas.reset_if_due() == 1
    assert server.clipset.quotas.reset_if_due() == 0
    assert _books(server, anna) == (0, 0)
    _create(server.admin, 30)
    assert server.admin.delete(old, headers=_TUS).status_code == 204, "paid from a week that is over"
    assert _books(server, anna) == (30, 30)


@pytest.mark.usefixtures("week_by_hand")
def test_a_reset_that_had_to_wait_counts_what_was_reserved_meanwhile(start, monkeypatch):
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    server = start(clock=lambda: now, access_token_expire_minutes=60 * 24 * 60)
    anna, paths = _id(server.admin), []
    now += timedelta(days=5)
    database = server.clipset.quotas._database
    write = database.write

    @contextmanager
    def after_another():
        nonlocal now
        monkeypatch.setattr(database, "write", write)
        now += timedelta(seconds=1)
        paths.append(_create(server.admin, 500))
        now += timedelta(seconds=1)
        with write() as db:
            yield db

    monkeypatch.setattr(database, "write", after_another)
    server.clipset.quotas.reset_if_due()
    assert _books(server, anna) == (0, 0)
    assert server.admin.delete(paths[0], headers=_TUS).status_code == 204
    assert _books(server, anna) == (0, 0)


@about_sqlite
def test_a_busy_database_keeps_nobody_from_watching(start, monkeypatch):
    now = datetime.now(UTC)
    server = start(clock=lambda: now)
    # connections made from now on wait less
    server.clipset.quotas._database.engine.dispose()
    monkeypatch.setattr("server.database.engine._BUSY_TIMEOUT_MS", 50)
    now += timedelta(minutes=11)
    other = sqlite3.connect(server.data_dir / "clipset.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert server.admin.get("/api/videos").status_code == 200
        busy = server.admin.post("/api/categories", json={"name": "Sea"})
        assert (busy.status_code, busy.json()["code"]) == (503, "unavailable")
        assert busy.headers["retry-after"]
    finally:
        other.close()
    assert server.admin.post("/api/categories", json={"name": "Sea"}).status_code == 201
    assert (
        server.admin.get("/api/auth/sessions")
        .json()["items"][0]["last_seen_at"]
        .startswith(now.strftime("%Y-%m-%dT%H:%M"))
    )


def test_deleting_a_person_whose_videos_others_delete_too(server, monkeypatch):
    max_ = server.member("max")
    mp4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x00" * 100
    for _ in range(2):
        assert max_.post("/api/videos", files={"file": ("a.mp4", mp4)}).status_code == 201
    delete = Videos.delete

    def twice(self, caller, video_id):
        delete(self, caller, video_id)
        delete(self, caller, video_id)

    monkeypatch.setattr(Videos, "delete", twice)
    assert server.admin.delete(f"/api/users/{_id(max_)}?videos=delete").status_code == 204
    assert server.admin.get("/api/users").json()["total"] == 1
    assert server.admin.get("/api/videos").json()["total"] == 0


def test_a_crash_at_the_first_start_leaves_no_empty_key(tmp_path, monkeypatch):
    file = tmp_path / "secret.key"

    def die(_descriptor):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", die)
        with pytest.raises(KeyboardInterrupt):
            load_or_create_key(file)
    key = load_or_create_key(file)
    assert len(key) == 64
    assert load_or_create_key(file) == key
    assert os.name == "nt" or file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "There is no usable key in "),
        (b"short", "There is no usable key in "),
        (bytes(range(128, 200)), "There is no usable key in "),
        (None, "The key in .* cannot be read "),
    ],
)
def test_a_key_that_cannot_be_used_is_said_in_words(tmp_path, content, sentence):
    file = tmp_path / "secret.key"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(CannotStart, match=f"^{sentence}"):
        load_or_create_key(file)
    assert file.is_dir() if content is None else file.read_bytes() == content


@about_sqlite
def test_every_reference_that_a_deletion_follows_has_an_index(server):
    """SQLite looks for what points at a deleted row; without an index each of a person's sessions reads all views."""
    connection = sqlite3.connect(server.data_dir / "clipset.db")
    try:
        missing = []
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            indexed = {
                connection.execute(f"PRAGMA index_info('{index}')").fetchall()[0][2]
                for _, index, *_ in connection.execute(f"PRAGMA index_list('{table}')").fetchall()
            }
            foreign = connection.execute(f"PRAGMA foreign_key_list('{table}')").fetchall()
            missing.extend((table, each[3]) for each in foreign if each[3] not in indexed)
    finally:
        connection.close()
    # small tables, and one row of config
    assert set(missing) <= {
        ("config", "updated_by"),
        ("categories", "created_by"),
        ("invitations", "created_by"),
        ("invitations", "used_by"),
        ("uploads", "category_id"),
    }
