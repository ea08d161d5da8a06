"""Requests that meet at one upload, servers that die in the middle of one, disks that fail: nothing is lost or left."""

from __future__ import annotations

import base64
import contextlib
import errno
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import func, select

from server.errors import NotFound, Unavailable
from server.jobs.store import JobStore
from server.models import LedgerRow, UploadRow, UserRow
from server.services.uploads import Uploads
from server.storage import Storage
from server.values.uploads import UploadRequest
from tests.uploading.tus import MP4_START, PATCH, TUS, create, patch, used_bytes

pytestmark = pytest.mark.database

_DATA = MP4_START + b"\x00" * 5000


class Killed(BaseException):
    """The process died here: nothing after this line happened."""


def _receive(server, person, path):
    """All bytes arrive, and nobody has asked to finish yet."""
    caller = _caller(server, person)
    writer = server.clipset.uploads.open_writer(caller, _id(path), 0, None)
    writer.write(_DATA)
    writer.sync()
    writer.close()
    return caller


def _caller(server, person):
    return server.clipset.accounts._sessions.authenticate(person.cookies["clipset_session"])


def _id(path):
    return UUID(path.rpartition("/")[2])


def _books_balance(server):
    """What each member has used is the sum of their ledger, and what stands for uploads under way and charged."""
    with server.clipset.uploads._database.read() as db:
        for user_id, used in db.execute(select(UserRow.id, UserRow.weekly_upload_bytes)).all():
            ledger = db.scalar(select(func.sum(LedgerRow.bytes)).where(LedgerRow.user_id == user_id)) or 0
            assert (used, used >= 0) == (ledger, True)
        return db.scalar(select(func.count()).select_from(UploadRow).where(UploadRow.finished_at.is_(None)))


def test_many_who_finish_one_upload_at_once_get_one_video(server, monkeypatch):
    max_ = server.member()
    path = create(max_, len(_DATA))
    caller = _receive(server, max_, path)
    together = threading.Barrier(4, timeout=10)
    adopt = Storage.adopt

    def slow(self, upload_id, video_id):
        # without a lock every one of them would get here; with it the others never do
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=1)
        return adopt(self, upload_id, video_id)

    monkeypatch.setattr(Storage, "adopt", slow)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: server.clipset.arrivals.finish(caller, _id(path)), range(4)))
    assert len(set(answers)) == 1
    assert max_.get("/api/videos").json()["total"] == 1
    assert used_bytes(max_) == len(_DATA)
    assert _books_balance(server) == 0


def test_an_upload_cannot_be_cancelled_while_it_is_finished(server, monkeypatch):
    max_ = server.member()
    path = create(max_, len(_DATA))
    adopt, statuses = Storage.adopt, []

    def cancelled_meanwhile(self, upload_id, video_id):
        source = adopt(self, upload_id, video_id)
        statuses.append(max_.delete(path, headers=TUS).status_code)
        return source

    monkeypatch.setattr(Storage, "adopt", cancelled_meanwhile)
    answer = patch(server.signed_in("max"), path, 0, _DATA)
    assert (answer.status_code, statuses) == (204, [423])
    assert max_.video(answer.headers["clipset-video-id"])
    assert max_.delete(path, headers=TUS).status_code == 404, "it has ended"
    assert used_bytes(max_) == len(_DATA)
    assert _books_balance(server) == 0


@pytest.fixture
def unnoted(server, monkeypatch):
    """A member, and an upload whose file was put in its video's place when the database had no time to note it."""

    def busy(*_arguments, **_keywords):
        raise Unavailable("The database is busy. Try again in a moment.")

    max_ = server.member()
    path = create(max_, len(_DATA))
    with monkeypatch.context() as patched:
        patched.setattr(JobStore, "add", busy)
        assert patch(max_, path, 0, _DATA).status_code == 503
    return max_, path


def test_a_database_that_is_busy_at_the_last_byte_costs_none(server, unnoted):
    max_, path = unnoted
    stands = max_.head(path, headers=TUS)
    assert (stands.status_code, stands.headers["upload-offset"]) == (200, str(len(_DATA)))
    assert max_.video(stands.headers["clipset-video-id"])
    assert (used_bytes(max_), _books_balance(server)) == (len(_DATA), 0)


def test_nothing_for_the_rest_goes_on_with_what_was_not_noted(server, unnoted):
    max_, path = unnoted
    assert max_.video(patch(max_, path, len(_DATA), b"").headers["clipset-video-id"])
    assert _books_balance(server) == 0


