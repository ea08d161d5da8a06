"""Who may watch no longer is cut off in the middle of it. Needs the media folder.

The client has stopped reading, so that the film is only partly sent when access ends; what it can read afterwards is
what was on its way.
"""

from __future__ import annotations

import os
import select
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from server.media.segment_index import (
    pack_boxes,
    pack_end,
    pack_head,
    pack_segment,
    read_index_at,
    unpack_boxes,
)
from tests.conftest import PASSWORD, make_settings, running
from tests.listener.raw_client import RawClient
from tests.waiting import wait_until
from tests.watching.conftest import Film

pytestmark = pytest.mark.database

_FILM_BYTES = 400 << 20
_ON_ITS_WAY_BYTES = 50 << 20
"""More than all the buffers between the file and the client hold."""


def _send(client, line, *headers, body=b""):
    client.send("\r\n".join([f"{line} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode() + body)


class Watching:
    """Somebody who is being sent the film."""

    def __init__(self, film, what="stream", *, cookie="", link=""):
        self.client = RawClient("127.0.0.1", film.server.clipset.port, receive_buffer_bytes=1 << 16)
        query = f"?link={link}" if link else ""
        _send(self.client, f"GET {film.path}/{what}{query}", f"Cookie: clipset_session={cookie}")
        head = self.client.read_head()
        assert head.startswith(b"HTTP/1.1 200"), head
        self.client.read(1 << 20)

    def wait_until_cut(self):
        """Wait for the reset, then count what was sent. Fails if it does not come, or everything was sent."""
        poll = select.poll()
        poll.register(self.client.socket, 0)
        assert poll.poll(60_000), "the transfer goes on"
        sent = 0
        try:
            while piece := self.client.socket.recv(1 << 20):
                sent += len(piece)
        except ConnectionResetError:
            pass
        self.client.close()
        assert sent < _ON_ITS_WAY_BYTES

    def goes_on(self):
        """Whether it is still sent."""
        self.client.read(_ON_ITS_WAY_BYTES)
        return True


_TRANSFERS = ("stream", "download", "hls/1080/0.m4s")
"""What of the film takes long to send."""


def _long(film):
    """The film, made so long that it cannot all be on its way, and its first segment with it."""
    name, boxes_name = film.file.with_suffix(".index"), film.file.with_suffix(".boxes")
    index = read_index_at(name)
    os.truncate(film.file, _FILM_BYTES)
    segment = index.segments[0]
    with boxes_name.open("r+b") as boxes:
        boxes.seek(segment.boxes_at)
        ranges, moof = unpack_boxes(boxes.read(segment.boxes_bytes))
        ((offset, _), *others) = ranges
        boxes.seek(segment.boxes_at)
        boxes.write(pack_boxes([(offset, _FILM_BYTES - offset - index.shift), *others], moof))
    name.write_bytes(pack_head(index.head) + pack_segment(segment) + pack_end(index.shift, _FILM_BYTES))
    return film


@pytest.fixture(scope="module")
def cinema(tmp_path_factory, media):
    """A long film that many people come to see."""
    with running(make_settings(tmp_path_factory.mktemp("cinema") / "data")) as server:
        yield _long(Film(server, media("gr_a.mp4")))


def _token(person):
    return person.cookies["clipset_session"]


def _me(person):
    return person.get("/api/auth/me").json()


def _sign_out(_film, person, _other):
    person.post("/api/auth/logout")


def _end_session(_film, person, other):
    other.delete(f"/api/auth/sessions/{_me(person)['session_id']}").raise_for_status()


def _end_all(_film, _person, other):
    other.delete("/api/auth/sessions", params={"keep": "current"}).raise_for_status()


def _sign_out_everywhere(film, person, _other):
    film.server.admin.delete(f"/api/users/{_me(person)['id']}/sessions").raise_for_status()


def _change_password(_film, _person, other):
    body = {"current_password": PASSWORD, "password": "a quite new password"}
    other.patch("/api/auth/me", json=body).raise_for_status()


def _reset_password(film, person, _other):
    made = film.server.admin.post(f"/api/users/{_me(person)['id']}/password-reset").json()
    body = {"token": made["token"], "password": "a quite new password"}
    film.server.stranger().post("/api/auth/reset", json=body).raise_for_status()


def _disable(film, person, _other):
    path = f"/api/users/{_me(person)['id']}/active"
    film.server.admin.patch(path, json={"is_active": False}).raise_for_status()


def _delete(film, person, _other):
    path = f"/api/users/{_me(person)['id']}?videos=keep"
    film.server.admin.delete(path).raise_for_status()


_ENDINGS = [
    _sign_out,
    _end_session,
    _end_all,
    _sign_out_everywhere,
    _change_password,
    _reset_password,
    _disable,
    _delete,
]


@pytest.mark.parametrize("end", _ENDINGS, ids=lambda end: end.__name__.strip("_"))
def test_a_member_whose_access_ends_is_cut_off(cinema, end):
    name = end.__name__.strip("_").replace("_", "-")
    person, other, bystander = cinema.server.member(name), cinema.server.signed_in(name), cinema.owner
    token = _token(person)
    streams = [Watching(cinema, what, cookie=token) for what in _TRANSFERS]
    beside = [Watching(cinema, what, cookie=_token(bystander)) for what in _TRANSFERS]
    end(cinema, person, other)
    for each in streams:
        each.wait_until_cut()
    for headers in ({"Cookie": f"clipset_session={token}"}, {"Authorization": f"Bearer {token}"}):
        whats = (*_TRANSFERS, "hls/master.m3u8", "hls/1080/playlist.m3u8", "thumbnail")
        for path in ("/api/videos", *(f"{cinema.path}/{what}" for what in whats)):
            assert cinema.server.stranger().get(path, headers=headers).status_code == 401, path
    for each in beside:
        assert each.goes_on()
        each.client.close()


def _revoke(film, maker, link):
    maker.delete(f"{film.path}/links/{link['id']}").raise_for_status()


def _disable_maker(film, maker, _link):
    _disable(film, maker, None)


def _delete_maker(film, maker, _link):
    _delete(film, maker, None)


def _demote_maker(film, maker, _link):
    path = f"/api/users/{_me(maker)['id']}/role"
    film.server.admin.patch(path, json={"role": "user"}).raise_for_status()


@pytest.mark.parametrize(
    "end",
    [_revoke, _disable_maker, _delete_maker, _demote_maker],
    ids=lambda end: end.__name__.strip("_"),
)
def test_who_watches_by_a_link_that_ends_is_cut_off(cinema, end):
    maker = cinema.server.member(end.__name__.strip("_").replace("_", "-"), role="admin")
    link = maker.post(f"{cinema.path}/links", json={}).json()
    other = cinema.link()
    transfers = [Watching(cinema, what, link=link["token"]) for what in _TRANSFERS]
    beside = Watching(cinema, link=other["token"])
    end(cinema, maker, link)
    for each in transfers:
        each.wait_until_cut()
    assert {cinema.status(link["token"], what) for what in _TRANSFERS} == {401}
    assert beside.goes_on()
    beside.client.close()


def test_time_cuts_off_too(start, clip):
    now = datetime.now(UTC)
    server = start(clock=lambda: now, access_token_expire_minutes=60 * 24)
    film = _long(Film(server, clip))
    token, link = _token(server.member("mia")), film.link(expires_in_days=1)["token"]
    over = [Watching(film, what, cookie=token) for what in _TRANSFERS]
    over += [Watching(film, what, link=link) for what in _TRANSFERS]
    beside = Watching(film, link=film.link(expires_in_days=2)["token"])
    now += timedelta(days=1)
    for each in over:
        each.wait_until_cut()
    assert beside.goes_on()
    beside.client.close()


def test_nobody_is_sent_the_rest_of_a_deleted_video(server, clip):
    film = _long(Film(server, clip))
    token = _token(server.member("mia"))
    transfers = [Watching(film, what, cookie=token) for what in _TRANSFERS]
    film.owner.delete(film.path).raise_for_status()
    for each in transfers:
        each.wait_until_cut()
    assert server.files("videos") == []


def test_an_upload_is_cut_off_as_well_and_keeps_what_came(server):
    max_ = server.member("max")
    head = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": str(10 << 20)}
    path = max_.post("/api/uploads", headers=tus).headers["location"].partition(str(server.clipset.port))[2]
    with RawClient("127.0.0.1", server.clipset.port) as client:
        _send(
            client,
            f"PATCH {path}",
            f"Cookie: clipset_session={_token(max_)}",
            "Tus-Resumable: 1.0.0",
            "Content-Type: application/offset+octet-stream",
            "Upload-Offset: 0",
            f"Content-Length: {10 << 20}",
            body=head,
        )
        upload = server.data_dir / "videos" / "incoming" / path.rpartition("/")[2] / "source"
        wait_until(lambda: upload.stat().st_size == len(head))
        max_.post("/api/auth/logout").raise_for_status()
        assert client.read_answer().status == 401
        with suppress(OSError):  # whoever goes on sending is not listened to any more
            client.send(b"\x00" * 1000)
    again = server.signed_in("max").head(path, headers={"Tus-Resumable": "1.0.0"})
    assert again.headers["upload-offset"] == str(len(head))
