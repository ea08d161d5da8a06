"""Resumable uploads: tus 1.0.0 at /api/uploads, over real connections. Single requests are in `test_tus_cases.py`.

Needs the media folder for the client test.
"""

from __future__ import annotations

import base64
import os
import socket
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from tusclient import client as tuspy

from server.events import UploadProgressed
from server.media.refusals import SENTENCES
from server.services.upload_locks import WRITERS_PER_MEMBER
from server.values.accounts import Caller, Role
from server.values.jobs import JobState
from tests.uploading.tus import MP4_START, PATCH, TUS, offset_of, patch, path_of, used_bytes
from tests.waiting import wait_until

pytestmark = pytest.mark.database

_DATA = MP4_START + bytes(range(256)) * 40
_LENGTH = len(_DATA)


def _metadata(**values):
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def _create(person, length=_LENGTH, **headers):
    return person.post(
        "/api/uploads",
        headers={
            **TUS,
            "Upload-Length": str(length),
            "Upload-Metadata": _metadata(filename="clip.mp4"),
            **headers,
        },
    )


def test_an_upload_in_pieces_becomes_a_video(server):
    max_ = server.member()
    category = server.admin.post("/api/categories", json={"name": "Sea"}).json()
    path = path_of(
        _create(
            max_,
            **{"Upload-Metadata": _metadata(filename="b.mp4", title="Bä 名前", category_id=category["id"])},
        )
    )
    assert used_bytes(max_) == len(_DATA), "reserved when it begins"
    first = patch(max_, path, 0, _DATA[:5000])
    assert (first.status_code, first.headers["upload-offset"]) == (204, "5000")
    assert "clipset-video-id" not in first.headers
    assert offset_of(max_, path) == 5000
    last = patch(max_, path, 5000, _DATA[5000:])
    video = max_.video(last.headers["clipset-video-id"])
    assert (video["title"], video["original_filename"], video["size"]) == ("Bä 名前", "b.mp4", len(_DATA))
    assert video["category_id"] == category["id"]
    again = max_.head(path, headers=TUS)
    assert again.headers["clipset-video-id"] == video["id"]
    assert int(again.headers["upload-offset"]) == len(_DATA)
    assert max_.get("/api/videos").json()["total"] == 1
    assert used_bytes(max_) == len(_DATA)


def test_what_arrived_before_a_cut_is_kept(server):
    max_ = server.member()
    path = path_of(_create(max_))
    host = urlsplit(server.url)
    with socket.create_connection((host.hostname, host.port), timeout=20) as connection:
        connection.sendall(
            f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: clipset_session={max_.cookies['clipset_session']}\r\n"
            f"Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
            f"Content-Length: {len(_DATA)}\r\n\r\n".encode()
            + _DATA[:7777]
        )
    server.heard.wait_for(lambda event: isinstance(event, UploadProgressed) and event.offset_bytes == 7777)
    assert offset_of(max_, path) == 7777
    answer = patch(max_, path, 7777, _DATA[7777:])
    source = server.data_dir / "videos" / "library" / answer.headers["clipset-video-id"]
    stored = [file for file in source.iterdir() if file.stat().st_size == len(_DATA)]
    assert stored and stored[0].read_bytes() == _DATA


def test_an_upload_survives_a_restart(start):
    server = start()
    path = path_of(_create(server.admin))
    patch(server.admin, path, 0, _DATA[:3000])
    server.clipset.stop()
    again = start()
    assert offset_of(again.admin, path) == 3000
    assert patch(again.admin, path, 3000, _DATA[3000:]).headers["clipset-video-id"]


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system is not told to write")
def test_a_large_upload_is_written_out_while_it_comes(server, monkeypatch):
    """Not all at its end, when the client waits."""
    monkeypatch.setattr("server.services.upload_writer.WRITE_OUT_EVERY_BYTES", 1000)
    ranges, advise = [], os.posix_fadvise

    def note(descriptor, start, length, advice):
        if advice == os.POSIX_FADV_DONTNEED:
            ranges.append((start, start + length))
        advise(descriptor, start, length, advice)

    monkeypatch.setattr(os, "posix_fadvise", note)
    max_ = server.member()
    path = path_of(_create(max_))
    for offset in range(0, _LENGTH, 1500):
        patch(max_, path, offset, _DATA[offset : offset + 1500]).raise_for_status()
    assert ranges[0][0] == 0
    assert all(end <= start for (_, end), (start, _) in pairwise(ranges)), "no byte twice"
    assert ranges[-1][1] > _LENGTH - 3000


