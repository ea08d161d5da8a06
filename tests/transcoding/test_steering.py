"""What people do to the queue: pause, resume, move, put first; who gives way to whom. Needs the media folder."""

from __future__ import annotations

import threading
from itertools import pairwise
from uuid import UUID, uuid4

import psutil
import pytest
from sqlalchemy import event, select

from server.database.engine import Database
from server.events import JobChanged, JobProgressed
from server.jobs import places
from server.jobs.forecast import Measured, Speeds, Work, foretell
from server.jobs.pace import VIEWERS_A_WORKER, Circumstances, allowed
from server.jobs.turns import between, fair_rank
from server.media.messages import Decided
from server.models import JobRow
from server.values.jobs import Action, JobState
from server.values.stats import Viewing
from tests.postgresql import about_sqlite
from tests.transcoding.puppet import Puppet, no_look

_SMALL = "gr_a.mp4"
_LONG = "ax_hdr10-video-with-sdr-container.mp4"
_HEVC = "ax_h265_with_metadata_track.mp4"


def _jobs(server):
    return server.admin.get("/api/admin/jobs", params={"page_size": 100}).json()["items"]


def _job(server, video_id):
    return next(job for job in _jobs(server) if job["video_id"] == video_id)


def _order(server):
    """The videos that wait, by their places."""
    waiting = [job for job in _jobs(server) if job["state"] == "queued"]
    assert [job["place"] for job in waiting] == list(range(1, len(waiting) + 1))
    return [job["video_id"] for job in waiting]


def _steer(server, video_id, what, **body):
    answer = server.admin.post(
        f"/api/admin/jobs/{_job(server, video_id)['id']}/{what}", json=body if what == "move" else None
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def _children():
    return [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(child.cmdline())
    ]


@pytest.fixture
def waiting(start, media):
    """A server that works on one video of the admin's while five more of his wait."""
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=1)
    videos = [server.admin.upload(media(_SMALL))["id"] for _ in range(6)]
    server.heard.job_of(videos[0], JobState.RUNNING)
    return server, puppet, videos


def test_a_waiting_job_is_moved_before_another_to_the_end_and_to_the_front(waiting):
    server, puppet, (_, a, b, c, d, e) = waiting
    assert _order(server) == [a, b, c, d, e]
    assert _steer(server, d, "move", before=_job(server, b)["id"])["place"] == 2
    assert _order(server) == [a, d, b, c, e]
    assert _steer(server, a, "move", before=None)["place"] == 5
    assert _order(server) == [d, b, c, e, a]
    assert _steer(server, e, "move", to="next")["place"] == 1
    assert _order(server) == [e, d, b, c, a]
    assert _steer(server, c, "move", before=_job(server, e)["id"])["place"] == 1
    assert _steer(server, c, "move", before=_job(server, c)["id"])["place"] == 1
    puppet.let_go(6)
    for video_id in (a, b, c, d, e):
        server.heard.job_of(video_id, JobState.DONE)
    assert puppet.began[1:] == [c, e, d, b, a]


def test_moving_again_and_again_never_runs_out_of_room(waiting):
    server, _, (_, a, b, c, d, e) = waiting
    b_id = _job(server, b)["id"]
    for _ in range(60):
        for video_id in (c, d):
            _steer(server, video_id, "move", before=b_id)
    assert _order(server) == [a, c, d, b, e]


def test_what_cannot_be_moved_is_refused(waiting):
    server, _, (running, a, *_) = waiting
    running_id, waiting_id = _job(server, running)["id"], _job(server, a)["id"]
    post = server.admin.post
    assert post(f"/api/admin/jobs/{running_id}/move", json={"to": "next"}).status_code == 409
    assert post(f"/api/admin/jobs/{waiting_id}/move", json={"before": running_id}).status_code == 409
    assert post(f"/api/admin/jobs/{waiting_id}/move", json={"before": str(uuid4())}).status_code == 404
    assert post(f"/api/admin/jobs/{waiting_id}/move", json={}).status_code == 422
    both = {"before": None, "to": "next"}
    assert post(f"/api/admin/jobs/{waiting_id}/move", json=both).status_code == 422
    assert post(f"/api/admin/jobs/{waiting_id}/move", json={"to": "moon"}).status_code == 422


