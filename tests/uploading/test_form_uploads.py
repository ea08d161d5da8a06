"""Uploading by form: POST /api/videos. Needs the media folder for real videos."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from server.values.jobs import JobState

pytestmark = pytest.mark.database

_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x00" * 100


def _form(person, content=_MP4, filename="clip.mp4", **fields):
    return person.post("/api/videos", files={"file": (filename, content)}, data=fields)


def _used(person):
    return person.get("/api/auth/me").json()["quota"]["used_bytes"]


def test_an_upload_becomes_a_pending_video_and_then_plays(server, media):
    max_ = server.member("max")
    path = media("ax_sample_simple.mp4" if media("ax_sample_simple.mp4").exists() else "vide_ocean.mp4")
    video = max_.upload(path, title="  At the\u0000 sea ", description="one\ntwo")
    assert (video["status"], video["title"], video["description"]) == ("pending", "At the sea", "one\ntwo")
    assert video["size"] == path.stat().st_size
    assert _used(max_) == path.stat().st_size

    assert server.heard.job_of(video["id"]) is JobState.DONE
    ready = max_.video(video["id"])
    assert (ready["status"], ready["progress"], ready["error"]) == ("completed", 100.0, None)
    assert ready["has_thumbnail"]
    stream = max_.get(f"/api/videos/{video['id']}/stream")
    assert stream.headers["content-type"] == "video/mp4"
    assert len(stream.content) == ready["size"]
    assert max_.get(f"/api/videos/{video['id']}/thumbnail").content.startswith(b"\xff\xd8")
    named = max_.get(f"/api/videos/{video['id']}/download").headers["content-disposition"]
    assert named.startswith("attachment") and "At the sea.mp4" in named


def test_the_title_is_made_from_the_file_name(server):
    video = _form(server.member(), filename="../../My_first clip.final.mp4").json()
    assert (video["title"], video["original_filename"]) == ("My first clip.final", "My_first clip.final.mp4")


def test_fields_may_come_after_the_file(server):
    boundary = "b0und"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'.encode()
        + _MP4
        + f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\nLate\r\n--{boundary}--\r\n'.encode()
    )
    answer = server.member().post(
        "/api/videos", content=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    assert answer.status_code == 201, answer.text
    assert (answer.json()["title"], answer.json()["size"]) == ("Late", len(_MP4))


def test_a_chunked_form_is_taken_too(server):
    boundary = "b0und"

    def body():
        yield f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'.encode()
        yield _MP4
        yield f"\r\n--{boundary}--\r\n".encode()

    max_ = server.member()
    answer = max_.post(
        "/api/videos", content=body(), headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    assert answer.status_code == 201, answer.text
    assert _used(max_) == len(_MP4)


@pytest.mark.parametrize(
    ("content", "fields", "status"),
    [
        (b"<html>no video</html>", {}, 415),
        (b"", {}, 422),
        (_MP4, {"category_id": "nonsense"}, 422),
        (_MP4, {"category_id": "00000000-0000-0000-0000-000000000000"}, 422),
        (_MP4, {"title": "x" * 201}, 422),
        (_MP4, {"description": "x" * 5001}, 422),
        (_MP4, {"title": "x" * 40_000}, 422),
    ],
)
def test_a_refused_upload_leaves_nothing_and_costs_nothing(server, content, fields, status):
    max_ = server.member()
    answer = _form(max_, content, **fields)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"].endswith(".")
    assert (max_.get("/api/videos").json()["total"], _used(max_), server.files("videos")) == (0, 0, [])


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/json"}, b"{}"),
        ({"Content-Type": "multipart/form-data"}, b"--x--"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--y\r\n\r\n--y--\r\n"),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nA\r\n--x--\r\n',
        ),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nunfinished',
        ),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b""),
    ],
)
def test_a_broken_form_is_refused_in_words(server, headers, body):
    max_ = server.member()
    answer = max_.post("/api/videos", content=body, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["detail"]
    assert (_used(max_), server.files("videos")) == (0, [])


@pytest.mark.parametrize("limit", ["max_file_size_bytes", "weekly_upload_limit_bytes"])
def test_a_limit_is_that_of_the_file_and_not_of_the_form_around_it(server, limit):
    max_ = server.member()
    server.admin.patch("/api/admin/config", json={limit: len(_MP4)}).raise_for_status()
    refused = _form(max_, _MP4 + b"\x00")
    assert (refused.status_code, refused.json()["detail"][:24]) == (413, "This file is larger than")
    assert (_used(max_), server.files("videos")) == (0, [])
    assert _form(max_, _MP4, description="€" * 5000).status_code == 201
    assert _used(max_) == len(_MP4)


def test_a_form_with_two_files_is_refused_in_words(server):
    max_ = server.member()
    answer = max_.post("/api/videos", files=[("file", ("a.mp4", _MP4)), ("file", ("b.mp4", _MP4))])
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")
    assert (_used(max_), server.files("videos")) == (0, [])


def test_without_a_session_nothing_of_the_body_is_read_or_written(server):
    host = urlsplit(server.url)
    with socket.create_connection((host.hostname, host.port), timeout=20) as connection:
        connection.sendall(
            b"POST /api/videos HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n"
            b"Expect: 100-continue\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"not_signed_in" in answer
    assert server.files("videos") == []


def test_more_than_the_limits_is_refused_from_the_headers(server):
    max_ = server.member()
    server.admin.patch(
        "/api/admin/config", json={"max_file_size_bytes": 50, "weekly_upload_limit_bytes": 10**6}
    )
    larger = _MP4 + bytes(100_000)  # than a form's fields may be
    too_large = _form(max_, larger)
    assert (too_large.status_code, too_large.json()["code"]) == (413, "file_too_large")
    server.admin.patch(
        "/api/admin/config", json={"max_file_size_bytes": 10**9, "weekly_upload_limit_bytes": 60}
    )
    over_quota = _form(max_, larger)
    assert (over_quota.status_code, over_quota.json()["code"]) == (413, "quota_exceeded")
    assert (_used(max_), server.files("videos")) == (0, [])
