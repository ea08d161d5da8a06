"""`/health` says what is wrong, and that it is well again."""

from __future__ import annotations

import errno
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from server.services.health import LEAST_FREE_BYTES, Health
from tests.postgresql import about_sqlite


def _ask(server):
    answer = server.stranger().get("/health")
    body = answer.json()
    return answer.status_code, body["status"], body.get("reason")


@about_sqlite
def test_a_locked_database(server):
    with closing(sqlite3.connect(server.data_dir / "clipset.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert _ask(server) == (503, "unhealthy", "The database is busy. Try again in a moment.")
        other.execute("ROLLBACK")
    assert _ask(server) == (200, "healthy", None)


@about_sqlite
def test_a_database_that_has_gone(server):
    server.data_dir.joinpath("clipset.db").rename(server.data_dir / "elsewhere.db")
    status, _, reason = _ask(server)
    assert (status, reason) == (503, "The database cannot be written. Check the rights of the data folder.")
    server.data_dir.joinpath("elsewhere.db").rename(server.data_dir / "clipset.db")
    assert _ask(server)[0] == 200


def test_a_folder_that_cannot_be_written(server, monkeypatch):
    def read_only(*_arguments, **_keywords):
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "touch", read_only)
        status, _, reason = _ask(server)
    assert status == 503 and "Read-only file system" in reason
    assert _ask(server) == (200, "healthy", None)
    assert server.files("videos") == []


def test_a_full_disk(server, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("server.storage.Storage.free_bytes", lambda _: LEAST_FREE_BYTES - 1)
        assert _ask(server) == (503, "unhealthy", "The disk with the videos is full. Make room on it.")
    assert _ask(server)[0] == 200


def test_of_many_who_ask_one_looks(server, monkeypatch):
    looking, go_on = threading.Event(), threading.Event()
    look = Health._look
    looks = []

    def slow(self):
        looks.append("looked")
        looking.set()
        assert go_on.wait(60)
        return look(self)

    monkeypatch.setattr(Health, "_look", slow)
    first = threading.Thread(target=_ask, args=(server,))
    first.start()
    try:
        assert looking.wait(60)
        assert [_ask(server)[0] for _ in range(12)] == [200] * 12, "more than there are workers"
    finally:
        go_on.set()
        first.join()
    assert looks == ["looked"]


def test_it_is_never_kept(server):
    assert server.stranger().get("/health").headers["cache-control"] == "no-store"
