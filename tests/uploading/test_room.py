"""The disk is promised to nobody twice: running uploads and the encodes to come are counted before a byte is sent."""

from __future__ import annotations

import threading

import pytest

from server.services.room import SPARE_BYTES
from server.storage import Storage
from server.values.jobs import JobState
from tests.transcoding.puppet import remux
from tests.uploading.tus import MP4_START, PATCH, TUS, path_of

pytestmark = pytest.mark.database

_DATA = MP4_START + bytes(100_000 - 24)
_SIZE = len(_DATA)


@pytest.fixture
def free(monkeypatch):
    """What the disk says is free; change it as the test goes."""
    left = [SPARE_BYTES + 100 * _SIZE]
    monkeypatch.setattr(Storage, "free_bytes", lambda _self: left[0])
    return left


def _create(person, size=_SIZE):
    return person.post("/api/uploads", headers={**TUS, "Upload-Length": str(size)})


def _check(person, size=_SIZE):
    return person.post("/api/uploads/check", json={"filename": "a.mp4", "size": size}).json()


def test_an_upload_needs_room_for_itself_and_its_encode(server, free):
    free[0] = SPARE_BYTES + 2 * _SIZE - 1
    refused = _create(server.admin)
    assert (refused.status_code, refused.json()["code"]) == (507, "out_of_space")
    assert "no room for this file" in refused.json()["detail"]
    assert (_check(server.admin)["accepted"], _check(server.admin)["code"]) == (False, "out_of_space")
    free[0] += 1
    assert _check(server.admin)["accepted"]
    assert _create(server.admin).status_code == 201


def test_what_running_uploads_have_still_to_send_is_taken(server, free):
    free[0] = SPARE_BYTES + 3 * _SIZE - 1
    path = path_of(_create(server.admin))
    assert _create(server.admin).status_code == 507
    free[0] += 1
    other = path_of(_create(server.admin))
    server.admin.delete(other, headers=TUS).raise_for_status()
    server.admin.patch(path, content=_DATA[:1000], headers={**PATCH, "Upload-Offset": "0"}).raise_for_status()
    free[0] -= 1000  # what has arrived lies on the disk, and is not counted twice
    assert _create(server.admin).status_code == 201


def test_a_form_is_refused_before_its_body_and_nothing_is_written(server, free):
    free[0] = SPARE_BYTES
    refused = server.admin.post("/api/videos", files={"file": ("a.mp4", _DATA)})
    assert (refused.status_code, refused.json()["code"]) == (507, "out_of_space")
    assert server.files("videos") == []


@pytest.mark.parametrize(("keep_originals", "sizes"), [(False, 2), (True, 4)])
def test_room_is_kept_for_the_encodes_to_come(start, free, keep_originals, sizes):
    go_on = threading.Event()

    def child(order, *_):
        assert go_on.wait(60)
        return remux(order)

    server = start(run_child=child, keep_originals=keep_originals, transcode_workers=1)
    videos = [
        server.admin.post("/api/videos", files={"file": ("a.mp4", _DATA)}).json()["id"] for _ in range(2)
    ]
    # the upload itself, and one encode after the other, or all of them to stay
    free[0] = SPARE_BYTES + sizes * _SIZE - 1
    assert _create(server.admin).status_code == 507
    free[0] += 1
    server.admin.delete(path_of(_create(server.admin)), headers=TUS).raise_for_status()
    go_on.set()
    for video in videos:
        assert server.heard.job_of(video) is JobState.DONE
    free[0] = SPARE_BYTES + 2 * _SIZE
    assert _create(server.admin).status_code == 201
