"""What waits is looked at: quick things go first, and everybody is told when theirs is done. Needs the media folder."""

from __future__ import annotations

import threading
from uuid import uuid4

from server.jobs.forecast import Measured, Speeds, Work, foretell
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
