"""Where people stopped watching: seen at once, written now and then. Needs the media folder."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from server.database.engine import Database
from server.errors import Unavailable
from tests.watching.conftest import Film

pytestmark = pytest.mark.database


def _put(person, video, position_ms):
    return person.put(f"/api/videos/{video}/position", json={"position_ms": position_ms})


def _position(person, video):
    return person.get(f"/api/videos/{video}/position").raise_for_status().json()


def _rows(server):
    database = Database(server.clipset.settings.host.effective_database_url)
    with database.read() as db:
        rows = db.execute(text("SELECT position_ms FROM positions ORDER BY position_ms")).scalars().all()
    database.close()
    return list(rows)


def _length_ms(film):
    return round(film.owner.video(film.id)["duration"] * 1000)


def test_each_member_has_their_own_and_sees_it_at_once(film):
    mia = film.server.member("mia")
    assert _position(mia, film.id) == {"position_ms": 0, "updated_at": None}
    put = _put(mia, film.id, 700).json()
    assert put["position_ms"] == 700
    assert _position(mia, film.id) == put
    assert _position(film.owner, film.id)["position_ms"] == 0
    assert _put(mia, film.id, 10**9).json()["position_ms"] == _length_ms(film), "past the end is the end"
    assert _put(mia, film.id, 0).json()["position_ms"] == 0


def test_a_heartbeat_writes_nothing(film):
    written = []
    engine = film.server.clipset.positions._database.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO positions"):
            written.append(threading.current_thread())

    for position_ms in range(50):
        assert _put(film.owner, film.id, position_ms).status_code == 200
    film.server.clipset.positions.flush()
    event.remove(engine, "before_cursor_execute", note)
    # the scheduler may have been quicker, but no request has waited for it
    assert not [thread.name for thread in written if thread.name.startswith("waitress")]
    assert _rows(film.server) == [49]


def test_it_is_written_when_the_server_stops_and_there_after_the_next_start(film, start):
    before = _put(film.owner, film.id, 800).json()
    film.server.clipset.stop()
    assert _rows(film.server) == [800]
    again = start().signed_in("max")
    assert _position(again, film.id) == before


def test_it_is_written_when_there_is_much_of_it(film, monkeypatch):
    monkeypatch.setattr("server.services.positions.PENDING_MAX", 2)
    _put(film.owner, film.id, 100)
    _put(film.server.admin, film.id, 200)
    assert _rows(film.server) == [100, 200]


def test_what_cannot_be_written_is_written_later(film, monkeypatch):
    positions = film.server.clipset.positions
    _put(film.owner, film.id, 100)
    with monkeypatch.context() as patched:

        def busy(_batch):
            _put(film.owner, film.id, 300)  # and somebody watches on meanwhile
            raise Unavailable("The database is busy.")

        patched.setattr(positions, "_write", busy)
        positions.flush()
    assert _position(film.owner, film.id)["position_ms"] == 300
    positions.flush()
    assert _rows(film.server) == [300]


def test_who_watches_on_while_it_is_written_loses_nothing(film, monkeypatch):
    positions = film.server.clipset.positions
    _put(film.owner, film.id, 100)
    write = positions._write
    with monkeypatch.context() as patched:

        def slow(batch):
            write(batch)
            _put(film.owner, film.id, 300)

        patched.setattr(positions, "_write", slow)
        positions.flush()
    assert _position(film.owner, film.id)["position_ms"] == 300
    positions.flush()
    assert _rows(film.server) == [300]


@pytest.mark.parametrize("gone", ["video", "user", "video before it was written"])
def test_it_goes_with_the_video_and_the_member(film, gone):
    mia = film.server.member("mia")
    user = mia.get("/api/auth/me").json()["id"]
    _put(mia, film.id, 100)
    if gone != "video before it was written":
        film.server.clipset.positions.flush()
        assert _rows(film.server) == [100]
    if gone == "user":
        film.server.admin.delete(f"/api/users/{user}?videos=delete").raise_for_status()
    else:
        film.owner.delete(film.path).raise_for_status()
        assert mia.get(f"{film.path}/position").status_code == 404
    film.server.clipset.positions.flush()
    assert _rows(film.server) == []


@pytest.mark.parametrize("bad", [-1, 10**13, 1.5, "7", None, [], True])
def test_what_is_no_position_is_refused(film, bad):
    answer = _put(film.owner, film.id, bad)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "position_ms")


def test_a_video_one_may_not_see_has_none(film):
    nowhere = "00000000-0000-4000-8000-000000000000"
    assert film.owner.get(f"/api/videos/{nowhere}/position").status_code == 404
    assert _put(film.owner, nowhere, 1).status_code == 404


def test_what_is_begun_and_not_finished_is_listed_latest_first(start, clip):
    now = datetime.now(UTC)
    server = start(clock=lambda: now)
    film = Film(server, clip)
    length_ms, mia = _length_ms(film), server.member("mia")
    ids = [film.id, *(film.owner.upload(clip)["id"] for _ in range(5))]
    for video in ids[1:]:
        server.heard.video_settled(video)
    for video, percent in zip(ids, (0, 4, 6, 50, 94, 96), strict=True):
        now += timedelta(seconds=1)
        _put(mia, video, length_ms * percent // 100)
    listed = mia.get("/api/positions").json()
    assert [item["video"]["id"] for item in listed["items"]] == [ids[4], ids[3], ids[2]]
    assert (listed["total"], listed["items"][0]["position_ms"]) == (3, length_ms * 94 // 100)
    assert listed["items"][0]["video"]["title"] == "gr a"
    second = mia.get("/api/positions", params={"page": 2, "page_size": 2}).json()
    assert [item["video"]["id"] for item in second["items"]] == [ids[2]]
    assert film.owner.get("/api/positions").json()["total"] == 0
    now += timedelta(seconds=1)
    _put(mia, ids[3], length_ms)
    film.owner.delete(f"/api/videos/{ids[4]}").raise_for_status()
    assert [item["video"]["id"] for item in mia.get("/api/positions").json()["items"]] == [ids[2]]
