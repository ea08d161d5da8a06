"""A member sees line by line what their week was spent on; an admin starts it anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.uploading.tus import MP4_START, TUS, used_bytes

pytestmark = pytest.mark.database

_DATA = MP4_START + b"\x00" * 5000


def _lines(person, **params):
    listed = person.get("/api/auth/ledger", params=params).raise_for_status().json()
    return [(line["kind"], line["bytes"], line["title"], line["video_id"]) for line in listed["items"]]


def _ticking():
    """A clock on which no two moments are the same."""
    now = datetime.now(UTC)

    def tick():
        nonlocal now
        now += timedelta(milliseconds=1)
        return now

    return tick


def test_every_line_is_shown_newest_first(start):
    server = start(clock=_ticking())
    max_, size = server.member("max"), len(_DATA)
    assert _lines(max_) == []
    video = max_.post("/api/videos", files={"file": ("sea.mp4", _DATA)}, data={"title": "The sea"}).json()[
        "id"
    ]
    upload = max_.post("/api/uploads", headers={**TUS, "Upload-Length": "1000"}).headers["location"]
    max_.delete(upload, headers=TUS).raise_for_status()

    lines = _lines(max_)
    # a form's size is known when all of it is there
    assert [line[0] for line in lines] == ["refunded", "reserved", "charged", "reserved", "reserved"]
    assert [line[1] for line in lines[:2]] == [-1000, 1000]
    assert [line[3] for line in lines] == [None, None, video, video, video]
    assert {line[2] for line in lines[2:]} == {"The sea"}
    assert sum(line[1] for line in lines) == used_bytes(max_) == size
    assert _lines(max_, page=2, page_size=3) == lines[3:]
    assert max_.get("/api/auth/ledger").json()["total"] == 5
    assert _lines(server.member("mia")) == []

    max_.delete(f"/api/videos/{video}").raise_for_status()
    assert {line[3] for line in _lines(max_)} == {None}
    assert used_bytes(max_) == size, "deleting gives nothing back"


def test_an_admin_starts_the_week_anew(start):
    server = start(clock=_ticking())
    max_, mia = server.member("max"), server.member("mia")
    max_.post("/api/videos", files={"file": ("sea.mp4", _DATA)}).raise_for_status()
    pending = mia.post("/api/uploads", headers={**TUS, "Upload-Length": "1000"}).headers["location"]
    assert (used_bytes(max_), used_bytes(mia)) == (len(_DATA), 1000)

    assert server.admin.post("/api/admin/quota-reset").json() == {"members": 3}

    assert (used_bytes(max_), used_bytes(mia)) == (0, 0)
    assert _lines(max_)[0][:2] == ("reset", -len(_DATA))
    mia.delete(pending, headers=TUS).raise_for_status()
    assert used_bytes(mia) == 0, "what was promised in a week that is over is not given back in the next"
    assert sum(line[1] for line in _lines(mia)) == 0
    assert mia.post("/api/admin/quota-reset").status_code == 403