def test_creation_with_upload(server):
    max_ = server.member()
    answer = max_.post(
        "/api/uploads", content=_DATA[:100], headers={**PATCH, "Upload-Length": str(len(_DATA))}
    )
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "100")
    whole = max_.post("/api/uploads", content=_DATA, headers={**PATCH, "Upload-Length": str(len(_DATA))})
    assert max_.video(whole.headers["clipset-video-id"])["status"] in {"pending", "processing", "failed"}


def test_a_cancelled_upload_leaves_nothing(server):
    max_ = server.member()
    path = path_of(_create(max_))
    patch(max_, path, 0, _DATA[:100])
    assert max_.delete(path, headers=TUS).status_code == 204
    assert max_.head(path, headers=TUS).status_code == 404
    assert (used_bytes(max_), server.files("videos")) == (0, [])


def test_what_is_no_video_is_refused_with_the_last_byte(server):
    max_ = server.member()
    data = b"<!doctype html>" + b"a" * 500
    path = path_of(_create(max_, len(data)))
    answer = patch(max_, path, 0, data)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media")
    assert (used_bytes(max_), server.files("videos")) == (0, [])


def test_nobody_touches_the_upload_of_another(server):
    path = path_of(_create(server.member("max")))
    mia = server.member("mia")
    assert mia.head(path, headers=TUS).status_code == 404
    assert patch(mia, path, 0, b"x").status_code == 404
    assert mia.delete(path, headers=TUS).status_code == 404
    assert server.stranger().head(path, headers=TUS).status_code == 401


@contextmanager
def _sending(server, person, path, length):
    """A PATCH that has been admitted and waits for its body."""
    host = urlsplit(server.url)
    with socket.create_connection((host.hostname, host.port), timeout=20) as connection:
        connection.sendall(
            f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: clipset_session={person.cookies['clipset_session']}\r\n"
            f"Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
            f"Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        yield connection


def test_two_writers_at_once(server):
    """While one request sends, a second one is told so; it does not wait and it does not mix its bytes in."""
    max_ = server.member()
    path = path_of(_create(max_))
    with _sending(server, max_, path, len(_DATA)) as connection:
        assert patch(max_, path, 0, _DATA).status_code == 423
        connection.sendall(_DATA)
        assert connection.recv(4096).startswith(b"HTTP/1.1 204 ")


def test_who_comes_back_does_not_wait_for_the_connection_that_was_lost(server, monkeypatch):
    monkeypatch.setattr("server.services.uploads._QUIET_S", 0.0)
    max_ = server.member()
    path = path_of(_create(max_))
    with _sending(server, max_, path, len(_DATA)) as lost:
        lost.sendall(_DATA[:100])
        wait_until(lambda: offset_of(max_, path) == 100)
        answer = patch(max_, path, 100, _DATA[100:])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(_DATA)))
        assert lost.recv(4096).startswith(b"HTTP/1.1 423 ")
    assert server.clipset.uploads.receiving == 0


def test_deleting_ends_the_request_that_sends(server):
    max_ = server.member()
    path = path_of(_create(max_))
    with _sending(server, max_, path, len(_DATA)) as connection:
        connection.sendall(_DATA[:100])
        assert max_.delete(path, headers=TUS).status_code == 204
        assert connection.recv(4096).startswith(b"HTTP/1.1 423 ")
    assert max_.head(path, headers=TUS).status_code == 404
    assert (used_bytes(max_), server.files("videos"), server.clipset.uploads.receiving) == (0, [], 0)


def test_one_member_does_not_take_every_writer(server):
    max_ = server.member()
    paths = [path_of(_create(max_)) for _ in range(WRITERS_PER_MEMBER + 1)]
    with ExitStack() as stack:
        *_, last = [
            stack.enter_context(_sending(server, max_, path, len(_DATA)))
            for path in paths[:WRITERS_PER_MEMBER]
        ]
        refused = patch(max_, paths[-1], 0, _DATA)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        mia = server.member("mia")
        assert patch(mia, path_of(_create(mia)), 0, _DATA).status_code == 204
        last.sendall(_DATA)
        assert last.recv(4096).startswith(b"HTTP/1.1 204 ")
        assert patch(max_, paths[-1], 0, _DATA).status_code == 204


