"""A link to one video, for people and players without an account. Needs the media folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from server.database.engine import Database
from tests.watching.conftest import Film

pytestmark = pytest.mark.database


def _id_of(person):
    return person.get("/api/auth/me").json()["id"]


def test_a_link_shows_one_video_and_nothing_else(film):
    link = film.link(note="for grandma")
    assert link["url"] == f"{film.server.url}/shared/{link['token']}"
    stranger, params = film.server.stranger(), {"link": link["token"]}

    shared = stranger.get(f"/api/shared/{link['token']}").json()
    assert shared["expires_at"] == link["expires_at"]
    assert (shared["video"]["id"], shared["video"]["title"]) == (film.id, "gr a")
    assert (shared["video"]["status"], shared["video"]["uploader_name"]) == ("completed", "max")
    assert not shared["video"].keys() & {"original_filename", "uploaded_by", "category_id", "view_count"}
    whole = film.owner.video(film.id)
    assert {name: whole[name] for name in shared["video"]} == shared["video"]
    assert shared["video"].keys() >= {
        "watchable",
        "watchable_ms",
        "has_storyboard",
        "subtitles",
        "renditions",
    }

    assert stranger.get(f"{film.path}/stream", params=params).content == film.file.read_bytes()
    part = stranger.get(f"{film.path}/stream", params=params, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert stranger.get(f"{film.path}/thumbnail", params=params).headers["content-type"] == "image/jpeg"
    download = stranger.get(f"{film.path}/download", params=params)
    assert "attachment" in download.headers["content-disposition"]

    for path in (film.path, f"{film.path}/progress", f"{film.path}/links", "/api/videos", "/api/auth/me"):
        assert stranger.get(path, params=params).status_code == 401, path
    assert stranger.post(f"{film.path}/view", params=params).status_code == 401
    assert stranger.delete(film.path, params=params).status_code == 401


def test_a_video_that_is_not_ready_is_shown_as_such(start):
    from threading import Event

    stop = Event()

    def never_ready(_order, _on_message, should_stop):
        while not (should_stop() or stop.wait(0.05)):
            pass
        raise RuntimeError("stopped")

    server = start(run_child=never_ready)
    max_ = server.member("max")
    mp4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x00" * 100
    video = max_.post("/api/videos", files={"file": ("a.mp4", mp4)}).json()
    token = max_.post(f"/api/videos/{video['id']}/links", json={}).json()["token"]
    stranger = server.stranger()
    assert stranger.get(f"/api/shared/{token}").json()["video"]["status"] in {"pending", "processing"}
    answer = stranger.get(f"/api/videos/{video['id']}/stream", params={"link": token})
    assert (answer.status_code, answer.json()["code"]) == (409, "video_not_ready")
    stop.set()


def test_its_owner_sees_it_until_it_is_revoked(film):
    first, second = film.link(note="first"), film.link(note="second", expires_in_days=365)
    film.status(first["token"])
    listed = film.owner.get(f"{film.path}/links").json()
    assert [link["note"] for link in listed["items"]] == ["second", "first"]
    assert (listed["items"][0]["last_used_at"], listed["items"][1]["last_used_at"] is None) == (None, False)
    assert not {"token", "url", "token_hash"} & listed["items"][0].keys()
    assert listed["items"][0]["created_by"] == _id_of(film.owner)

    assert film.status(first["token"]) == 200
    assert film.owner.delete(f"{film.path}/links/{first['id']}").status_code == 204
    assert film.status(first["token"]) == 401
    assert film.owner.delete(f"{film.path}/links/{first['id']}").status_code == 404
    assert film.status(second["token"]) == 200
    assert film.server.admin.delete(f"{film.path}/links/{second['id']}").status_code == 204
    assert film.owner.get(f"{film.path}/links").json()["total"] == 0


def test_a_link_is_revoked_by_its_own_address_alone(film, clip):
    other = film.owner.upload(clip)["id"]
    link = film.link()
    assert film.owner.delete(f"/api/videos/{other}/links/{link['id']}").status_code == 404
    assert film.status(link["token"]) == 200


def test_unusable_links_answer_alike_and_ask_the_database_alike(start, clip):
    now = datetime.now(UTC)
    server = start(clock=lambda: now)
    film = Film(server, clip)
    expired, revoked = film.link(expires_in_days=1), film.link()
    film.owner.delete(f"{film.path}/links/{revoked['id']}").raise_for_status()
    now += timedelta(days=1)
    asked = []
    engine = server.clipset.links._database.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    seen = set()
    for token in ("nonsense", "ä", expired["token"], revoked["token"], expired["token"][:-1]):
        stranger = server.stranger()
        asked.clear()
        shared = stranger.get(f"/api/shared/{token}")
        media = stranger.get(f"{film.path}/stream", params={"link": token})
        assert (shared.status_code, shared.json()["code"]) == (404, "link_unusable")
        assert (media.status_code, media.json()["code"]) == (401, "link_unusable")
        seen.add((shared.text, media.text, tuple(asked)))
    event.remove(engine, "before_cursor_execute", note)
    assert len(seen) == 1
    (_, _, statements) = seen.pop()
    assert len([each for each in statements if "links" in each]) == 2


def test_invitations_that_cannot_be_used_ask_the_database_alike(start):
    now = datetime.now(UTC)
    server = start(clock=lambda: now)
    invitations = [
        server.admin.post("/api/invitations", json={"expires_in_days": 1}).json() for _ in range(2)
    ]
    server.admin.delete(f"/api/invitations/{invitations[0]['id']}").raise_for_status()
    now += timedelta(days=1)
    asked, seen = [], set()
    engine = server.clipset.links._database.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    for token in ("nonsense", *(each["token"] for each in invitations)):
        asked.clear()
        answer = server.stranger().get(f"/api/invitations/validate/{token}")
        seen.add((answer.text, tuple(asked)))
    event.remove(engine, "before_cursor_execute", note)
    assert len(seen) == 1


def test_a_link_counts_before_a_session(film):
    assert film.owner.head(f"{film.path}/stream", params={"link": "nonsense"}).status_code == 401
    assert film.owner.head(f"{film.path}/stream", params={"link": ""}).status_code == 200
    assert film.owner.head(f"{film.path}/stream").status_code == 200


def test_only_its_hash_is_kept(film):
    token = film.link()["token"]
    database = Database(film.server.clipset.settings.host.effective_database_url)
    with database.read() as db:
        row = db.execute(text("SELECT * FROM links")).one()
    database.close()
    assert token not in str(row)


@pytest.mark.parametrize("days", [0, 366, -1, 10**9])
def test_a_link_lasts_a_day_to_a_year(film, days):
    answer = film.owner.post(f"{film.path}/links", json={"expires_in_days": days})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "expires_in_days")


def test_a_video_has_a_hundred_links_at_most(start, clip):
    now = datetime.now(UTC)
    server = start(clock=lambda: now)
    film = Film(server, clip)
    for _ in range(100):
        film.link(expires_in_days=1)
    assert film.owner.post(f"{film.path}/links", json={}).status_code == 409
    now += timedelta(days=1)
    film.link()
    assert film.owner.get(f"{film.path}/links").json()["total"] == 1


def test_links_of_who_is_shut_out_are_revoked(film):
    admin, link = film.server.admin, film.link()
    user = _id_of(film.owner)
    admin.patch(f"/api/users/{user}/active", json={"is_active": False}).raise_for_status()
    assert film.status(link["token"]) == 401
    admin.patch(f"/api/users/{user}/active", json={"is_active": True}).raise_for_status()
    assert film.status(link["token"]) == 401, "it was revoked, not suspended"


def test_links_of_who_is_deleted_go_with_them(film):
    link = film.link()
    by_admin = film.server.admin.post(f"{film.path}/links", json={}).json()
    film.server.admin.delete(f"/api/users/{_id_of(film.owner)}", params={"videos": "keep"}).raise_for_status()
    assert film.status(link["token"]) == 401
    assert film.status(by_admin["token"]) == 200


def test_who_is_no_admin_any_more_keeps_the_links_to_their_own_videos(film, clip):
    ada = film.server.member("ada", role="admin")
    own = ada.upload(clip)["id"]
    to_own = ada.post(f"/api/videos/{own}/links", json={}).json()
    to_others = ada.post(f"{film.path}/links", json={}).json()
    film.server.admin.patch(f"/api/users/{_id_of(ada)}/role", json={"role": "user"}).raise_for_status()
    assert film.status(to_others["token"]) == 401
    assert film.server.stranger().get(f"/api/shared/{to_own['token']}").status_code == 200


def test_links_go_with_their_video(film):
    token = film.link()["token"]
    film.owner.delete(film.path).raise_for_status()
    assert film.status(token) == 401
    assert film.server.stranger().get(f"/api/shared/{token}").status_code == 404


def test_guessing_is_slowed_down_and_a_player_with_a_dead_link_is_none(film):
    good, dead = film.link()["token"], film.link()
    film.owner.delete(f"{film.path}/links/{dead['id']}").raise_for_status()
    player = film.server.stranger()
    stream = f"{film.path}/stream"
    for _ in range(70):
        assert player.head(stream, params={"link": dead["token"]}).status_code == 401
    assert player.head(stream, params={"link": good}).status_code == 200
    for number in range(59):
        assert player.get(f"/api/shared/guess{number}").status_code == 404
    for path, params in ((f"/api/shared/{good}", {}), (stream, {"link": good})):
        blocked = player.get(path, params=params)
        assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_requests")
    assert film.owner.head(stream).status_code == 200