def test_what_was_not_noted_can_be_given_up(server, unnoted):
    max_, path = unnoted
    assert max_.delete(path, headers=TUS).status_code == 204
    assert (server.files("videos"), used_bytes(max_), _books_balance(server)) == ([], 0, 0)


def test_a_failed_removal_lets_the_lock_go(server, monkeypatch):
    max_ = server.member()
    path = create(max_, len(_DATA))
    with monkeypatch.context() as patched:

        def fail(*_arguments):
            raise OSError(errno.EIO, "broken disk")

        patched.setattr(Uploads, "drop", fail)
        assert max_.delete(path, headers=TUS).status_code == 500
    assert patch(max_, path, 0, _DATA[:10]).status_code == 204
    assert max_.delete(path, headers=TUS).status_code == 204


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_while_the_file_is_put_in_place(start, monkeypatch, moment):
    server = start()
    path = create(server.admin, len(_DATA))
    caller = _receive(server, server.admin, path)
    adopt = Storage.adopt

    def die(self, upload_id, video_id):
        if moment == "after":
            adopt(self, upload_id, video_id)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Storage, "adopt", die)
        with pytest.raises(Killed):
            server.clipset.arrivals.finish(caller, _id(path))
    server.clipset.stop()
    again = start()
    videos = again.admin.get("/api/videos").json()
    assert videos["total"] == 1
    assert again.admin.head(path, headers=TUS).headers["clipset-video-id"] == videos["items"][0]["id"]
    assert used_bytes(again.admin) == len(_DATA)
    assert _books_balance(again) == 0


def test_one_broken_file_does_not_keep_the_server_from_starting(start, monkeypatch):
    server = start()
    path = create(server.admin, len(_DATA))
    caller = _receive(server, server.admin, path)
    adopt = Storage.adopt

    def cut_short_by_a_dying_disk(self, upload_id, video_id):
        adopt(self, upload_id, video_id).write_bytes(b"")
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Storage, "adopt", cut_short_by_a_dying_disk)
        with pytest.raises(Killed):
            server.clipset.arrivals.finish(caller, _id(path))
    server.clipset.stop()
    assert start().admin.get("/api/videos").json()["total"] == 0


def test_a_kill_during_an_upload_that_nobody_can_go_on_with_leaves_nothing(start):
    server = start()
    caller = _caller(server, server.admin)
    writer = server.clipset.uploads.begin_with_body(caller, UploadRequest(filename="a", size_bytes=5000))
    writer.write(_DATA[:1000])
    writer.close()
    server.clipset.stop()
    again = start()
    assert (used_bytes(again.admin), again.files("videos"), _books_balance(again)) == (0, [], 0)


def test_a_form_that_broke_off_is_given_up_at_once(server):
    max_ = server.member()
    host = urlsplit(server.url)
    head = (
        "POST /api/videos HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: clipset_session={max_.cookies['clipset_session']}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9999\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    )
    gone = threading.Event()
    abandon = Uploads.abandon

    def noticed(self, writer):
        abandon(self, writer)
        gone.set()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Uploads, "abandon", noticed)
        with socket.create_connection((host.hostname, host.port), timeout=20) as connection:
            connection.sendall(head.encode() + _DATA[:1000])
        assert gone.wait(20)
    assert (used_bytes(max_), server.files("videos"), _books_balance(server)) == (0, [], 0)


def test_a_creation_whose_checksum_is_wrong_leaves_nothing(server):
    max_ = server.member()
    wrong = {"Upload-Checksum": f"sha1 {base64.b64encode(bytes(20)).decode()}"}
    headers = {**PATCH, "Upload-Length": str(len(_DATA)), **wrong}
    assert max_.post("/api/uploads", content=_DATA[:100], headers=headers).status_code == 460
    assert (used_bytes(max_), server.files("videos"), _books_balance(server)) == (0, [], 0)


@pytest.mark.parametrize("path", ["/api/videos//", "/api/videos///", "/api/uploads//"])
def test_an_address_that_nobody_answers_begins_no_upload(server, path):
    max_ = server.member()
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + _DATA + b"\r\n--x--\r\n"
    )
    kind = "multipart/form-data; boundary=x" if "videos" in path else PATCH["Content-Type"]
    answer = max_.post(path, content=form, headers={**TUS, "Upload-Length": "99999", "Content-Type": kind})
    assert answer.status_code == 404
    assert (used_bytes(max_), server.files("videos"), _books_balance(server)) == (0, [], 0)