def test_nobody_begins_uploads_without_end(server, monkeypatch):
    monkeypatch.setattr("server.services.upload_limits.UNFINISHED_PER_MEMBER", 3)
    max_ = server.member()
    first, *_ = [_create(max_) for _ in range(3)]
    refused = max_.post("/api/uploads", headers={**TUS, "Upload-Length": "10"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert max_.delete(path_of(first), headers=TUS).status_code == 204
    assert max_.post("/api/uploads", headers={**TUS, "Upload-Length": "10"}).status_code == 201


def test_forgotten_uploads_are_swept_and_running_ones_never(start):
    now = datetime.now(UTC)
    server = start(clock=lambda: now, access_token_expire_minutes=60 * 24 * 30)
    forgotten, running = path_of(_create(server.admin)), path_of(_create(server.admin))
    patch(server.admin, running, 0, _DATA[:10])
    me = server.admin.get("/api/auth/me").json()
    caller = Caller(user_id=UUID(me["id"]), session_id=None, role=Role.ADMIN)
    writer = server.clipset.uploads.open_writer(caller, UUID(running.rpartition("/")[2]), 10, None)
    now += timedelta(days=8)
    assert server.clipset.upload_upkeep.sweep_expired() == 1
    writer.close()
    assert server.admin.head(forgotten, headers=TUS).status_code == 404
    assert offset_of(server.admin, running) == 10
    assert server.clipset.upload_upkeep.sweep_expired() == 1
    assert (used_bytes(server.admin), server.files("videos")) == (0, [])


def test_a_client_nobody_here_wrote(server, media):
    max_ = server.member()
    token = max_.cookies["clipset_session"]
    path = media("gr_a.mp4")
    client = tuspy.TusClient(f"{server.url}/api/uploads", headers={"Authorization": f"Bearer {token}"})
    with path.open("rb") as file:
        metadata = {"filename": path.name, "title": "Real"}
        client.uploader(file_stream=file, chunk_size=40_000, metadata=metadata).upload()
    video = max_.get("/api/videos").json()["items"][0]
    assert (video["title"], video["size"]) == ("Real", path.stat().st_size)
    assert server.heard.job_of(video["id"]) is JobState.DONE


def test_the_verdict_before_sending(server):
    max_ = server.member()
    fine = max_.post("/api/uploads/check", json={"filename": "a.mp4", "size": 1000}).json()
    assert (fine["accepted"], fine["quota"]["left_bytes"]) == (True, 4 * 1024**3)
    server.admin.patch("/api/admin/config", json={"weekly_upload_limit_bytes": 500})
    over = max_.post("/api/uploads/check", json={"filename": "a.mp4", "size": 1000}).json()
    assert (over["accepted"], over["code"]) == (False, "quota_exceeded")
    large = max_.post("/api/uploads/check", json={"filename": "a.mp4", "size": 2**40}).json()
    assert (large["accepted"], large["code"]) == (False, "file_too_large")


@pytest.mark.parametrize(
    ("filename", "sentence"),
    [
        ("holiday.mp4", None),
        ("HOLIDAY.MOV", None),
        ("holiday", None),
        ("clip.unheard", None),
        (".mp4", None),
        ("a.pdf", "no video"),
        ("song.MP3", "only sound"),
        ("IMG_1.HEIC", "picture"),
        ("old.avi", "not taken"),
        ("disc.vob", "not taken"),
    ],
)
def test_the_verdict_looks_at_the_name(server, filename, sentence):
    server.admin.patch(
        "/api/admin/config", json={"accepted_video_formats": ["mp4", "mov"]}
    ).raise_for_status()
    verdict = server.admin.post("/api/uploads/check", json={"filename": filename, "size": 1000}).json()
    if sentence is None:
        assert (verdict["accepted"], verdict["reason"]) == (True, None)
    else:
        assert (verdict["accepted"], verdict["code"]) == (False, "unsupported_media")
        assert verdict["reason"] == SENTENCES[_CODES[sentence]]


_CODES = {
    "no video": "not_a_video",
    "only sound": "only_sound",
    "picture": "only_a_picture",
    "not taken": "format_not_accepted",
}


def test_a_bug_while_the_body_comes_in_is_never_taken_for_success(server, monkeypatch):
    max_ = server.member()
    path = path_of(_create(max_))

    def break_down(_writer):
        raise RuntimeError("a bug")

    with monkeypatch.context() as broken:
        broken.setattr("server.services.upload_writer.Writer.sync", break_down)
        answer = patch(max_, path, 0, _DATA)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert patch(max_, path, offset_of(max_, path), b"").headers["clipset-video-id"]


def test_the_verdict_beside_the_uploads_is_not_one(common_server):
    answer = common_server.admin.patch("/api/uploads/check", content=b"x")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
