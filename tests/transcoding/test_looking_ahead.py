"""What waits is looked at: quick things go first, and everybody is told when theirs is done. Needs the media folder."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from server.database.engine import Database
from server.jobs.forecast import Measured, Speeds, Work, foretell
from server.jobs.store import JobStore
from server.media.messages import Decided
from server.values.jobs import Action, JobState
from tests.transcoding.puppet import Puppet
from tests.transcoding.queueing import job_of, wait_until_looked_at, waiting_videos

_SMALL = "gr_a.mp4"
_HEVC = "ax_h265_with_metadata_track.mp4"


def _look(action):
    return Decided(action=action, reasons=("Seen.",), duration_ms=60_000, width=640, height=480)


def test_what_takes_seconds_goes_before_encodes(start, media):
    actions, told = {}, threading.Event()

    def look(order, _should_stop):
        assert told.wait(60)
        return _look(actions[order.source.parent.name])

    server = start(run_child=Puppet(Action.TRANSCODE), look=look, transcode_workers=1)
    first, slow, other, quick = (server.admin.upload(media(_SMALL))["id"] for _ in range(4))
    server.heard.job_of(first, JobState.RUNNING)
    actions.update({slow: Action.TRANSCODE, other: Action.TRANSCODE, quick: Action.REMUX})
    told.set()
    wait_until_looked_at(server, slow, other, quick)
    assert waiting_videos(server) == [quick, slow, other]
    assert job_of(server, slow)["reasons"] == ["Seen."]


def test_a_real_look_finds_what_will_be_done(start, media):
    server = start(run_child=Puppet(), transcode_workers=1)
    first, encoded = (server.admin.upload(media(name))["id"] for name in (_SMALL, _HEVC))
    server.heard.job_of(first, JobState.RUNNING)
    wait_until_looked_at(server, encoded)
    assert (job_of(server, encoded)["action"], job_of(server, encoded)["state"]) == ("transcode", "queued")
    assert server.admin.video(encoded)["duration"] == 0.1
    assert server.files(f"videos/library/{encoded}") == ["source"]


def test_a_look_knows_what_the_admin_chose(start, media):
    server = start(run_child=Puppet(), transcode_workers=1)
    server.admin.patch("/api/admin/config", json={"always_transcode": True}).raise_for_status()
    first, kept = (server.admin.upload(media(_SMALL))["id"] for _ in range(2))
    server.heard.job_of(first, JobState.RUNNING)
    wait_until_looked_at(server, kept)
    assert job_of(server, kept)["action"] == "transcode"


def test_what_waits_is_looked_at_again_when_that_changes(start, media):
    needs_encoding, looked, told = set(), [], threading.Event()

    def look(order, _should_stop):
        assert told.wait(60)
        video_id = order.source.parent.name
        looked.append(video_id)
        encode = order.always_transcode or video_id in needs_encoding
        return _look(Action.TRANSCODE if encode else Action.KEEP)

    server = start(run_child=Puppet(), look=look, transcode_workers=1)
    first, slow, quick = (server.admin.upload(media(_SMALL))["id"] for _ in range(3))
    server.heard.job_of(first, JobState.RUNNING)
    needs_encoding.add(slow)
    told.set()
    wait_until_looked_at(server, slow, quick)
    assert waiting_videos(server) == [quick, slow]
    server.admin.patch("/api/admin/config", json={"server_name": "Not about them"}).raise_for_status()
    server.admin.patch("/api/admin/config", json={"always_transcode": True}).raise_for_status()
    wait_until_looked_at(server, slow, quick, times=2)
    assert waiting_videos(server) == [slow, quick], "neither is done in seconds now"
    assert job_of(server, quick)["action"] == "transcode"
    assert sorted(looked) == sorted([slow, quick] * 2)


def test_waiting_jobs_say_when_they_will_be_done(start, media):
    puppet = Puppet(Action.TRANSCODE)
    server = start(run_child=puppet, look=lambda *_: _look(Action.TRANSCODE), transcode_workers=1)
    puppet.let_go()
    server.heard.job_of(server.admin.upload(media(_SMALL))["id"], JobState.DONE)
    running, *waiting = (server.admin.upload(media(_SMALL))["id"] for _ in range(3))
    server.heard.job_of(running, JobState.RUNNING)
    wait_until_looked_at(server, *waiting)
    sooner, later = (job_of(server, video_id)["eta_ms"] for video_id in waiting)
    assert 0 < sooner < later
    assert server.admin.get(f"/api/videos/{waiting[0]}/progress").json()["eta_ms"] is not None


def test_what_is_left_gets_less_between_two_reports(start, media):
    now = datetime(2026, 11, 1, tzinfo=UTC)
    server = start(clock=lambda: now, run_child=Puppet(), transcode_workers=1)
    video_id = server.admin.upload(media(_SMALL))["id"]
    server.heard.job_of(video_id, JobState.RUNNING)
    database = Database(server.clipset.settings.host.effective_database_url)
    job_id = UUID(job_of(server, video_id)["id"])
    JobStore(database, lambda: now).progressed(job_id, 0.2, 1.0, 60_000)
    database.close()
    left = []
    for seconds in (0, 20, 90):
        now = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        left.append(server.admin.get(f"/api/videos/{video_id}/progress").json()["eta_ms"])
    assert left == [60_000, 40_000, 0]


def test_a_forecast_adds_up_what_goes_before():
    a, b, c, d = (uuid4() for _ in range(4))
    queue = [Work(job_id=a, left_ms=10), Work(job_id=b, left_ms=20), Work(job_id=c, left_ms=5)]
    assert foretell([100], queue, workers=1) == {a: 110, b: 130, c: 135}
    assert foretell([100, 40], queue, workers=2) == {a: 50, b: 70, c: 75}
    assert foretell([], queue, workers=2) == {a: 10, b: 20, c: 15}
    unknown = [queue[0], Work(job_id=d, left_ms=None), queue[1]]
    assert foretell([100], unknown, workers=1) == {a: 110}, "nothing is said behind what nobody knows"
    assert foretell([None], queue, workers=1) == {}


def test_speeds_are_taken_from_what_was_done_lately():
    def done(action, speed=None, took_ms=None):
        return Measured(action=action, speed=speed, duration_ms=60_000, pixels=100, took_ms=took_ms)

    speeds = Speeds([done("transcode", 2.0), done("transcode", 4.0), done("remux", took_ms=3000), done(None)])
    assert speeds.takes_ms("transcode", 60_000, 100) == 22_500 + 1000
    assert speeds.takes_ms("transcode", 60_000, 400) == 90_000 + 1000, "four times the pixels"
    assert speeds.takes_ms("keep", 60_000, 100) == 3000
    assert speeds.takes_ms(None, 60_000, 100) is None
    assert Speeds([]).takes_ms("transcode", 60_000, 100) is None
    assert speeds.takes_ms("transcode", None, 100) is None