@about_sqlite
def test_no_question_reads_the_whole_queue(waiting):
    server, _, (_, a, *_) = waiting
    database = Database(server.clipset.settings.host.effective_database_url)
    steps = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            plan = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in plan.fetchall())

    with database.write() as db:
        row = db.scalars(select(JobRow).where(JobRow.video_id == UUID(a))).one()
        steps.clear()
        places.place_of(db, row)
        places.first(db)
        places.join_queue(db, row, uuid4())
        places.put_first(db, row)
        places.put_last(db, row)
        db.rollback()
    database.close()
    assert steps
    assert [step for step in steps if step.startswith("SCAN") and "ix_jobs_started_at" not in step] == []
    assert [step for step in steps if "B-TREE" in step and "LAST" not in step] == []


def test_a_paused_job_leaves_the_line_and_comes_back_at_its_head(waiting):
    server, _, (_, a, b, c, d, e) = waiting
    paused = _steer(server, c, "pause")
    assert (paused["state"], paused["place"], paused["eta_ms"]) == ("paused", None, None)
    assert _steer(server, c, "pause")["state"] == "paused", "asking twice is harmless"
    assert _order(server) == [a, b, d, e]
    assert server.admin.video(c)["status"] == "pending"
    assert _steer(server, c, "resume")["place"] == 1
    assert _order(server) == [c, a, b, d, e]
    answer = server.admin.post(f"/api/admin/jobs/{_job(server, c)['id']}/resume")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_running_job_is_paused_over_a_restart_and_then_goes_on(start, media):
    server = start(transcode_preset="slower")
    video_id = server.admin.upload(media(_LONG))["id"]
    server.heard.wait_for(lambda heard: isinstance(heard, JobProgressed))
    assert _steer(server, video_id, "pause")["state"] == "pausing"
    server.heard.job_of(video_id, JobState.PAUSED)
    assert _children() == []
    assert server.files(f"videos/library/{video_id}")[0] == "source"
    server.clipset.stop()

    again = start(transcode_preset="ultrafast")
    assert _job(again, video_id)["state"] == "paused"
    other = again.admin.upload(media(_SMALL))["id"]
    assert again.heard.job_of(other) is JobState.DONE, "a paused job holds nobody up"
    assert _job(again, video_id)["state"] == "paused"
    _steer(again, video_id, "resume")
    assert again.heard.job_of(video_id, JobState.DONE, JobState.FAILED) is JobState.DONE
    assert again.admin.video(video_id)["status"] == "completed"


def test_a_pause_that_is_taken_back_at_once_goes_on(start, media):
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=1)
    video_id = server.admin.upload(media(_SMALL))["id"]
    server.heard.job_of(video_id, JobState.RUNNING)
    assert _steer(server, video_id, "pause")["state"] == "pausing"
    # whichever comes first, the end of the child or this: the job goes on
    assert _steer(server, video_id, "resume")["state"] in {"running", "queued"}
    puppet.let_go()
    assert server.heard.job_of(video_id, JobState.DONE) is JobState.DONE


def test_a_paused_job_can_be_cancelled_and_deleted(waiting):
    server, _, (running, a, b, *_) = waiting
    for video_id in (a, b):
        _steer(server, video_id, "pause")
    assert _steer(server, a, "cancel")["state"] == "cancelled"
    assert server.admin.delete(f"/api/videos/{b}").status_code == 204
    assert server.files(f"videos/library/{a}") == ["source"]
    assert server.files(f"videos/library/{b}") == []
    _steer(server, running, "pause")
    server.heard.job_of(running, JobState.PAUSED)
    assert _steer(server, running, "cancel")["state"] == "cancelled"
    assert server.files(f"videos/library/{running}") == ["source"], "its work folder goes"


def test_what_is_over_is_neither_paused_nor_resumed(waiting):
    server, puppet, (first, *_) = waiting
    puppet.let_go()
    server.heard.job_of(first, JobState.DONE)
    job_id = _job(server, first)["id"]
    for what in ("pause", "resume"):
        assert server.admin.post(f"/api/admin/jobs/{job_id}/{what}").status_code == 409


