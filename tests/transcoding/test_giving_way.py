"""What the queue owes to viewers, batteries and sleep. Needs the media folder."""

from __future__ import annotations

from uuid import uuid4

import pytest

from server.jobs.pace import VIEWERS_A_WORKER, Circumstances, allowed
from server.values.jobs import JobState
from server.values.stats import Viewing
from tests.transcoding.puppet import Puppet, no_look
from tests.transcoding.queueing import jobs_of, wait_until_looked_at, waiting_videos

_SMALL = "gr_a.mp4"


@pytest.mark.parametrize(
    ("workers", "now", "wait", "number"),
    [
        (4, Circumstances(), False, 4),
        (4, Circumstances(viewers=VIEWERS_A_WORKER - 1), False, 4),
        (4, Circumstances(viewers=2 * VIEWERS_A_WORKER), False, 2),
        (4, Circumstances(viewers=1000), False, 1),
        (1, Circumstances(viewers=1000), False, 1),
        (4, Circumstances(on_battery=True), False, 4),
        (4, Circumstances(on_battery=True), True, 0),
        (4, Circumstances(), True, 4),
    ],
)
def test_how_many_may_work(workers, now, wait, number):
    assert allowed(workers, now, wait_on_battery=wait) == number


def _viewing(viewer):
    return Viewing(viewer=viewer, user_id=None, video_id=uuid4())


@pytest.fixture
def leave(monkeypatch):
    """Let people leave without the while in which they may still be between two requests."""
    monkeypatch.setattr("server.services.viewers._LINGER_S", -1.0)

    def leave(server, *viewers):
        for viewer in viewers:
            server.clipset.viewers.closed(viewer)
        server.clipset.viewers.refresh()

    return leave


def test_encodes_give_way_to_viewers(start, media, leave):
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=2)
    watching = [uuid4() for _ in range(VIEWERS_A_WORKER)]
    for viewer in watching:
        server.clipset.viewers.opened(_viewing(viewer))
    first, second, third = (server.admin.upload(media(_SMALL))["id"] for _ in range(3))
    server.heard.job_of(first, JobState.RUNNING)
    puppet.let_go()
    server.heard.job_of(second, JobState.RUNNING)
    states = {job["video_id"]: job["state"] for job in jobs_of(server)}
    assert (states[first], states[third]) == ("done", "queued"), "one at a time, and never none"
    leave(server, *watching)
    server.heard.job_of(third, JobState.RUNNING)
    puppet.let_go(2)


class _Power:
    """A machine whose plug the test pulls."""

    def __init__(self):
        self.unplugged = False
        self.awake = []

    def on_battery(self):
        return self.unplugged

    def keep_awake(self, awake):
        self.awake.append(awake)

    def close(self):
        self.awake.append(False)


def test_on_battery_jobs_wait_where_the_admin_wants_that(start, media):
    puppet, power = Puppet(), _Power()
    server = start(run_child=puppet, look=no_look, power=power, wait_on_battery=True)
    running = server.admin.upload(media(_SMALL))["id"]
    server.heard.job_of(running, JobState.RUNNING)
    power.unplugged = True
    server.clipset.machine.look()
    wait_until_looked_at(server, running)  # announced as waiting again
    other = server.admin.upload(media(_SMALL))["id"]
    assert waiting_videos(server) == [running, other]
    power.unplugged = False
    puppet.let_go(2)
    server.clipset.machine.look()
    assert server.heard.job_of(running, JobState.DONE) is JobState.DONE
    assert server.heard.job_of(other, JobState.DONE) is JobState.DONE


def test_the_machine_stays_awake_while_it_works_or_streams(start, media, leave):
    puppet, power = Puppet(), _Power()
    server = start(run_child=puppet, look=no_look, power=power)
    look = server.clipset.machine.look

    def kept_awake():
        look()
        return power.awake[-1]

    assert kept_awake() is False
    viewer = uuid4()
    server.clipset.viewers.opened(_viewing(viewer))
    assert kept_awake() is True
    leave(server, viewer)
    assert kept_awake() is False
    video_id = server.admin.upload(media(_SMALL))["id"]
    server.heard.job_of(video_id, JobState.RUNNING)
    assert kept_awake() is True
    server.clipset.stop()
    assert power.awake[-1] is False


def test_the_machine_may_sleep_where_the_admin_wants_that(start):
    power = _Power()
    server = start(power=power, stay_awake=False)
    server.clipset.viewers.opened(_viewing(uuid4()))
    server.clipset.machine.look()
    assert set(power.awake) == {False}