def test_an_upload_that_somebody_goes_on_with_is_not_swept(start):
    now = datetime.now(UTC)
    server = start(clock=lambda: now, access_token_expire_minutes=60 * 24 * 30)
    path = create(server.admin, len(_DATA))
    for day in range(1, 10):
        now += timedelta(days=1, minutes=1)
        server.clipset.upload_upkeep.sweep_expired()
        assert patch(server.admin, path, day - 1, b"\x00").status_code == 204, f"day {day}"


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        (errno.ENOSPC, 507, "out_of_space"),
        (errno.EDQUOT, 507, "out_of_space"),
        (errno.EROFS, 503, "unavailable"),
    ],
)
def test_a_disk_that_fails_is_said_in_words_and_leaves_nothing(server, monkeypatch, number, status, code):
    max_ = server.member()

    def fail(*_arguments, **_keywords):
        raise OSError(number, "the disk says no")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "touch", fail)
        created = max_.post("/api/uploads", headers={**TUS, "Upload-Length": "500"})
        form = max_.post("/api/videos", files={"file": ("a.mp4", _DATA)})
    assert [(each.status_code, each.json()["code"]) for each in (created, form)] == [(status, code)] * 2
    assert (used_bytes(max_), server.files("videos"), _books_balance(server)) == (0, [], 0)
    path = create(max_, len(_DATA))
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", fail)
        answer = patch(max_, path, 0, _DATA[:100])
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert patch(max_, path, 100, _DATA[100:]).status_code == 204, "it goes on by itself"
    assert _books_balance(server) == 0


def test_a_folder_that_has_gone_is_said_in_words(server, monkeypatch):
    max_ = server.member()

    def fail(_path):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr("shutil.disk_usage", fail)
    answer = max_.post("/api/uploads/check", json={"filename": "a.mp4", "size": 5})
    assert (answer.status_code, answer.json()["code"]) == (200, "unavailable")
    assert max_.get("/health").status_code == 503


def test_a_chunked_form_with_nothing_left_is_told_so(server):
    max_ = server.member()
    server.admin.patch("/api/admin/config", json={"weekly_upload_limit_bytes": 0})
    answer = max_.post(
        "/api/videos", content=iter([b"x"]), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_exceeded")


def test_of_a_field_sent_twice_the_last_counts(server):
    part = '--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n{}\r\n'
    body = (
        (part.format("One") + part.format("Two")).encode()
        + b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        + _DATA
        + b"\r\n--x--\r\n"
    )
    answer = server.member().post(
        "/api/videos", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.json()["title"] == "Two"


def test_parallel_creations_share_one_allowance(server):
    max_ = server.member()
    server.admin.patch("/api/admin/config", json={"weekly_upload_limit_bytes": 1000})
    with ThreadPoolExecutor(8) as pool:
        headers = {**TUS, "Upload-Length": "300"}
        answers = list(pool.map(lambda _: max_.post("/api/uploads", headers=headers).status_code, range(8)))
    assert sorted(answers) == [201] * 3 + [413] * 5
    assert used_bytes(max_) == 900
    assert _books_balance(server) == 3


def test_nothing_is_left_of_somebody_deleted_while_they_upload(server, monkeypatch):
    max_ = server.member()
    user_id = max_.get("/api/auth/me").json()["id"]
    path = create(max_, len(_DATA))
    caller = _receive(server, max_, path)
    adopt = Storage.adopt

    def deleted_meanwhile(self, upload_id, video_id):
        source = adopt(self, upload_id, video_id)
        assert server.admin.delete(f"/api/users/{user_id}?videos=delete").status_code == 204
        return source

    monkeypatch.setattr(Storage, "adopt", deleted_meanwhile)
    with pytest.raises(NotFound):
        server.clipset.arrivals.finish(caller, _id(path))
    assert (server.files("videos"), server.admin.get("/api/videos").json()["total"]) == ([], 0)


@pytest.mark.parametrize(("filename", "title"), [("___.mp4", "___"), (".mp4", ".mp4"), ("..", "..")])
def test_any_file_name_makes_a_title(server, filename, title):
    answer = server.admin.post("/api/videos", files={"file": (filename, _DATA)})
    assert (answer.status_code, answer.json().get("title")) == (201, title)