def _wait_until_looked_at(server, *videos):
    """Each is announced as waiting twice: by its upload, and when somebody has looked at it."""

    def announced(video_id):
        return [
            event
            for event in server.heard.of(JobChanged)
            if str(event.video_id) == video_id and event.state is JobState.QUEUED
        ]

    server.heard.wait_for(lambda _: all(len(announced(each)) >= 2 for each in videos))


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
    _wait_until_looked_at(server, slow, other, quick)
    assert _order(server) == [quick, slow, other]
    assert _job(server, slow)["reasons"] == ["Seen."]


def test_a_real_look_finds_what_will_be_done(start, media):
    server = start(run_child=Puppet(), transcode_workers=1)
    first, encoded = (server.admin.upload(media(name))["id"] for name in (_SMALL, _HEVC))
    server.heard.job_of(first, JobState.RUNNING)
    _wait_until_looked_at(server, encoded)
    assert (_job(server, encoded)["action"], _job(server, encoded)["state"]) == ("transcode", "queued")
    assert server.admin.video(encoded)["duration"] == 0.1
    assert server.files(f"videos/library/{encoded}") == ["source"]


def test_waiting_jobs_say_when_they_will_be_done(start, media):
    puppet = Puppet(Action.TRANSCODE)
    server = start(run_child=puppet, look=lambda *_: _look(Action.TRANSCODE), transcode_workers=1)
    puppet.let_go()
    server.heard.job_of(server.admin.upload(media(_SMALL))["id"], JobState.DONE)
    running, *waiting = (server.admin.upload(media(_SMALL))["id"] for _ in range(3))
    server.heard.job_of(running, JobState.RUNNING)
    _wait_until_looked_at(server, *waiting)
    sooner, later = (_job(server, video_id)["eta_ms"] for video_id in waiting)
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


@pytest.mark.parametrize(
    ("last_started", "lowest_waiting", "own_last", "rank"),
    [
        (None, None, None, 0),
        (0, 1, None, 0),  # somebody else has a turn of this round behind him; a newcomer has not
        (0, 1, 0, 1),
        (0, 1, 5, 6),  # after one's own others
        (49, 50, None, 49),  # one long job must not turn the time back for newcomers
        (50, 1, None, 1),  # quick ones that overtook must not put newcomers behind the others' backlog
        (3, 500, None, 499),  # those between were deleted
        (7, None, 7, 8),
        (7.5, 8.25, 7.9, 8),
    ],
)
def test_newcomers_join_the_present_round(last_started, lowest_waiting, own_last, rank):
    assert fair_rank(last_started=last_started, lowest_waiting=lowest_waiting, own_last=own_last) == rank


def test_between_two_neighbours_there_is_room_until_there_is_none():
    assert (between(None, 5.0), between(4.0, 5.0), between(5.0, 5.0)) == (4.0, 4.5, None)


@pytest.mark.parametrize("rounds", [3])
def test_who_uploads_one_by_one_takes_turns_with_a_backlog(start, media, rounds):
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=1)
    max_, mia = server.member("max"), server.member("mia")
    backlog = [max_.upload(media(_SMALL))["id"] for _ in range(rounds + 2)]
    server.heard.job_of(backlog[0], JobState.RUNNING)
    hers = []
    for _ in range(rounds):
        hers.append(mia.upload(media(_SMALL))["id"])
        while hers[-1] not in puppet.began:
            running = puppet.began[-1]
            puppet.let_go()
            server.heard.job_of(running, JobState.DONE)
            server.heard.wait_for(lambda _, known=running: puppet.began[-1] != known)
        puppet.let_go()
        server.heard.job_of(hers[-1], JobState.DONE)
    between_hers = [
        puppet.began.index(later) - puppet.began.index(sooner) for sooner, later in pairwise(hers)
    ]
    assert between_hers == [2] * (rounds - 1), "one of his between two of hers"


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
    states = {job["video_id"]: job["state"] for job in _jobs(server)}
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
    _wait_until_looked_at(server, running)  # announced as waiting again
    other = server.admin.upload(media(_SMALL))["id"]
    assert _order(server) == [running, other]
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
